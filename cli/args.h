// One command's line of arguments, declared as data: what drives parsing, --help, completion and the man pages.
// CLI11 stands behind parse() and is seen by args.cc alone.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace oci::cli {

using Words = std::vector<std::string>;

// Where an option's value goes. bool: "--x" or "--x=false". Words: may be repeated.
using Target = std::variant<bool*, std::optional<bool>*, std::string*, std::optional<std::string>*, Words*>;

struct Flag {
  std::string names; // "-e,--env"; "--root"
  std::string value; // what stands for the value in help, "K=V"; "" when there is none
  std::string help;  // one line, lower case
  Target target;
  bool hidden = false;     // accepted, not shown
  bool for_images = false; // what runc and crun do not have
  bool given = false;      // set by parse()
};

class Command {
public:
  void flag(std::string names, std::string help, bool& target);
  void flag(std::string names, std::string help, std::optional<bool>& target);
  void option(std::string names, std::string value, std::string help, std::string& target);
  void option(std::string names, std::string value, std::string help, std::optional<std::string>& target);
  void option(std::string names, std::string value, std::string help, Words& target);
  void hide_last() { flags_.back().hidden = true; }
  // The flags from this one on are for images; as runc or crun there are none of them, and `words` are what they take.
  void for_images_from(std::size_t first, std::size_t least, std::size_t most);
  void drop_image_flags();

  // Options after this many words are not ours: `exec ID CMD -x`. Default: options stand anywhere before "--".
  void verbatim_after(std::size_t words) { verbatim_after_ = words; }
  // "-9" is a word, as in `kill ID -9`.
  void numbers_are_words() { numbers_are_words_ = true; }
  // How many words are accepted; what is missing is named by its place in `usage` ("ID", "BUNDLE").
  void words(std::size_t least, std::size_t most, std::vector<std::string> names);

  // Fills the targets and returns the words. Throws a usage Error (exit code 1) naming what is wrong.
  // `globals` are accepted too; where both have a name the command's own wins.
  Words parse(const Words& args, Command& globals);

  const std::vector<Flag>& flags() const { return flags_; }
  const std::vector<std::string>& word_names() const { return word_names_; }
  std::pair<std::size_t, std::size_t> word_limits() const { return {least_, most_}; }
  // What parse() gave up for.
  bool too_few_words() const { return too_few_words_; }
  bool too_many_words() const { return too_many_words_; }
  // Set when the words held "--": their number before it.
  std::optional<std::size_t> words_before_dashes() const { return words_before_dashes_; }
  bool help_wanted() const { return help_; }

  // True when `arg` is one of the flags and its value is the next argument.
  bool takes_next(const std::string& arg) const;

private:
  void parse_options(Words options, Command& globals);
  std::vector<Flag> flags_;
  std::vector<std::string> word_names_;
  std::size_t least_ = 0, most_ = 0;
  std::optional<std::size_t> verbatim_after_, words_before_dashes_;
  std::optional<std::pair<std::size_t, std::size_t>> peer_words_;
  bool numbers_are_words_ = false;
  bool help_ = false, too_few_words_ = false, too_many_words_ = false;
};

inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

} // namespace oci::cli
