// oci login, oci logout: credentials of registries in auth files (containers-auth.json(5)).
#include "cli/copy_verbs.h"

#include "base/error.h"
#include "base/io.h"

#include <cstdio>
#include <termios.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_secret = 64u << 10;

// One line of standard input, by bytes: what follows is not ours.
std::string read_line() {
  std::string line;
  char c = 0;
  while (line.size() < max_secret && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

// The terminal does not show what is typed as long as this lives.
class HiddenInput {
public:
  HiddenInput() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;
  ~HiddenInput() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

private:
  termios before_{};
  bool is_terminal_;
};

void ask(const std::string& question) {
  std::printf("%s: ", question.c_str());
  std::fflush(stdout);
}

struct LoginFlags {
  fetch::LoginPlace place;
  std::string cert_dir;
  std::optional<bool> tls_verify;

  void declare(Command& command) {
    command.option("--authfile", "FILE", "the auth file (default $REGISTRY_AUTH_FILE, else the user's)",
                   place.auth_file);
    command.option("--compat-auth-file", "FILE", "docker's config.json instead", place.compat_file);
    command.flag("--tls-verify", "check certificates (false: do not, and allow http)", tls_verify);
  }
};

class Login final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.option("--cert-dir", "DIR", "trust the *.crt of DIR too; X.cert and X.key there log us in",
                   flags_.cert_dir);
    command.option("-u,--username", "USER", "who logs in (asked for on a terminal)", user_);
    command.option("-p,--password", "PASSWORD", "the password; others can see it in ps", password_);
    command.flag("--password-stdin", "read the password from standard input", password_stdin_);
    command.flag("--get-login", "print who is logged in", get_login_);
    command.flag("-v,--verbose", "say where the credentials are kept", verbose_);
    command.words(1, 1, {"REGISTRY"});
  }

  int run(const Globals&, const Command&, Words words) override {
    const std::string key = fetch::login_key(words[0]);
    if (get_login_) {
      const auto user = fetch::logged_in_user(flags_.place, key);
      if (!user) fail("not logged into ", key);
      std::printf("%s\n", user->c_str());
      return 0;
    }
    fetch::RegistryOptions options;
    options.credentials = credentials(key);
    options.cert_dir = flags_.cert_dir;
    options.tls_verify = flags_.tls_verify;
    with_context(cat("logging into \"", key, "\""), [&] { fetch::check_login(key.substr(0, key.find('/')), options); });
    fetch::save_login(flags_.place, key, *options.credentials);
    if (verbose_) std::printf("Used: %s\n", fetch::login_file(flags_.place).c_str());
    std::puts("Login Succeeded!");
    return 0;
  }

private:
  fetch::Credentials credentials(const std::string& key) {
    if (password_stdin_ && password_) fail("Can't specify both --password-stdin and --password");
    if (password_stdin_ && !user_) fail("Must provide --username with --password-stdin");
    if (password_stdin_) password_ = std::string(read_all(STDIN_FILENO, max_secret, "standard input"));
    if (password_stdin_)
      while (password_->ends_with('\n') || password_->ends_with('\r')) password_->pop_back();
    if (!user_) {
      const std::string known = fetch::logged_in_user(flags_.place, key).value_or("");
      ask(known.empty() ? "Username" : cat("Username (", known, ")"));
      user_ = read_line();
      if (user_->empty()) user_ = known;
    }
    if (!password_) {
      ask("Password");
      const HiddenInput hidden;
      password_ = read_line();
      std::puts("");
    }
    if (user_->empty() || password_->empty()) fail("login: a user name and a password are needed");
    return {*user_, *password_};
  }

  LoginFlags flags_;
  std::optional<std::string> user_, password_;
  bool password_stdin_ = false, get_login_ = false, verbose_ = false;
};

class Logout final : public Verb {
public:
  void declare(Command& command) override {
    flags_.declare(command);
    command.flag("-a,--all", "of every registry", all_);
    command.words(0, 1, {"REGISTRY"});
  }

  int run(const Globals&, const Command&, Words words) override {
    if (all_ && !words.empty()) fail("--all takes no arguments");
    if (!all_ && words.empty()) fail("please provide a registry to log out from, or --all");
    if (all_) {
      fetch::remove_all_logins(flags_.place);
      std::puts("Removed login credentials for all registries");
      return 0;
    }
    const std::string key = fetch::login_key(words[0]);
    if (!fetch::remove_login(flags_.place, key)) fail("not logged into ", key);
    std::printf("Removed login credentials for %s\n", key.c_str());
    return 0;
  }

private:
  LoginFlags flags_;
  bool all_ = false;
};

} // namespace

std::unique_ptr<Verb> make_login() { return std::make_unique<Login>(); }
std::unique_ptr<Verb> make_logout() { return std::make_unique<Logout>(); }

} // namespace oci::cli
