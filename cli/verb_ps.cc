// oci ps [ID [PS-OPTION...]]
#include "cli/container_list.h"
#include "cli/oci_verbs.h"
#include "cli/runtime_options.h"

#include "base/child.h"
#include "base/error.h"
#include "base/io.h"
#include "base/sys.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::size_t max_ps_output = 16u << 20;

// Of the host, not of the container; where distributions put it.
std::string ps_program() {
  for (const char* path : {"/bin/ps", "/usr/bin/ps"})
    if (::access(path, X_OK) == 0) return path;
  throw Error("ps: the host has no ps program").with_hint("use --format json, or install procps");
}

std::string ps_output(const Words& options) {
  auto [read_end, write_end] = check(sys::pipe(), "ps: make a pipe");
  Child::Options child{.program = ps_program(), .args = {"ps"}, .env = {"PATH=/usr/bin:/bin"}, .fds = {}};
  child.args.insert(child.args.end(), options.begin(), options.end());
  child.fds = {{write_end.get(), STDOUT_FILENO}};
  Child ps = Child::spawn(child);
  write_end.reset();
  std::string text = read_all(read_end.get(), max_ps_output, "the output of ps");
  if (ps.wait().shell_status() != 0) fail("ps ", join(options, " "), ": failed");
  return text;
}

std::vector<std::string> columns(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// The heading and the lines whose PID is one of ours.
void print_own_lines(const std::string& text, const std::vector<pid_t>& pids) {
  const std::vector<std::string> lines = split(text, '\n');
  const std::vector<std::string> heading = columns(lines.front());
  const auto pid_column = std::find(heading.begin(), heading.end(), "PID");
  if (pid_column == heading.end()) fail("ps: its output has no PID column; ask for one");
  const auto at = static_cast<std::size_t>(pid_column - heading.begin());
  std::printf("%s\n", lines.front().c_str());
  for (const std::string& line : lines) {
    const std::vector<std::string> cells = columns(line);
    const auto pid = at < cells.size() ? parse_unsigned(cells[at]) : std::nullopt;
    if (pid && std::find(pids.begin(), pids.end(), static_cast<pid_t>(*pid)) != pids.end())
      std::printf("%s\n", line.c_str());
  }
}

class Ps final : public Verb {
public:
  void declare(Command& command) override {
    command.option("-f,--format", "FORMAT", "table or json", format_);
    command.words(0, any_number, {"ID"});
    command.for_images_from(command.flags().size(), 1, any_number);
    command.verbatim_after(1);
  }

  int run(const Globals& globals, const Command&, Words words) override {
    if (words.empty()) {
      print_containers(globals, format_, false);
      return 0;
    }
    if (format_ != "table" && format_ != "json") fail("--format ", printable(format_), ": not table or json");
    const std::vector<pid_t> pids = runtime::processes(runtime_settings(globals), words[0]);
    const bool crun = globals.personality == Personality::crun;
    if (crun && format_ == "table") {
      std::printf("PID\n");
      for (pid_t pid : pids) std::printf("%d\n", pid);
      return 0;
    }
    if (format_ == "json") {
      Json::Array numbers;
      for (pid_t pid : pids) numbers.push_back(std::int64_t{pid});
      std::printf("%s\n", dump_json(Json(std::move(numbers)), {.indent = crun ? "  " : ""}).c_str());
      return 0;
    }
    words.erase(words.begin());
    print_own_lines(ps_output(words.empty() ? Words{"-ef"} : words), pids);
    return 0;
  }

private:
  std::string format_ = "table";
};

} // namespace

std::unique_ptr<Verb> make_ps() { return std::make_unique<Ps>(); }

} // namespace oci::cli
