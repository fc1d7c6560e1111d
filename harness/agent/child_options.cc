#include "harness/agent/child_options.h"

#include <filesystem>

namespace kedge::agent {
namespace {

constexpr std::int64_t kMebi = 1 << 20;
constexpr std::int64_t kMaxMebi = 1 << 20;
constexpr std::int64_t kMaxSeconds = 7 * 24 * 3600;
constexpr std::int64_t kMaxOpenFiles = 1 << 20;

std::chrono::milliseconds Millis(const Node& node, std::string_view key,
                                 std::chrono::milliseconds fallback) {
  const double seconds =
      node.NumberOr(key, static_cast<double>(fallback.count()) / 1000, 0.001, kMaxSeconds);
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

void ReadLimits(const Node& node, ChildAgentOptions& options) {
  node.AllowKeys({"cpu_seconds", "memory_mib", "open_files", "output_mib", "message_mib"});
  process::ProcessLimits& limits = options.program.limits;
  limits.cpu_seconds = node.IntOr("cpu_seconds", limits.cpu_seconds, 0, kMaxSeconds);
  limits.memory_bytes = node.IntOr("memory_mib", limits.memory_bytes / kMebi, 0, kMaxMebi) * kMebi;
  limits.open_files = node.IntOr("open_files", limits.open_files, 0, kMaxOpenFiles);
  const auto bytes = [&](std::string_view key, std::size_t fallback) {
    const auto mebi = static_cast<std::int64_t>(fallback) / kMebi;
    return static_cast<std::size_t>(node.IntOr(key, mebi, 1, kMaxMebi) * kMebi);
  };
  limits.output_bytes = bytes("output_mib", limits.output_bytes);
  options.max_message_bytes = bytes("message_mib", options.max_message_bytes);
}

std::string Folder(const Node& node, const std::string& base_folder) {
  const std::filesystem::path folder = node.StringOr("folder", "");
  if (folder.empty()) return base_folder;
  return folder.is_absolute() ? folder.string()
                              : (std::filesystem::path(base_folder) / folder).string();
}

}  // namespace

ChildAgentOptions::ChildAgentOptions() {
  program.limits.cpu_seconds = 60;
  program.limits.memory_bytes = std::int64_t{8} << 30;
  program.limits.output_bytes = process::kDefaultOutputBytes;
}

ChildAgentOptions ReadChildAgentOptions(const Node& node, const std::string& base_folder) {
  node.AllowKeys({"kind", "command", "folder", "environment", "sandbox", "limits",
                  "initialize_seconds", "late_grace_seconds", "input"});
  ChildAgentOptions options;
  const Node command = node["command"];
  options.program.argv = command.Strings();
  if (options.program.argv.empty() || options.program.argv[0].empty()) {
    throw command.Fail("expected the program and its arguments, e.g. [python3, agent.py]");
  }
  options.program.working_folder = Folder(node, base_folder);
  if (const auto environment = node.Find("environment")) {
    for (const auto& [name, value] : environment->Members()) {
      options.program.environment.emplace_back(name, value.String());
    }
  }
  if (const auto sandbox = node.Find("sandbox")) {
    const bool wanted = sandbox->OneOf({"none", "bwrap"}) == "bwrap";
    options.program.sandbox = wanted ? process::Sandbox::kBubblewrap : process::Sandbox::kNone;
  }
  if (const auto limits = node.Find("limits")) ReadLimits(*limits, options);
  options.initialize_deadline = Millis(node, "initialize_seconds", options.initialize_deadline);
  options.late_grace = Millis(node, "late_grace_seconds", options.late_grace);
  if (const auto input = node.Find("input")) {
    options.input =
        input->OneOf({"text", "json"}) == "json" ? CommandInput::kJson : CommandInput::kText;
  }
  return options;
}

}  // namespace kedge::agent
