// oci sync SRC DST: many images from a registry or folder to another. What is there already with the same digest is not
// copied again, so an interrupted sync goes on where it stopped.
#include "cli/copy_verbs.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/sys.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <memory>

namespace oci::cli {

namespace {

constexpr std::size_t max_list = 4u << 20;

struct Job {
  spec::ImageName source;
  std::string name; // "alpine:3.20", or with --scoped "docker.io/library/alpine:3.20"
  fetch::RegistryOptions from;
};

bool is_file(const std::string& path) {
  const auto status = sys::stat(path);
  return status && S_ISREG(status->st_mode);
}

// Folders at any depth that hold an image as dir: does.
void find_images(const std::string& folder, const std::string& below, std::vector<std::string>& found, int depth) {
  if (is_file(folder + "/manifest.json")) {
    found.push_back(below);
    return;
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  if (!open) fail_errno(Errno{errno}, cat("read ", folder));
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || depth == 0) continue;
    const auto status = sys::stat(cat(folder, "/", name));
    if (status && S_ISDIR(status->st_mode))
      find_images(cat(folder, "/", name), below.empty() ? name : cat(below, "/", name), found, depth - 1);
  }
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class Sync final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.option("-s,--src", "WHAT",
                   "what SRC is: docker (an image, or a repository with all its tags), dir, or yaml (a list of them)",
                   from_);
    command.option("-d,--dest", "WHAT", "what DST is: docker or dir", to_);
    command.flag("--scoped", "keep the whole name of an image below DST", scoped_);
    command.option("--append-suffix", "TEXT", "put behind every tag", suffix_);
    command.flag("--dry-run", "say what would be copied", dry_run_);
    command.flag("--keep-going", "go on with the others after an image that fails", keep_going_);
    command.words(2, 2, {"SRC", "DST"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    as_skopeo_ = globals.personality == Personality::skopeo;
    check_places();
    if (from_ == "dir" && to_ == "dir" && as_skopeo_) // its own words, for scripts that match them
      fail("sync from 'dir' to 'dir' not implemented, consider using rsync instead");
    if (from_ == "dir" && to_ == "dir")
      throw Error("sync: --src and --dest are both dir: folders are copied by cp -a or rsync").with_exit_code(2);
    if (from_ == "docker" && words[0].find("://") != std::string::npos)
      words[0] = words[0].substr(words[0].find("://") + 3);
    const spec::Transport to = to_ == "docker" ? spec::Transport::docker : spec::Transport::dir;
    options_ = copy_options(globals, flags_, to);
    options_.tells_source = as_skopeo_;
    if (as_skopeo_) options_.say = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    const std::vector<Job> jobs = from_ == "docker" ? jobs_of_registry(words[0])
                                  : from_ == "yaml" ? jobs_of_list(words[0])
                                                    : jobs_of_folder(words[0]);
    if (jobs.empty()) fail("no images to sync found in ", printable(words[0]));
    copy_all(jobs, words[1]);
    return failed_ > 0 ? 1 : 0;
  }

private:
  void check_places() const {
    if (from_.empty()) fail("A source transport must be specified");
    if (to_.empty()) fail("A destination transport must be specified");
    if (from_ != "docker" && from_ != "dir" && from_ != "yaml") fail(quoted(from_), " is not a valid source transport");
    if (to_ != "docker" && to_ != "dir") fail(quoted(to_), " is not a valid destination transport");
  }
  static std::string quoted(const std::string& text) { return cat("\"", printable(text), "\""); }

  std::vector<Job> jobs_of_registry(const std::string& source) const {
    const std::string last = last_part(source);
    const spec::Reference one = spec::Reference::parse(source);
    if (last.find(':') != std::string::npos || !one.digest.empty()) return {job_of(one.text(), options_.source)};
    std::vector<Job> jobs;
    const auto list = [&] { return fetch::list_tags(one, options_.source); };
    const std::string context = cat("Error determining repository tags for repo ", one.name());
    for (const std::string& tag : as_skopeo_ ? with_context(context, list) : list())
      jobs.push_back(job_of(cat(one.name(), ":", tag), options_.source));
    return jobs;
  }

  Job job_of(const std::string& name, const fetch::RegistryOptions& from) const {
    return {spec::ImageName::parse(cat("docker://", name)), scoped_ ? name : last_part(name), from};
  }

  std::vector<Job> jobs_of_list(const std::string& file) {
    sources_ = 0;
    std::vector<Job> jobs;
    for (const fetch::SyncRegistry& registry : fetch::parse_sync_list(read_file(file, max_list), file)) {
      fetch::RegistryOptions from = options_.source;
      if (registry.credentials) from.credentials = registry.credentials;
      if (registry.tls_verify) from.tls_verify = registry.tls_verify;
      if (!registry.cert_dir.empty()) from.cert_dir = registry.cert_dir;
      if (registry.repositories.empty()) log::warning("no images specified for registry ", printable(registry.name));
      for (const fetch::SyncRepository& repository : registry.repositories) {
        ++sources_;
        const auto found = going_on(repository.name, [&] { return jobs_of_repository(repository, from); });
        if (found) jobs.insert(jobs.end(), found->begin(), found->end());
      }
    }
    return jobs;
  }

  std::vector<Job> jobs_of_repository(const fetch::SyncRepository& repository,
                                      const fetch::RegistryOptions& from) const {
    const spec::Reference reference = spec::Reference::parse(repository.name);
    const bool listed = repository.which == fetch::SyncRepository::Which::listed;
    std::vector<Job> jobs;
    for (const std::string& tag : repository.choose(listed ? Words() : fetch::list_tags(reference, from)))
      jobs.push_back(job_of(cat(reference.name(), Digest::parse(tag) ? "@" : ":", tag), from));
    return jobs;
  }

  // Nothing where it fails and the others are to be gone on with.
  template <class F>
  auto going_on(const std::string& what, F&& body) -> std::optional<decltype(body())> {
    try {
      return body();
    } catch (const Error& error) {
      const Error told =
          Error(error).within(as_skopeo_ ? cat("Error copying ref ", go_quoted(what)) : cat("sync ", what));
      if (!keep_going_) throw told;
      log::report(told);
      ++failed_;
      return std::nullopt;
    }
  }

  std::vector<Job> jobs_of_folder(const std::string& source) const {
    std::vector<std::string> found;
    find_images(source, "", found, 16);
    std::sort(found.begin(), found.end());
    std::vector<Job> jobs;
    for (const std::string& below : found) {
      const std::string path = below.empty() ? source : cat(source, "/", below);
      const std::string whole = absolute_path(path).substr(1);
      jobs.push_back({spec::ImageName::parse(cat("dir:", path)), scoped_ ? whole : last_part(whole), {}});
    }
    return jobs;
  }

  std::string destination_of(const Job& job, const std::string& place) const {
    const std::string target = cat(place, place.ends_with('/') ? "" : "/", job.name, suffix_);
    return cat(to_ == "docker" ? "docker://" : "dir:", target);
  }

  void copy_all(const std::vector<Job>& jobs, const std::string& place) {
    const auto progress = flags_.progress.make(as_skopeo_);
    std::string digests;
    std::size_t at = 0;
    for (const Job& job : jobs) {
      const std::string destination = destination_of(job, place);
      tell(cat(dry_run_ ? "Would have copied" : "Copying", " image ref ", ++at, "/", jobs.size()), job.source.text(),
           destination);
      if (dry_run_) continue;
      const auto digest = going_on(job.source.text(), [&] { return copy_one(job, destination, *progress); });
      if (!digest) continue;
      digests += cat(*digest, " ", spec::ImageName::parse(destination).text(), "\n");
      ++synced_;
    }
    if (as_skopeo_)
      say_info(cat("msg=\"", dry_run_ ? "Would have synced " : "Synced ", dry_run_ ? jobs.size() : synced_,
                   " images from ", sources_, " sources\""));
    if (!dry_run_ && !as_skopeo_) std::printf("%zu images synced, %zu failed\n", synced_, failed_);
    if (!flags_.digestfile.empty()) write_output_file(flags_.digestfile, digests, 0644);
  }

  // As skopeo's log has it; ours says only what it would do.
  void tell(const std::string& what, const std::string& from, const std::string& to) const {
    if (as_skopeo_)
      say_info(cat("msg=", go_quoted(what), " from=", go_quoted(from), " to=", go_quoted(to)));
    else if (dry_run_)
      std::printf("Would have copied image from=%s to=%s\n", printable(from).c_str(), printable(to).c_str());
  }

  static void say_info(const std::string& fields) {
    const std::string now = rfc3339(static_cast<std::int64_t>(std::time(nullptr)), 0).substr(0, 19);
    std::fprintf(stderr, "time=\"%sZ\" level=info %s\n", now.c_str(), fields.c_str());
  }

  // The digest of the image that is in the destination now.
  std::string copy_one(const Job& job, const std::string& destination, fetch::Progress& progress) {
    const spec::ImageName name = spec::ImageName::parse(destination);
    fetch::CopyOptions options = options_;
    options.source = job.from;
    if (to_ == "dir") {
      if (sys::stat(name.path)) {
        if (as_skopeo_) fail("Refusing to overwrite destination directory ", quoted(name.path));
        if (const auto digest = same_there(job, name, options)) return *digest;
        fail("refusing to overwrite the folder ", name.path, ", it holds something else");
      }
      (void)make_dirs(parent_path(absolute_path(name.path)), 0755);
    } else if (const auto digest = same_there(job, name, options)) {
      return *digest;
    }
    fetch::check_policy(job.source, options.trust);
    return copy_image(job.source, name, options, progress).manifest.digest.text();
  }

  // The digest, when the destination has this very image; an index counts only where all of it is wanted.
  static std::optional<std::string> same_there(const Job& job, const spec::ImageName& destination,
                                               const fetch::CopyOptions& options) {
    try {
      fetch::CopyOptions there = options;
      there.source = options.destination;
      const Digest wanted = fetch::look_at_top(job.source, options).digest;
      if (fetch::look_at_top(destination, there).digest == wanted) return wanted.text();
    } catch (const Error&) { // not there, or not to be seen: copied
    }
    return std::nullopt;
  }

  CopyFlags flags_;
  fetch::CopyOptions options_;
  std::string from_, to_, suffix_;
  bool scoped_ = false, dry_run_ = false, keep_going_ = false, as_skopeo_ = false;
  std::size_t sources_ = 1, synced_ = 0, failed_ = 0;
};

} // namespace

std::unique_ptr<Verb> make_sync() { return std::make_unique<Sync>(); }

} // namespace oci::cli
