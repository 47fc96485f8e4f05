// The one table of verbs, and what a verb is. A verb lives in verb_<name>.cc; which program runs it is in the table.
#pragma once

#include "cli/args.h"
#include "cli/globals.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace oci::cli {

enum class Program { oci, image }; // `oci` itself, or the image half `oci-image`

enum class Group { images, store, layouts, bundles, containers, comfort };

class Verb {
public:
  virtual ~Verb() = default;
  virtual void declare(Command& command) = 0;
  // Returns the exit status. `command` has been parsed; `words` are its words.
  virtual int run(const Globals& globals, const Command& command, Words words) = 0;
};

struct VerbEntry {
  std::string_view name;
  std::string_view alias; // "" when there is none
  Program program;
  Group group;
  std::string_view usage;   // what follows the name
  std::string_view summary; // one line
  std::string_view example;
  int failure_code = 1; // the exit status of an error that has no code of its own
};

std::span<const VerbEntry> verb_table();
const VerbEntry* find_verb(std::string_view name_or_alias);

// Each program has its own: the verb's implementation, nullptr for the other program's verbs.
using MakeVerb = std::unique_ptr<Verb> (*)();
struct VerbBinding {
  std::string_view name;
  MakeVerb make;
};

// What stands where on a command line.
struct Line {
  Words globals;    // what stands before the verb
  std::string verb; // "" when there is none
  Words rest;
};
Line split_line(const Command& globals, int argc, char** argv);

// Runs `body`, tells of its Error, and returns main's status.
int report_errors(int failure_code, const std::function<int(int& failure_code)>& body);

// Runs the command line; what main returns. `bindings` are this program's verbs.
int dispatch(Program program, std::span<const VerbBinding> bindings, int argc, char** argv);

} // namespace oci::cli
