#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "harness/cli/command.h"
#include "harness/cli/signals.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  kedge::cli::HandleSignals();
  kedge::cli::Console console{std::cout, std::cerr, isatty(STDERR_FILENO) != 0};
  const int code = kedge::cli::Main(std::vector<std::string>(argv + 1, argv + argc), console);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "kedge: error: writing to standard output failed\n";
    return 74;
  }
  return code;
}
