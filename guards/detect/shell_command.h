#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace kedge::guards {

/// One simple command of a shell line.
struct ShellCommand {
  std::vector<std::string> argv;    ///< words with quotes removed; not empty
  std::vector<std::string> reads;   ///< targets of `<`
  std::vector<std::string> writes;  ///< targets of `>`, `>>`, `>|`, `&>`
};

/// The simple commands of a POSIX shell line, in order: words, both kinds of quotes, backslashes,
/// comments, `;`, `&`, `&&`, `||`, `|`, line ends and redirections. Everything whose effect is not
/// in these words is an error that names it, and has to be refused: expansions (`$x`, `$(...)`,
/// backquotes, globs, braces, `~user`), here-documents, subshells, functions, keywords, assignments
/// before a command, and commands that run what they are given (`eval`, `sh -c`, `xargs`, `env`,
/// `find -exec` and its like). This is no sandbox: it says which words a plain command has.
/// O(bytes). Errors are values.
Result<std::vector<ShellCommand>> ParseShellLine(std::string_view line);

}  // namespace kedge::guards
