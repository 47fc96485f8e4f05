// oci export IMAGE [FILE], oci diff: an image's root file system as a tar, and what is different between two.
#include "cli/image_verbs.h"
#include "cli/repack_data.h"
#include "cli/scratch_rootfs.h"
#include "cli/scratch_skeleton.h"

#include "base/error.h"
#include "base/files.h"
#include "base/sys.h"

#include <cstdio>
#include <unistd.h>

namespace oci::cli {

namespace {

class Export final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-o,--output", "FILE", "write it there instead of to stdout", output_);
    command.flag("--folders-first", "folders before what is in them, for readers that make no missing ones",
                 options_.folders_first);
    pull_.declare(command);
    command.words(1, 2, {"IMAGE", "FILE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (words.size() == 2 && !output_.empty()) fail("the file is named twice: ", output_, " and ", printable(words[1]));
    if (words.size() == 2) output_ = words[1];
    const bool to_stdout = output_.empty() || output_ == "-";
    if (to_stdout && ::isatty(STDOUT_FILENO) == 1)
      throw Error("export: a tar is nothing for a terminal").with_hint("redirect it, or name a FILE");
    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    with_context(cat("export ", printable(words[0])), [&] {
      ScratchSkeleton image(store, words[0], pull_);
      if (to_stdout)
        write(image, STDOUT_FILENO, "stdout");
      else
        write_file(image);
    });
    return 0;
  }

private:
  void write(ScratchSkeleton& image, int fd, const std::string& name) const {
    FdSink file(fd, name);
    BufferedSink tar(file);
    image.write(tar, options_);
    tar.flush();
  }

  // Whole, or not there.
  void write_file(ScratchSkeleton& image) const {
    if (is_special_file(output_))
      return write(image, check(sys::open(output_, O_WRONLY | O_NOCTTY), "open ", output_).get(), output_);
    const Fd folder = check(sys::open(parent_path(output_), O_PATH | O_DIRECTORY), "open ", parent_path(output_));
    const std::string name = base_name(output_), temporary = cat(".", name, ".", random_name(12));
    const Fd file =
        check(sys::openat(folder.get(), temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644), "create ", output_);
    try {
      write(image, file.get(), output_);
      check(sys::renameat(folder.get(), temporary, folder.get(), name), "create ", output_);
    } catch (...) {
      (void)sys::unlinkat(folder.get(), temporary);
      throw;
    }
  }

  std::string output_;
  unpack::FlatOptions options_;
  PullFlags pull_;
};

class Diff final : public Verb {
public:
  void declare(Command& command) override {
    command.option("--format", "FORMAT", "text or json", format_);
    pull_.declare(command);
    command.words(1, 2, {"BUNDLE|IMAGE", "BUNDLE|IMAGE"});
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (format_ != "text" && format_ != "json") fail("--format ", printable(format_), ": not text or json");
    const auto deltas = with_context("diff", [&] {
      return words.size() == 1 ? changes_of(words[0]) : changes_to(globals, tree_of(globals, words[0]), words[1]);
    });
    if (format_ == "json")
      print_json(deltas);
    else
      print_text(deltas);
    return 0;
  }

private:
  static bool is_path(const std::string& word) { return word.starts_with('/') || word.starts_with('.'); }

  static Fd open_bundle(const std::string& path) {
    return check(sys::open(path, O_RDONLY | O_DIRECTORY), "open bundle ", path);
  }

  // Since it was unpacked.
  static std::vector<unpack::Delta> changes_of(const std::string& path) {
    const Fd bundle = open_bundle(path);
    RepackData data = read_repack_data(bundle.get());
    return unpack::changes_since(std::move(data.before), open_rootfs(bundle.get()).get());
  }

  // Gives the rootfs of the bundle or image that `word` names to `use`.
  template <class Use>
  auto with_rootfs(const Globals& globals, const std::string& word, Use&& use) {
    if (is_path(word)) return use(open_rootfs(open_bundle(word).get()).get(), unpack::ScanOptions());
    spec::Store store = spec::Store::open_or_create(spec::Store::locate(globals.store));
    const ScratchRootfs rootfs(store, word, pull_);
    return use(rootfs.fd(), unpack::ScanOptions{true, rootfs.stop_fd()});
  }

  unpack::Tree tree_of(const Globals& globals, const std::string& word) {
    return with_rootfs(globals, word, [](int root, const auto& options) { return unpack::scan_tree(root, options); });
  }

  std::vector<unpack::Delta> changes_to(const Globals& globals, unpack::Tree before, const std::string& word) {
    return with_rootfs(globals, word, [&](int root, const auto& options) {
      return unpack::changes_since(std::move(before), root, options);
    });
  }

  static std::string_view kind_name(unpack::Delta::Kind kind) {
    if (kind == unpack::Delta::Kind::added) return "added";
    return kind == unpack::Delta::Kind::removed ? "removed" : "changed";
  }

  static void print_text(const std::vector<unpack::Delta>& deltas) {
    for (const unpack::Delta& delta : deltas) {
      const std::string keys = delta.keys.empty() ? "" : cat(" (", join(delta.keys, ", "), ")");
      std::printf("%-8s /%s%s\n", std::string(kind_name(delta.kind)).c_str(),
                  printable(delta.path, delta.path.size()).c_str(), keys.c_str());
    }
  }

  static void print_json(const std::vector<unpack::Delta>& deltas) {
    Json list{Json::Array()};
    for (const unpack::Delta& delta : deltas) {
      Json one, keys{Json::Array()};
      for (const std::string& key : delta.keys) keys.push(key);
      one.set("path", cat('/', printable(delta.path, delta.path.size())));
      one.set("kind", kind_name(delta.kind));
      one.set("changed", std::move(keys));
      list.push(std::move(one));
    }
    std::printf("%s\n", dump_json(list, {"  ", false}).c_str());
  }

  std::string format_ = "text";
  PullFlags pull_;
};

} // namespace

std::unique_ptr<Verb> make_export() { return std::make_unique<Export>(); }
std::unique_ptr<Verb> make_diff() { return std::make_unique<Diff>(); }

} // namespace oci::cli
