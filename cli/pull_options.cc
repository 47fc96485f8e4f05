#include "cli/pull_options.h"

#include "base/error.h"
#include "base/log.h"
#include "cli/stored_name.h"
#include "fetch/fetch.h"
#include "spec/image_record.h"
#include "spec/reference.h"

namespace oci::cli {

namespace {

spec::Platform wanted_platform(const PullFlags& flags) {
  return flags.platform ? spec::parse_platform(*flags.platform) : spec::host_platform();
}

spec::Image load_and_record(const spec::Store& store, const spec::Descriptor& descriptor, const PullFlags& flags) {
  spec::Image image = spec::load_image(store.layout(), descriptor, wanted_platform(flags));
  spec::write_image_record(store, image.descriptor, image.config_blob.bytes);
  return image;
}

// An index has a choice; an image alone is taken as it is.
void warn_of_other_platform(const std::string& name, const spec::Platform& pulled, const spec::Platform& wanted) {
  if (pulled.architecture.empty() || (pulled.os == wanted.os && pulled.architecture == wanted.architecture)) return;
  log::warning(printable(name), ": this image is for ", printable(spec::platform_text(pulled)), ", not for ",
               spec::platform_text(wanted));
}

std::chrono::seconds parse_stall_timeout(const std::string& text) {
  constexpr std::uint64_t most = 3600;
  const auto number = parse_unsigned(text);
  if (!number || *number == 0 || *number > most) {
    fail("--stall-timeout ", printable(text), ": not a number of seconds, 1 to ", most);
  }
  return std::chrono::seconds(*number);
}

// The next meaning is tried only where a registry says that there is no such image: one that is out of reach must not
// make another image of the name.
fetch::Pulled pull_meaning(spec::Store& store, const std::string& name, const fetch::PullOptions& options,
                           fetch::Progress& progress) {
  const std::vector<spec::ImageName> meanings = fetch::meanings(name);
  for (std::size_t i = 0; i + 1 < meanings.size(); ++i) {
    try {
      return fetch::pull(store, meanings[i], options, progress);
    } catch (const Error& error) {
      if (error.exit_code() != 2) throw;
      progress.note(error.message());
    }
  }
  return fetch::pull(store, meanings.back(), options, progress);
}

} // namespace

void PullFlags::declare(Command& command) {
  command.option("--platform", "OS/ARCH[/VARIANT]", "which image of a multi-platform one (default: this machine's)",
                 platform);
  command.option("--creds", "USER[:PASSWORD]", "log in to the registry with these", creds);
  command.flag("--no-creds", "log in to no registry", no_creds);
  command.option("--authfile", "FILE", "look up credentials in FILE", authfile);
  command.option("--cert-dir", "DIR", "trust the *.crt of DIR too; X.cert and X.key there log us in", cert_dir);
  command.flag("--tls-verify", "check certificates (false: do not, and allow http)", tls_verify);
  command.option("--stall-timeout", "SECONDS", "give a transfer up that stands still for so long (default 60)",
                 stall_timeout);
  retry.declare(command);
  trust.declare(command);
  progress.declare(command);
}

spec::Image pull_image(spec::Store& store, const std::string& name, const PullFlags& flags, fetch::Observer* observer) {
  fetch::PullOptions options;
  options.observer = observer;
  options.trust = flags.trust.options();
  options.platform = wanted_platform(flags);
  if (flags.creds) options.registry.credentials = fetch::parse_credentials(*flags.creds);
  options.registry.anonymous = flags.no_creds;
  options.registry.auth_file = flags.authfile;
  options.registry.tls_verify = flags.tls_verify;
  options.registry.cert_dir = flags.cert_dir;
  flags.retry.apply(options.registry);
  if (!flags.stall_timeout.empty()) options.registry.stall_timeout = parse_stall_timeout(flags.stall_timeout);
  if (flags.creds && flags.no_creds) fail("--creds and --no-creds exclude each other");
  const FileLock lock = store.use(); // until the record is written, gc keeps off
  const auto progress = flags.progress.make();
  const fetch::Pulled pulled = pull_meaning(store, name, options, *progress);
  warn_of_other_platform(name, pulled.platform, options.platform);
  return load_and_record(store, pulled.manifest, flags);
}

std::optional<spec::Image> stored_image(const spec::Store& store, const std::string& name, const PullFlags& flags) {
  const auto entry = stored_entry(store.layout().index(), name);
  if (!entry && Digest::parse(name)) throw Error(cat(name, ": no image of the store has this digest"), 2);
  if (!entry) return std::nullopt;
  return load_and_record(store, *entry, flags);
}

} // namespace oci::cli
