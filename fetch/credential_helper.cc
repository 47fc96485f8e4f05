#include "fetch/credential_helper.h"

#include "base/child.h"
#include "base/io.h"
#include "base/json.h"
#include "base/sys.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

namespace oci::fetch {
namespace {

constexpr std::size_t max_answer = 1u << 20;
constexpr std::chrono::seconds patience{60};

std::string find_helper(const std::string& helper) {
  const std::string name = cat("docker-credential-", helper);
  if (helper.empty() || helper.find('/') != std::string::npos)
    fail("credential helper ", printable(helper), ": not a name");
  const char* path = ::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path, ':')) {
    std::string program = cat(folder, "/", name);
    if (folder.starts_with('/') && ::access(program.c_str(), X_OK) == 0) return program;
  }
  throw Error(cat("credential helper ", name, ": not found in $PATH"))
      .with_hint("the auth file names it in credHelpers or credsStore; install it or take the entry out");
}

struct Answer {
  bool good = false;
  std::string text;
};

Answer run_helper(const std::string& helper, const char* verb, const std::string& input) {
  const Fd in = check(sys::memfd_create("helper input", MFD_CLOEXEC), "make the credential helper's input");
  check(write_all(in.get(), input), "write the credential helper's input");
  if (::lseek(in.get(), 0, SEEK_SET) != 0) fail_errno(Errno{errno}, "rewind the credential helper's input");
  auto [out_read, out_write] = check(sys::pipe(), "make a pipe for the credential helper");
  Child::Options options;
  options.program = find_helper(helper);
  options.args = {cat("docker-credential-", helper), verb};
  for (char** entry = environ; *entry != nullptr; ++entry) options.env.emplace_back(*entry);
  options.fds = {{in.get(), STDIN_FILENO}, {out_write.get(), STDOUT_FILENO}};
  options.parent_death_signal = SIGTERM;
  Child child = Child::spawn(options);
  out_write.reset();
  Answer answer;
  answer.text = read_all(out_read.get(), max_answer, "the credential helper's answer");
  const auto status = child.wait_for(patience);
  if (!status) fail("credential helper ", options.args[0], ": does not end");
  answer.good = status->shell_status() == 0;
  return answer;
}

std::string text_at(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  const std::string* text = found == nullptr ? nullptr : found->as_string();
  return text == nullptr ? "" : *text;
}

} // namespace

std::optional<Credentials> ask_helper(const std::string& helper, const std::string& registry) {
  const Answer answer = run_helper(helper, "get", registry);
  if (!answer.good) {
    if (answer.text.find("credentials not found") != std::string::npos) return std::nullopt;
    fail("credential helper docker-credential-", helper, ": get failed: ", printable(trim(answer.text), 200));
  }
  Json document;
  try {
    document = parse_json(answer.text, "the answer");
  } catch (const Error&) {
    fail("credential helper docker-credential-", helper, ": its answer is not valid JSON");
  }
  Credentials found{text_at(document, "Username"), text_at(document, "Secret")};
  if (found.user.empty() && found.password.empty()) return std::nullopt;
  return found;
}

void store_in_helper(const std::string& helper, const std::string& registry, const Credentials& credentials) {
  const Json entry =
      Json::Object{{"ServerURL", registry}, {"Username", credentials.user}, {"Secret", credentials.password}};
  if (!run_helper(helper, "store", dump_json(entry)).good)
    fail("credential helper docker-credential-", helper, ": could not store the credentials");
}

void erase_in_helper(const std::string& helper, const std::string& registry) {
  if (!run_helper(helper, "erase", registry).good)
    fail("credential helper docker-credential-", helper, ": could not erase the credentials");
}

} // namespace oci::fetch
