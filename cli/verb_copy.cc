// oci copy SRC... DST
#include "cli/copy_verbs.h"
#include "cli/side_options.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace oci::cli {

namespace {

struct Job {
  spec::ImageName source;
  std::string called; // in a destination of several images
};

// "docker://HOST" or "docker://HOST/PREFIX/": a registry to put images in under names of their own. Empty when it is
// an image's name.
std::optional<std::string> registry_in(const std::string& destination) {
  constexpr std::string_view scheme = "docker://";
  if (!destination.starts_with(scheme)) return std::nullopt;
  std::string rest = destination.substr(scheme.size());
  const std::string host = rest.substr(0, rest.find('/'));
  const bool is_host = host == "localhost" || host.find_first_of(".:") != std::string::npos;
  const bool alone = rest.find('/') == std::string::npos;
  if (!is_host || (!alone && !rest.ends_with('/'))) return std::nullopt;
  if (alone) rest += '/';
  return rest;
}

bool names_no_image(const spec::ImageName& name) {
  switch (name.transport) {
  case spec::Transport::oci:
  case spec::Transport::oci_archive:
  case spec::Transport::docker_archive:
    return name.ref.empty() && !name.index && !name.reference;
  default:
    return false;
  }
}

std::string called(const spec::ImageName& name) {
  return name.transport == spec::Transport::docker ? name.reference->text() : name.ref;
}

// Where an image of that name goes below a registry: its path without the registry it came from.
std::string place_in(const std::string& registry, const Job& job) {
  if (job.called.empty()) {
    fail("copy ", job.source.text(), ": it has no name to be called by in ", registry);
  }
  const spec::Reference reference = spec::Reference::parse(job.called);
  return cat("docker://", registry, reference.repository,
             reference.tag.empty() ? cat("@", reference.digest.text()) : cat(":", reference.tag));
}

} // namespace

void CopyFlags::declare(Command& command) {
  choice.declare(command);
  command.flag("-a,--all", "copy the images of all platforms", all);
  command.option("--multi-arch", "WHICH", "system, all or index-only", multi_arch);
  command.option("-f,--format", "FORMAT", "convert to oci or v2s2 (Docker's schema 2)", format);
  command.flag("--preserve-digests", "fail where the digest would change", preserve_digests);
  command.option("--digestfile", "FILE", "write the digest to FILE", digestfile);
  command.option("--additional-tag", "REFERENCE", "one more name in a docker-archive", additional_tags);
  command.option("--dest-compress-format", "FORMAT", "compress layers with gzip or zstd", compress_format);
  command.option("--dest-compress-level", "N", "how hard", compress_level);
  command.flag("--dest-compress", "compress the layers of dir:", compress);
  command.flag("--dest-decompress", "decompress the layers of dir:", decompress);
  command.flag("--dest-oci-accept-uncompressed-layers", "oci: keep plain layers plain", keep_plain);
  command.flag("--dest-precompute-digests", "digests are known before the upload", precompute);
  command.hide_last();
  command.flag("--dest-force-compress-format", "compress layers anew that are so already", force_format);
  command.hide_last();
  for (const char* name : {"--sign-by", "--sign-by-sigstore", "--sign-by-sigstore-private-key",
                           "--sign-by-sq-fingerprint", "--sign-identity", "--sign-passphrase-file"}) {
    command.option(name, "KEY", "", signing);
    command.hide_last();
  }
  for (const char* name : {"--encryption-key", "--encrypt-layer", "--decryption-key"}) {
    command.option(name, "KEY", "", encryption);
    command.hide_last();
  }
  command.flag("--remove-signatures", "copy no signatures", remove_signatures);
  command.option("--image-parallel-copies", "N", "blobs at the same time (default 6)", parallel);
  retry.declare(command);
  command.option("--tmpdir", "DIR", "where large temporary files go (default $TMPDIR or /var/tmp)", tmpdir);
  progress.declare(command);
  trust.declare(command);
  both.declare(command, "", true);
  source.declare(command, "src-", false);
  destination.declare(command, "dest-", false);
}

namespace {

fetch::CopyOptions::Which which(const CopyFlags& flags) {
  using Which = fetch::CopyOptions::Which;
  if (flags.all && !flags.multi_arch.empty()) fail("Cannot use --all and --multi-arch flags together");
  if (flags.all || flags.multi_arch == "all") return Which::all;
  if (flags.multi_arch == "index-only") return Which::index_only;
  if (flags.multi_arch.empty() || flags.multi_arch == "system") return Which::one;
  fail("unknown multi-arch option \"", printable(flags.multi_arch),
       "\". Choose one of the supported options: 'system', 'all', or 'index-only'");
}

fetch::CopyOptions::Format format(const std::string& text) {
  using Format = fetch::CopyOptions::Format;
  if (text.empty()) return Format::as_it_is;
  if (text == "oci") return Format::oci;
  if (text == "v2s2") return Format::docker;
  if (text == "v2s1") fail("--format v2s1: Docker's schema 1 is not written");
  fail("unknown format \"", printable(text), "\". Choose one of the supported formats: 'oci', 'v2s1', or 'v2s2'");
}

spec::media::Compression compression(const std::string& text) {
  if (text == "gzip") return spec::media::Compression::gzip;
  if (text == "zstd" || text == "zstd:chunked") return spec::media::Compression::zstd;
  fail("--dest-compress-format ", printable(text), ": not gzip or zstd");
}

int number(std::string_view option, const std::string& text) {
  const auto value = parse_signed(text);
  if (!value || *value < -1 || *value > 1000) fail(option, " ", printable(text), ": not a number that can be");
  return static_cast<int>(*value);
}

} // namespace

fetch::Copied copy_image(const spec::ImageName& source, const spec::ImageName& destination,
                         const fetch::CopyOptions& options, fetch::Progress& progress) {
  fetch::CopySession session(destination, options, progress);
  fetch::Copied copied = session.copy(source);
  session.finish();
  return copied;
}

fetch::CopyOptions copy_options(const Globals& globals, const CopyFlags& flags, spec::Transport to) {
  if (!flags.signing.empty()) fail("images cannot be signed: the --sign-… options cannot be honoured");
  if (!flags.encryption.empty()) fail("layers cannot be encrypted or decrypted");
  if (flags.force_format && flags.compress_format.empty()) {
    fail("--dest-force-compress-format needs --dest-compress-format");
  }
  const bool to_dir = to == spec::Transport::dir;
  fetch::CopyOptions options;
  options.source = registry_options(flags.source, flags.both, flags.retry);
  options.destination = registry_options(flags.destination, flags.both, flags.retry);
  options.trust = flags.trust.options(globals);
  options.which = which(flags);
  options.platforms = flags.choice.wanted();
  options.format = format(flags.format);
  if (options.format == fetch::CopyOptions::Format::docker && flags.compress_format == "zstd")
    fail("compression using zstd required together with format ", spec::media::docker_manifest,
         ", which does not support it");
  options.preserve_digests = flags.preserve_digests;
  if ((flags.compress || flags.decompress) && !to_dir) {
    log::warning("--dest-compress and --dest-decompress are for dir: alone");
  }
  if (flags.compress && flags.decompress) fail("--dest-compress and --dest-decompress exclude each other");
  options.decompress = flags.decompress && to_dir;
  if (flags.compress && to_dir) options.compression = spec::media::Compression::gzip;
  if (!flags.compress_format.empty() && (flags.compress || !to_dir)) {
    options.compression = compression(flags.compress_format);
  }
  if (!flags.compress_level.empty()) {
    options.compression_level = number("--dest-compress-level", flags.compress_level);
  }
  options.keep_plain_layers = flags.keep_plain;
  for (const std::string& tag : flags.additional_tags) options.more_tags.push_back(spec::Reference::parse(tag));
  if (!options.more_tags.empty() && to != spec::Transport::docker_archive) {
    log::warning("--additional-tag is for docker-archive: alone");
  }
  options.precompute_digests = flags.precompute;
  options.temp_folder = flags.tmpdir;
  if (!flags.parallel.empty()) {
    options.parallel = static_cast<unsigned>(std::max(1, number("--image-parallel-copies", flags.parallel)));
  }
  return options;
}

namespace {

std::vector<Job> jobs_of(const Words& sources, const fetch::CopyOptions& options) {
  std::vector<Job> jobs;
  for (const std::string& text : sources) {
    const spec::ImageName name = spec::ImageName::parse(text);
    if (options.which != fetch::CopyOptions::Which::all || !names_no_image(name)) {
      jobs.push_back({name, called(name)});
      continue;
    }
    for (fetch::FoundImage& found : fetch::images_in(name, options))
      jobs.push_back({std::move(found.name), std::move(found.called)});
  }
  return jobs;
}

class Copy final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.words(2, any_number, {"SRC", "DST"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    as_skopeo_ = globals.personality == Personality::skopeo;
    const std::string destination = words.back();
    words.pop_back();
    const auto registry = as_skopeo_ ? std::nullopt : registry_in(destination);
    const spec::Transport to = registry ? spec::Transport::docker : spec::ImageName::parse(destination).transport;
    fetch::CopyOptions options = copy_options(globals, flags_, to);
    options.tells_source = as_skopeo_;
    if (as_skopeo_ && !flags_.progress.quiet)
      options.say = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
    const auto progress = flags_.progress.make(as_skopeo_);
    const std::vector<Job> jobs = jobs_of(words, options);
    for (const Job& job : jobs) fetch::check_policy(job.source, options.trust);
    std::vector<fetch::Copied> copied;
    if (registry) {
      for (const Job& job : jobs) copied.push_back(copy_one(job, place_in(*registry, job), options, *progress));
    } else {
      copied = copy_together(jobs, destination, options, *progress);
    }
    report(jobs, copied, destination);
    return 0;
  }

private:
  fetch::Copied copy_one(const Job& job, const std::string& destination, const fetch::CopyOptions& options,
                         fetch::Progress& progress) const {
    const auto body = [&] { return copy_image(job.source, spec::ImageName::parse(destination), options, progress); };
    return as_skopeo_ ? body() : with_context(cat("copy ", printable(job.source.text())), body);
  }

  // Several images go by their own names.
  std::vector<fetch::Copied> copy_together(const std::vector<Job>& jobs, const std::string& destination,
                                           const fetch::CopyOptions& options, fetch::Progress& progress) const {
    const spec::ImageName name = spec::ImageName::parse(destination);
    if (jobs.size() == 1) return {copy_one(jobs.front(), destination, options, progress)};
    if (!names_no_image(name)) {
      throw Error(cat("several images cannot all be ", printable(destination)))
          .with_hint("oci:DIR, oci-archive:FILE, docker-archive:FILE and docker://HOST take several");
    }
    fetch::CopySession session(name, options, progress);
    std::vector<fetch::Copied> copied;
    for (const Job& job : jobs) {
      copied.push_back(with_context(cat("copy ", printable(job.source.text())),
                                    [&] { return session.copy(job.source, job.called); }));
    }
    session.finish();
    return copied;
  }

  void report(const std::vector<Job>& jobs, const std::vector<fetch::Copied>& copied, const std::string& destination) {
    std::string digests;
    for (std::size_t i = 0; i < copied.size(); ++i) {
      const std::string& digest = copied[i].manifest.digest.text();
      for (const std::string& change : copied[i].changes) {
        if (as_skopeo_) break;
        log::warning(printable(jobs[i].source.text()), ": the digest is another one: ", change);
      }
      digests += cat(digests.empty() ? "" : "\n", digest);
      const bool stdout_is_taken = as_skopeo_ || destination.ends_with(":-");
      if (!stdout_is_taken) std::printf("%s\n", digest.c_str());
    }
    if (!flags_.digestfile.empty()) write_output_file(flags_.digestfile, digests, 0644);
  }

  CopyFlags flags_;
  bool as_skopeo_ = false;
};

} // namespace

std::unique_ptr<Verb> make_copy() { return std::make_unique<Copy>(); }

} // namespace oci::cli
