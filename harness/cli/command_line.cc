#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <ostream>
#include <sstream>
#include <type_traits>

#include "harness/cli/command.h"
#include "harness/cli/version.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::cli {
namespace {

constexpr int kUsageExit = static_cast<int>(ErrorKind::kUsage);

void Declare(CLI::App& app, const Argument& argument) {
  CLI::Option* option = std::visit(
      [&](auto* target) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(target), bool*>) {
          return app.add_flag(argument.name, *target, argument.help);
        } else {
          return app.add_option(argument.name, *target, argument.help)
              ->type_name(argument.value_name);
        }
      },
      argument.target);
  if (argument.required) option->required();
}

/// "strategy show" becomes the subcommand `show` of the subcommand `strategy`.
CLI::App* Subcommand(CLI::App& root, const Command& command) {
  std::stringstream words(command.name());
  CLI::App* app = &root;
  std::string path;
  for (std::string word; words >> word;) {
    path += path.empty() ? word : " " + word;
    CLI::App* next = nullptr;
    for (CLI::App* child : app->get_subcommands({})) {
      if (child->get_name() == word) next = child;
    }
    if (next == nullptr) {
      next = app->add_subcommand(word, path == command.name() ? command.summary() : "");
      next->require_subcommand(path == command.name() ? 0 : 1);
    }
    app = next;
  }
  return app;
}

std::string FirstUnknownCommand(const CLI::App& root, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].starts_with("-")) return {};
  std::vector<std::string> known;
  for (const CLI::App* child : root.get_subcommands([](const CLI::App*) { return true; })) {
    if (child->get_name() == arguments[0]) return {};
    known.push_back(child->get_name());
  }
  const std::string nearest = NearestWord(arguments[0], known);
  return "unknown command '" + arguments[0] + "'" +
         (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
}

/// The subcommand that the leading words name; the deepest one that exists.
const CLI::App* NamedSubcommand(const CLI::App& root, const std::vector<std::string>& arguments) {
  const CLI::App* app = &root;
  for (const std::string& word : arguments) {
    const CLI::App* next = nullptr;
    for (const CLI::App* child : app->get_subcommands([](const CLI::App*) { return true; })) {
      if (child->get_name() == word) next = child;
    }
    if (next == nullptr) break;
    app = next;
  }
  return app;
}

/// A misspelt option is named before anything that is missing because of it.
std::string FirstUnknownOption(const CLI::App& root, const std::vector<std::string>& arguments) {
  std::vector<std::string> known;
  for (const CLI::Option* option : NamedSubcommand(root, arguments)->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    if (name == "--") break;
    if (!name.starts_with("--") || std::find(known.begin(), known.end(), name) != known.end()) {
      continue;
    }
    const std::string nearest = NearestWord(name, known);
    return "unknown option '" + name + "'" +
           (nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
  }
  return {};
}

int ReportUsage(Console& console, const std::string& message) {
  console.err << "kedge: error: " << EscapeControls(message) << "\nTry 'kedge --help'.\n";
  return kUsageExit;
}

int RunGuarded(Command& command, Console& console) {
  try {
    return command.Run(console);
  } catch (const Error& error) {
    console.err << "kedge: error: " << EscapeControls(error.what()) << "\n";
    return error.exit_code();
  } catch (const std::exception& error) {
    console.err << "kedge: internal error: " << EscapeControls(error.what()) << "\n";
    return static_cast<int>(ErrorKind::kInternal);
  }
}

}  // namespace

int Main(const std::vector<std::string>& arguments, Console& console) {
  CLI::App root(
      "Decides, with evidence, whether an evolved agent strategy may replace the one in "
      "production.",
      "kedge");
  root.set_version_flag("--version", VersionText());
  root.require_subcommand(1);
  const std::vector<std::unique_ptr<Command>> commands = MakeCommands();
  std::map<CLI::App*, Command*> by_app;
  for (const auto& command : commands) {
    CLI::App* app = Subcommand(root, *command);
    for (const Argument& argument : command->arguments()) Declare(*app, argument);
    by_app[app] = command.get();
  }

  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {
    return root.exit(success, console.out, console.err);
  } catch (const CLI::ParseError& error) {
    std::string unknown = FirstUnknownCommand(root, arguments);
    if (unknown.empty()) unknown = FirstUnknownOption(root, arguments);
    return ReportUsage(console, unknown.empty() ? error.what() : unknown);
  }
  for (const auto& [app, command] : by_app) {
    if (app->parsed()) return RunGuarded(*command, console);
  }
  return ReportUsage(console, "no command given");
}

}  // namespace kedge::cli
