#include "cli/side_options.h"

#include "base/error.h"

namespace oci::cli {

void SideFlags::declare(Command& command, const std::string& prefix, bool shown) {
  const std::string of = prefix == "src-" ? " of the source" : prefix == "dest-" ? " of the destination" : "";
  auto name = [&](const char* text) { return cat("--", prefix, text); };
  auto hide = [&] {
    if (!shown) command.hide_last();
  };
  const std::string short_creds = prefix == "src-" ? ",--screds" : prefix == "dest-" ? ",--dcreds" : "";
  command.option(name("creds") + short_creds, "USER[:PASSWORD]", cat("log in to the registry", of, " with these"),
                 creds);
  hide();
  command.option(name("username"), "USER", "log in as USER", username);
  command.hide_last();
  command.option(name("password"), "PASSWORD", "the password of --username", password);
  command.hide_last();
  command.flag(name("no-creds"), cat("log in to no registry", of), no_creds);
  hide();
  command.option(name("authfile"), "FILE", cat("look up credentials", of, " in FILE"), authfile);
  hide();
  command.option(name("cert-dir"), "DIR", "trust the *.crt of DIR too; X.cert and X.key there log us in", cert_dir);
  hide();
  command.option(name("registry-token"), "TOKEN", "a Bearer token", token);
  command.hide_last();
  command.option(name("shared-blob-dir"), "DIR", cat("oci: the blobs", of, " are in DIR"), shared_blobs);
  hide();
  command.option(name("daemon-host"), "HOST", cat("docker-daemon: where the daemon", of, " listens"), daemon_host);
  hide();
  command.flag(name("tls-verify"), cat("check certificates", of, " (false: do not, and allow http)"), tls_verify);
  hide();
}

namespace {

std::optional<fetch::Credentials> credentials(const SideFlags& flags) {
  if (flags.creds && flags.no_creds) fail("creds and no-creds cannot be specified at the same time");
  if (flags.creds && flags.username) fail("creds and username cannot be specified at the same time");
  if (flags.token && (flags.creds || flags.username || flags.no_creds)) {
    fail("--registry-token and other credentials exclude each other");
  }
  if (flags.username.has_value() != flags.password.has_value()) {
    fail(flags.username ? "password must be specified when username is specified"
                        : "username must be specified when password is specified");
  }
  if (flags.username && flags.no_creds) fail("username and no-creds cannot be specified at the same time");
  if (flags.username) return fetch::Credentials{*flags.username, *flags.password};
  if (flags.creds) return fetch::parse_credentials(*flags.creds);
  return std::nullopt;
}

} // namespace

fetch::RegistryOptions registry_options(const SideFlags& side, const SideFlags& common, const RetryFlags& retry) {
  fetch::RegistryOptions options;
  options.credentials = credentials(side);
  if (!options.credentials && !side.no_creds) options.credentials = credentials(common);
  options.anonymous = side.no_creds || common.no_creds;
  options.auth_file = side.authfile.empty() ? common.authfile : side.authfile;
  options.cert_dir = side.cert_dir.empty() ? common.cert_dir : side.cert_dir;
  options.tls_verify = side.tls_verify ? side.tls_verify : common.tls_verify;
  options.token = side.token.value_or(common.token.value_or(""));
  options.shared_blobs = side.shared_blobs.empty() ? common.shared_blobs : side.shared_blobs;
  options.daemon_host = side.daemon_host.empty() ? common.daemon_host : side.daemon_host;
  retry.apply(options);
  return options;
}

void ChoiceFlags::declare(Command& command) {
  command.option("--platform", "OS/ARCH[/VARIANT]", "which image of a multi-platform one (default: this machine's)",
                 platforms);
  command.option("--override-os", "OS", "the same in parts", os);
  command.hide_last();
  command.option("--override-arch", "ARCH", "the same in parts", arch);
  command.hide_last();
  command.option("--override-variant", "VARIANT", "the same in parts", variant);
  command.hide_last();
}

std::vector<spec::Platform> ChoiceFlags::wanted() const {
  std::vector<spec::Platform> wanted;
  for (const std::string& text : platforms) wanted.push_back(spec::parse_platform(text));
  if (os.empty() && arch.empty() && variant.empty()) return wanted;
  if (!wanted.empty()) fail("--platform and --override-... exclude each other");
  spec::Platform platform = spec::host_platform();
  if (!arch.empty()) platform.variant.clear(); // this machine's says nothing about another
  if (!os.empty()) platform.os = os;
  if (!arch.empty()) platform.architecture = arch;
  if (!variant.empty()) platform.variant = variant;
  return {platform};
}

} // namespace oci::cli
