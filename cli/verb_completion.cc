// oci completion SHELL
#include "cli/complete.h"
#include "cli/oci_verbs.h"

#include "base/error.h"

#include <cstdio>

namespace oci::cli {

namespace {

// Each asks `oci __complete WORD...` with the words up to the cursor, and offers files where nothing is said. bash
// splits words at ":" and "=": what was typed before the last of them is taken off the answers again.
constexpr const char* bash_script = R"(_oci() {
  local line=${COMP_LINE:0:COMP_POINT} words=() word cut
  read -ra words <<<"$line"
  case $line in *' ') words+=("") ;; esac
  word=${words[-1]}
  local IFS=$'\n'
  COMPREPLY=($("${words[0]}" __complete "${words[@]:1}" 2>/dev/null))
  cut=${word%"${word##*[:=]}"}
  COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  if [ ${#COMPREPLY[@]} -eq 1 ] && [ -z "${COMPREPLY[0]}" ]; then COMPREPLY=(); fi
}
complete -o default -F _oci oci
)";

constexpr const char* zsh_script = R"(#compdef oci
_oci() {
  local -a answers
  answers=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n ${answers[1]} ]]; then compadd -- "${answers[@]}"; else _files; fi
}
if [[ ${funcstack[1]} == _oci ]]; then _oci "$@"; else compdef _oci oci; fi
)";

constexpr const char* fish_script = R"(function __oci_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete $words[2..-1] 2>/dev/null
end
complete -c oci -a '(__oci_complete)'
)";

class Completion final : public Verb {
public:
  void declare(Command& command) override { command.words(1, 1, {"SHELL"}); }

  int run(const Globals&, const Command&, Words words) override {
    const std::string& shell = words[0];
    if (shell != "bash" && shell != "zsh" && shell != "fish")
      fail("completion: ", printable(shell), ": not bash, zsh or fish");
    std::fputs(shell == "bash" ? bash_script : shell == "zsh" ? zsh_script : fish_script, stdout);
    return 0;
  }
};

} // namespace

std::unique_ptr<Verb> make_completion() { return std::make_unique<Completion>(); }

} // namespace oci::cli
