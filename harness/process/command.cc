#include "harness/process/command.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/process/program_path.h"
#include "harness/process/reaper.h"
#include "harness/process/sandbox.h"

namespace kedge::process {
namespace {

std::string_view NameOf(const std::string& entry) {
  return std::string_view(entry).substr(0, entry.find('='));
}

void SetVariable(std::vector<std::string>& environment, std::string entry) {
  const std::string_view name = NameOf(entry);
  for (std::string& present : environment) {
    if (NameOf(present) == name) {
      present = std::move(entry);
      return;
    }
  }
  environment.push_back(std::move(entry));
}

std::vector<std::string> MakeEnvironment(const ProcessOptions& options, std::uint64_t token) {
  std::vector<std::string> environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  for (const auto& [name, value] : options.environment) {
    SetVariable(environment, name + "=" + value);
  }
  SetVariable(environment, Reaper::TokenEntry(token));
  return environment;
}

std::string VariableOr(const std::vector<std::string>& environment, std::string_view name,
                       std::string fallback) {
  for (const std::string& entry : environment) {
    if (entry.size() > name.size() && NameOf(entry) == name) return entry.substr(name.size() + 1);
  }
  return fallback;
}

void CheckOptions(const ProcessOptions& options) {
  if (options.argv.empty()) throw UsageError("a command to run is empty");
  for (const std::string& argument : options.argv) {
    if (argument.find('\0') != std::string::npos) {
      throw UsageError("an argument of '" + EscapeControls(options.argv[0]) +
                       "' holds a NUL character; pass such text through stdin");
    }
  }
  for (const auto& [name, value] : options.environment) {
    if (name.empty() || name.find_first_of(std::string("=\0", 2)) != std::string::npos ||
        value.find('\0') != std::string::npos) {
      throw UsageError("environment variable '" + EscapeControls(name) + "' cannot be set");
    }
  }
}

std::string WorkingFolder(const ProcessOptions& options) {
  const std::string& folder = options.working_folder.empty() ? "." : options.working_folder;
  std::error_code error;
  const auto path = std::filesystem::canonical(folder, error);
  if (error) {
    throw Error(ErrorKind::kUnavailable, "working folder '" + EscapeControls(folder) + "' of '" +
                                             EscapeControls(options.argv[0]) +
                                             "': " + error.message());
  }
  return path.string();
}

}  // namespace

Command ResolveCommand(const ProcessOptions& options, std::uint64_t token) {
  CheckOptions(options);
  Command command;
  command.environment = MakeEnvironment(options, token);
  const std::string search_path = VariableOr(command.environment, "PATH", "/usr/bin:/bin");
  command.program = ResolveProgram(options.argv[0], search_path);
  command.argv = options.argv;
  if (!options.working_folder.empty()) command.folder = WorkingFolder(options);
  if (options.sandbox == Sandbox::kBubblewrap) {
    const std::string folder = command.folder.empty() ? WorkingFolder(options) : command.folder;
    const std::string bwrap = ResolveProgram("bwrap", search_path);
    command.argv = WrapInBubblewrap(bwrap, command.program, command.argv, folder);
    command.program = bwrap;
  }
  return command;
}

void CheckRunnable(const ProcessOptions& options) { ResolveCommand(options, 0); }

bool BubblewrapPresent() {
  const char* path = std::getenv("PATH");
  try {
    ResolveProgram("bwrap", path == nullptr ? "/usr/bin:/bin" : path);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace kedge::process
