#include "cli/args.h"

#include "base/error.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>
#include <memory>
#include <tuple>

namespace oci::cli {

namespace {

bool is_flag_word(const std::string& arg) { return arg.size() > 1 && arg[0] == '-'; }

bool is_negative_number(const std::string& arg) {
  return arg.size() > 1 && arg[0] == '-' &&
         std::all_of(arg.begin() + 1, arg.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool has_value(const Flag& flag) {
  return !std::holds_alternative<bool*>(flag.target) && !std::holds_alternative<std::optional<bool>*>(flag.target);
}

bool has_name(const Flag& flag, std::string_view name) {
  for (std::string_view left = flag.names;;) {
    const std::size_t comma = left.find(',');
    if (left.substr(0, comma) == name) return true;
    if (comma == left.npos) return false;
    left.remove_prefix(comma + 1);
  }
}

template <class Flags>
auto find_flag(Flags& flags, std::string_view name) -> decltype(flags.data()) {
  for (auto& flag : flags)
    if (has_name(flag, name)) return &flag;
  return nullptr;
}

// Whether a word of the command line may be this option, or hold its letter ("-it").
bool may_be_on_line(const Flag& flag, const Words& options) {
  return std::any_of(options.begin(), options.end(), [&](const std::string& word) {
    if (word.starts_with("--")) return has_name(flag, std::string_view(word).substr(0, word.find('=')));
    if (word.empty() || word.front() != '-') return false;
    return std::any_of(word.begin() + 1, word.end(), [&](char letter) {
      const char name[] = {'-', letter};
      return has_name(flag, {name, sizeof name});
    });
  });
}

// Whether the value of the last option in `arg` ("--env", "-it", "-e") is the next argument.
bool value_follows(const std::vector<Flag>& own, const std::vector<Flag>& globals, const std::string& arg) {
  auto find = [&](std::string_view name) {
    const Flag* flag = find_flag(own, name);
    return flag != nullptr ? flag : find_flag(globals, name);
  };
  if (arg.starts_with("--")) {
    if (arg.find('=') != std::string::npos) return false;
    const Flag* flag = find(arg);
    return flag != nullptr && has_value(*flag);
  }
  for (std::size_t i = 1; i < arg.size(); ++i) {
    const char name[] = {'-', arg[i]};
    const Flag* flag = find({name, sizeof name});
    if (flag != nullptr && has_value(*flag)) return i + 1 == arg.size();
  }
  return false;
}

// The option as CLI11 has it, with the flag's own target.
CLI::Option* add(CLI::App& app, const Flag& flag) {
  return std::visit(
      [&](auto* target) -> CLI::Option* {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<T, bool>) {
          return app.add_flag(flag.names, *target)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        } else if constexpr (std::is_same_v<T, std::optional<bool>>) {
          return app.add_flag_callback(flag.names, [target] { *target = true; });
        } else if constexpr (std::is_same_v<T, Words>) {
          return app.add_option(flag.names, *target)->take_all()->allow_extra_args(false);
        } else {
          return app
              .add_option_function<std::string>(flag.names, [target](const std::string& value) { *target = value; })
              ->take_last()
              ->allow_extra_args(false);
        }
      },
      flag.target);
}

// What stands after a flag's "=" is checked here. CLI11 has no flag with a third state: that is taken off the line.
bool take_flag_value(std::vector<Flag>& flags, const std::string& arg) {
  const std::size_t equals = arg.find('=');
  if (equals == std::string::npos) return false;
  Flag* flag = find_flag(flags, arg.substr(0, equals));
  if (flag == nullptr) return false;
  const auto* tristate = std::get_if<std::optional<bool>*>(&flag->target);
  if (!tristate && !std::holds_alternative<bool*>(flag->target)) return false;
  const std::string value = to_lower(arg.substr(equals + 1));
  const bool yes = value == "true" || value == "1", no = value == "false" || value == "0";
  if (!yes && !no) fail(arg.substr(0, equals), ": ", printable(arg.substr(equals + 1)), " is not true or false");
  if (!tristate) return false;
  **tristate = yes;
  flag->given = true;
  return true;
}

// "--name=value" in two, since CLI11 takes no empty value after "=".
void push_option(Words& options, const std::string& arg, const std::vector<Flag>& own,
                 const std::vector<Flag>& globals) {
  const std::size_t equals = arg.find('=');
  if (arg.starts_with("--") && equals != std::string::npos && value_follows(own, globals, arg.substr(0, equals))) {
    options.push_back(arg.substr(0, equals));
    options.push_back(arg.substr(equals + 1));
  } else {
    options.push_back(arg);
  }
}

[[noreturn]] void fail_unknown(const std::string& arg, const std::vector<Flag>& own, const std::vector<Flag>& globals) {
  std::vector<std::string> names;
  for (const auto* flags : {&own, &globals})
    for (const Flag& flag : *flags)
      if (!flag.hidden)
        for (std::string& name : split(flag.names, ',')) names.push_back(std::move(name));
  Error error(cat("unknown option ", printable(arg)));
  const bool is_long = arg.starts_with("--"); // every letter is near every other
  if (auto near = is_long ? nearest(arg.substr(0, arg.find('=')), names) : std::nullopt)
    throw std::move(error).with_hint(cat("did you mean ", *near, "?"));
  throw error;
}

} // namespace

void Command::flag(std::string names, std::string help, bool& target) {
  flags_.push_back({std::move(names), "", std::move(help), &target});
}
void Command::flag(std::string names, std::string help, std::optional<bool>& target) {
  flags_.push_back({std::move(names), "", std::move(help), &target});
}
void Command::option(std::string names, std::string value, std::string help, std::string& target) {
  flags_.push_back({std::move(names), std::move(value), std::move(help), &target});
}
void Command::option(std::string names, std::string value, std::string help, std::optional<std::string>& target) {
  flags_.push_back({std::move(names), std::move(value), std::move(help), &target});
}
void Command::option(std::string names, std::string value, std::string help, Words& target) {
  flags_.push_back({std::move(names), std::move(value), std::move(help), &target});
}

void Command::words(std::size_t least, std::size_t most, std::vector<std::string> names) {
  least_ = least;
  most_ = most;
  word_names_ = std::move(names);
}

void Command::for_images_from(std::size_t first, std::size_t least, std::size_t most) {
  for (std::size_t i = first; i < flags_.size(); ++i) flags_[i].for_images = true;
  peer_words_ = {least, most};
}

void Command::drop_image_flags() {
  std::erase_if(flags_, [](const Flag& flag) { return flag.for_images; });
  if (peer_words_) std::tie(least_, most_) = *peer_words_;
}

bool Command::takes_next(const std::string& arg) const { return value_follows(flags_, {}, arg); }

// CLI11 hears only of the options that may be meant: making one of the fifty costs as much as a system call or more.
void Command::parse_options(Words options, Command& globals) {
  if (options.empty()) return;
  CLI::App app;
  app.set_help_flag();
  app.add_flag(find_flag(flags_, "-h") != nullptr ? "--help" : "-h,--help", help_);
  std::vector<std::pair<Flag*, CLI::Option*>> added;
  for (Flag& flag : flags_)
    if (may_be_on_line(flag, options)) added.emplace_back(&flag, add(app, flag));
  for (Flag& flag : globals.flags_) {
    if (!may_be_on_line(flag, options)) continue;
    const std::vector<std::string> names = split(flag.names, ',');
    if (std::none_of(names.begin(), names.end(), [&](const std::string& name) { return find_flag(flags_, name); }))
      added.emplace_back(&flag, add(app, flag));
  }
  app.allow_extras();
  try {
    std::reverse(options.begin(), options.end()); // as CLI11 takes them: from the back
    app.parse(std::move(options));
  } catch (const CLI::ParseError& error) {
    throw Error(error.what());
  }
  for (const auto& [flag, option] : added) flag->given = flag->given || option->count() > 0;
  if (help_) return;
  if (const Words extras = app.remaining(); !extras.empty()) fail_unknown(extras.front(), flags_, globals.flags_);
}

Words Command::parse(const Words& args, Command& globals) {
  Words words, options;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    const bool all_words = verbatim_after_ && words.size() >= *verbatim_after_;
    if (all_words || arg == "--") {
      if (arg == "--" && !all_words) words_before_dashes_ = words.size();
      words.insert(words.end(), args.begin() + static_cast<std::ptrdiff_t>(i + (arg == "--" && !all_words)),
                   args.end());
      break;
    }
    if (!is_flag_word(arg) || (numbers_are_words_ && is_negative_number(arg))) {
      words.push_back(arg);
    } else if (!take_flag_value(flags_, arg) && !take_flag_value(globals.flags_, arg)) {
      push_option(options, arg, flags_, globals.flags_);
      if (value_follows(flags_, globals.flags_, arg)) {
        if (i + 1 == args.size()) fail("option ", arg, " needs a value");
        options.push_back(args[++i]);
      }
    }
  }

  parse_options(std::move(options), globals);
  if (help_) return {};
  too_few_words_ = words.size() < least_;
  too_many_words_ = words.size() > most_;
  if (too_few_words_) fail("missing argument ", words.size() < word_names_.size() ? word_names_[words.size()] : "");
  if (too_many_words_) fail("unexpected argument ", printable(words[most_]));
  return words;
}

} // namespace oci::cli
