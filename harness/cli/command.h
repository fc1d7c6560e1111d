#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace kedge::cli {

/// A flag or a positional argument as data: where the value goes decides what it accepts.
struct Argument {
  using Target = std::variant<bool*, std::int64_t*, std::uint64_t*, double*, std::string*,
                              std::vector<std::string>*>;
  std::string name;  ///< "--suite", "-o,--out"; a positional has no dash ("champion")
  Target target;     ///< not owned; keeps its value when the argument is absent (the default)
  std::string help;
  std::string value_name = "VALUE";
  bool required = false;
};

/// Where a command reads and writes. `out` carries the result, `err` progress and complaints.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

/// One verb of the command line: declares its arguments, then runs. Returns the exit code; throws
/// kedge::Error for everything that goes wrong.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::string name() const = 0;     ///< "gate", "strategy show"
  virtual std::string summary() const = 0;  ///< one line for the overview
  virtual std::vector<Argument> arguments() = 0;
  virtual int Run(Console& console) = 0;
};

/// All commands, in the order of the overview.
std::vector<std::unique_ptr<Command>> MakeCommands();

/// Parses and runs; returns the exit code. Errors are printed to `console.err`, never thrown.
int Main(const std::vector<std::string>& arguments, Console& console);

}  // namespace kedge::cli
