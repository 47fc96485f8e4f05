// oci spec: the template that runc's users know; with an image, a bundle or --rootfs, a config.json made for it.
#include "cli/container_options.h"
#include "cli/host_facts.h"
#include "cli/image_half.h"
#include "cli/oci_verbs.h"
#include "cli/run_image.h"

#include "base/error.h"
#include "base/files.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sys.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_config = 4u << 20;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

bool is_folder(const std::string& path) {
  const auto status = sys::stat(path);
  return status && S_ISDIR(status->st_mode);
}

class Spec final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-b,--bundle", "DIR", "write it into this folder (default the current one)", bundle_);
    command.flag("--rootless", "for a container without root's rights", rootless_);
    command.option("-f,--file", "NAME", "the template's name (crun's)", file_);
    command.hide_last();
    const std::size_t first = command.flags().size();
    command.option("--rootfs", "DIR", "for this root file system, without an image", rootfs_);
    command.option("--from-docker", "CONTAINER|FILE",
                   "as docker made this container; FILE is what docker inspect prints", from_docker_);
    command.option("--adopt", "FILE", "make a config.json taken from a running engine portable", adopt_);
    command.flag("--explain", "print where each value comes from instead of writing", explain_);
    command.option("--format", "FORMAT", "of --explain: text or json", format_);
    command.option("-o,--output", "FILE", "write it there; - is standard output", output_);
    command.option("--platform", "OS/ARCH[/VARIANT]", "which image of a multi-platform one", image_.platform);
    container_.declare(command);
    command.for_images_from(first, 0, 0);
    command.words(0, any_number, {"IMAGE"});
  }

  int run(const Globals& globals, const Command& command, Words words) override {
    return with_context("spec", [&] { return work(globals, command, words); });
  }

private:
  int work(const Globals& globals, const Command& command, const Words& words) {
    const std::size_t named = std::min(command.words_before_dashes().value_or(words.size()), words.size());
    if (named > 1)
      throw Error(cat("unexpected argument ", printable(words[1]))).with_hint("a command follows after --");
    if (format_ != "text" && format_ != "json") fail("--format ", printable(format_), ": not text or json");
    if (!rootfs_.empty() || (named == 1 && !is_folder(words[0]))) container_.put_over_defaults(command);
    container_.request.command.assign(words.begin() + static_cast<std::ptrdiff_t>(named), words.end());
    container_.request.tty = container_.tty.value_or(false);
    if (rootless_ && (named > 0 || !rootfs_.empty())) fail("--rootless is for the template alone");
    if (!rootfs_.empty() && named > 0) fail("--rootfs goes without an image or bundle");
    if (!from_docker_.empty() || !adopt_.empty()) {
      if (named > 0 || !rootfs_.empty() || (!from_docker_.empty() && !adopt_.empty()))
        fail("--from-docker and --adopt go without an image, bundle, --rootfs or each other");
      return finish(adopt_.empty() ? of_docker(globals, command) : of_adopted());
    }
    if (!rootfs_.empty()) return finish(of_rootfs());
    if (named == 1) return finish(is_folder(words[0]) ? of_bundle(words[0]) : of_image(globals, words[0]));
    for (const Flag& flag : command.flags())
      if (flag.for_images && flag.given) fail(split(flag.names, ',').back(), " needs an image, a bundle or --rootfs");
    return write_template();
  }

  int write_template() const {
    const Fd bundle = open_target();
    const bool cgroup2 = host_has_cgroup2_only();
    const spec::RuntimeConfig config = rootless_ ? specgen::runc_template_rootless(cgroup2, ::geteuid(), ::getegid())
                                                 : specgen::runc_template(cgroup2);
    write_file_atomic(bundle.get(), file_, specgen::config_text(config), 0644);
    return 0;
  }

  Fd open_target() const {
    Fd bundle = check(sys::open(bundle_, O_PATH | O_DIRECTORY), "open the bundle ", bundle_);
    if (sys::fstatat(bundle.get(), file_))
      throw Error(cat("file ", file_, " exists in ", bundle_)).with_hint("remove it first");
    return bundle;
  }

  specgen::Generated of_rootfs() {
    const Fd rootfs = check(sys::open(rootfs_, O_PATH | O_DIRECTORY), "--rootfs ", rootfs_);
    container_.request.rootfs = absolute_path(rootfs_);
    if (container_.request.command.empty() && !container_.request.entrypoint && !container_.template_file)
      container_.request.command = {"sh"};
    return generate_config(std::nullopt, container_.engine(), container_, rootfs.get());
  }

  // Its config.json is what is changed, unless the caller wants another base.
  specgen::Generated of_bundle(const std::string& path) {
    const std::string file = cat(path, "/config.json");
    const auto text = read_file_if_exists(file, max_config);
    specgen::Engine base = container_.engine();
    if (text && !container_.template_file && !container_.engine_name) {
      spec::RuntimeConfig config = spec::parse_runtime_config(*text, file);
      base = specgen::engine_of_file(std::move(config), file);
      replaced_ = path;
    } else if (container_.request.command.empty() && !container_.request.entrypoint && !base.is_file) {
      container_.request.command = {"sh"};
    }
    if (base.base.root && !base.base.root->path.empty() && base.is_file)
      container_.request.rootfs = base.base.root->path;
    if (bundle_ == ".") bundle_ = path;
    const std::string& root = container_.request.rootfs;
    const std::string rootfs_path = root.starts_with('/') ? root : cat(path, "/", root);
    const Fd rootfs = check(sys::open(rootfs_path, O_PATH | O_DIRECTORY), "open the rootfs ", rootfs_path);
    return generate_config(std::nullopt, base, container_, rootfs.get());
  }

  // Users and groups are looked up in the image's own files: in the bundle's rootfs where there is one already.
  specgen::Generated of_image(const Globals& globals, const std::string& name) {
    image_.image = name;
    image_.quiet = true;
    const spec::ImageRecord record = [&] {
      try {
        return image_record(globals, image_);
      } catch (const ImageHalfFailed& failed) {
        throw Error(cat("no image ", printable(name))).with_exit_code(failed.exit_code);
      }
    }();
    specgen::Generated generated;
    const specgen::Engine engine = container_.engine();
    if (const auto rootfs = sys::open(cat(bundle_, "/rootfs"), O_PATH | O_DIRECTORY))
      return generate_config(record.config, engine, container_, rootfs->get());
    with_unpacked(globals, record,
                  [&](int rootfs) { generated = generate_config(record.config, engine, container_, rootfs); });
    return generated;
  }

  // The bundle's rootfs, to look users up in; -1 while there is none.
  Fd rootfs_in_bundle() const {
    auto rootfs = sys::open(cat(bundle_, "/rootfs"), O_PATH | O_DIRECTORY);
    return rootfs ? std::move(*rootfs) : Fd();
  }

  // A name with a slash, or of a file there is, is a file.
  std::string docker_inspect_text(const Globals& globals) const {
    if (from_docker_ == "-") return read_all(STDIN_FILENO, max_config, "standard input");
    if (from_docker_.find('/') != std::string::npos || sys::stat(from_docker_))
      return read_file(from_docker_, max_config);
    Words line{"oci", "inspect", cat("docker-container:", from_docker_)};
    if (globals.debug) line.insert(line.begin() + 1, "--debug");
    try {
      return run_image_half(line);
    } catch (const ImageHalfFailed& failed) {
      throw Error(cat("no container ", printable(from_docker_))).with_exit_code(failed.exit_code);
    }
  }

  specgen::Generated of_docker(const Globals& globals, const Command& command) {
    specgen::Inspected inspected = specgen::read_inspected(docker_inspect_text(globals), from_docker_);
    ContainerOptions made;
    made.request = inspected.request;
    made.tty = inspected.request.tty;
    for (const std::string& name : container_.put_over(std::move(made), command)) inspected.sources.erase(name);
    container_.request.tty = container_.tty.value_or(false);
    const Fd rootfs = rootfs_in_bundle();
    specgen::Generated generated = generate_config(inspected.image, container_.engine(), container_, rootfs.get());
    specgen::trace_to(generated, inspected);
    return generated;
  }

  specgen::Generated of_adopted() {
    const std::string file = is_folder(adopt_) ? cat(adopt_, "/config.json") : adopt_;
    const specgen::Adopted adopted =
        adopt_file(spec::parse_runtime_config(read_file(file, max_config), file), cat("adopted ", file));
    for (const specgen::Adopted::Change& change : adopted.changes)
      std::fprintf(stderr, "%s: %s\n", change.path.c_str(), change.text.c_str());
    const Fd rootfs = rootfs_in_bundle();
    specgen::Generated generated = generate_config(std::nullopt, adopted.base, container_, rootfs.get());
    specgen::trace_to(generated, adopted);
    return generated;
  }

  static specgen::Adopted adopt_file(spec::RuntimeConfig config, std::string name) {
    std::map<std::string, std::string> files;
    for (const std::string& path : specgen::files_to_adopt(config))
      if (const auto text = read_file_if_exists(path, max_config)) files[path] = *text;
    return specgen::adopt(std::move(config), std::move(name), files, gather_host_facts({}));
  }

  int finish(const specgen::Generated& generated) const {
    if (explain_) {
      print(format_ == "json" ? dump_json(specgen::explanation_json(generated), {.indent = "  "}) + "\n"
                              : specgen::explanation_text(generated));
      return 0;
    }
    if (output_ == "-") {
      for (const std::string& warning : generated.warnings) log::warning(warning);
      print(specgen::config_text(generated.config));
    } else if (!output_.empty()) {
      with_context("--output", [&] { write_output_file(output_, specgen::config_text(generated.config), 0644); });
    } else {
      const Fd bundle = replaced_.empty()
                            ? open_target()
                            : check(sys::open(bundle_, O_PATH | O_DIRECTORY), "open the bundle ", bundle_);
      write_generated(bundle.get(), generated);
    }
    return 0;
  }

  std::string bundle_ = ".", file_ = "config.json", from_docker_, adopt_, rootfs_, output_, format_ = "text";
  std::string replaced_; // the bundle whose config.json is written anew
  bool rootless_ = false, explain_ = false;
  RunImage image_;
  ContainerOptions container_;
};

} // namespace

std::unique_ptr<Verb> make_spec() { return std::make_unique<Spec>(); }

} // namespace oci::cli
