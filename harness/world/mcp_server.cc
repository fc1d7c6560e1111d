#include "harness/world/mcp_server.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/rpc/mcp_client.h"
#include "harness/rpc/mcp_http_transport.h"

namespace kedge::world {
namespace {

namespace fs = std::filesystem;
using process::Deadline;
using FailureKind = rpc::CallFailure::Kind;

std::vector<std::pair<std::string, std::string>> ReadTexts(const Node& root, const char* key) {
  std::vector<std::pair<std::string, std::string>> texts;
  const auto node = root.Find(key);
  if (!node) return texts;
  for (const auto& [name, value] : node->Members()) texts.emplace_back(name, value.String());
  return texts;
}

void ReplaceAll(std::string& text, std::string_view name, const std::string& value) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
    text.replace(at, name.size(), value);
  }
}

Error Unavailable(const std::string& doing, const rpc::CallFailure& failure) {
  return Error(ErrorKind::kUnavailable, "the MCP server: " + doing + ": " + failure.text);
}

ToolSpec AsToolSpec(const rpc::McpTool& tool) {
  ToolSpec spec;
  spec.name = tool.name;
  spec.description = tool.description();
  spec.arguments = tool.input_schema();
  const auto annotations = tool.definition.find("annotations");
  const bool reads = annotations != tool.definition.end() && annotations->is_object() &&
                     annotations->value("readOnlyHint", Json(false)) == true;
  spec.writes = !reads;
  return spec;
}

Json ValueOf(const rpc::McpCallResult& result) {
  if (!result.structured.is_null()) return result.structured;
  const bool all_text = std::all_of(result.content.begin(), result.content.end(),
                                    [](const Json& block) { return block["type"] == "text"; });
  if (!all_text) return result.content;
  std::string text = result.Text();
  try {
    return ParseJson(text);
  } catch (const Error&) {
    return text;  // not JSON, which is nothing unusual
  }
}

ToolResult FailureOf(const rpc::McpCallResult& result) {
  std::string error_class = "tool_failed";
  std::string message = result.Text();
  if (result.meta.is_object()) {
    const auto named = result.meta.find(kErrorClassKey);
    if (named != result.meta.end() && named->is_string()) error_class = named->get<std::string>();
    if (message.starts_with(error_class + ": ")) message.erase(0, error_class.size() + 2);
  }
  return ToolResult::Failure(std::move(error_class), std::move(message));
}

}  // namespace

McpServerSpec ReadMcpServer(const Node& root, const std::string& folder) {
  McpServerSpec spec;
  spec.command = root.StringsOr("command");
  spec.url = root.StringOr("url", "");
  if (spec.command.empty() == spec.url.empty()) {
    throw root.Fail("an MCP world needs either `command` or `url`");
  }
  spec.environment = ReadTexts(root, "environment");
  spec.headers = ReadTexts(root, "headers");
  if (const auto workspace = root.Find("workspace")) {
    spec.workspace = (fs::path(folder) / workspace->NonEmptyString()).string();
    if (!fs::is_directory(spec.workspace)) throw workspace->Fail("there is no such folder");
  }
  spec.start_timeout = std::chrono::seconds(root.IntOr("start_seconds", 30, 1, 3600));
  spec.call_timeout = std::chrono::seconds(root.IntOr("call_seconds", 60, 1, 3600));
  return spec;
}

class McpEpisode::State {
 public:
  State(const McpServerSpec& spec, std::uint64_t seed, std::uint64_t population_seed)
      : spec_(spec),
        workspace_(spec.workspace),
        seed_(seed),
        population_seed_(population_seed),
        client_(Connect()) {
    auto info = client_.Initialize(Deadline::After(spec_.start_timeout));
    if (!info) throw Unavailable("starting", info.error());
    info_ = std::move(*info);
  }

  const McpServerSpec& spec() const { return spec_; }
  rpc::McpClient& client() { return client_; }
  const rpc::McpServerInfo& info() const { return info_; }

 private:
  // A fresh folder, gone with its contents at the end.
  class Workspace {
   public:
    explicit Workspace(const std::string& model) {
      std::string name = (fs::temp_directory_path() / "kedge-world-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) throw IoError("cannot make a folder " + name);
      path_ = name;
      std::error_code error;
      if (!model.empty()) fs::copy(model, path_, fs::copy_options::recursive, error);
      if (!error) return;
      Remove();
      throw IoError("cannot copy the workspace: " + error.message()).At(model);
    }
    ~Workspace() { Remove(); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    const std::string& path() const { return path_; }

   private:
    void Remove() {
      std::error_code ignored;
      fs::remove_all(path_, ignored);
    }
    std::string path_;
  };

  std::string Filled(std::string text) const {
    ReplaceAll(text, "{workspace}", workspace_.path());
    ReplaceAll(text, "{seed}", std::to_string(seed_));
    ReplaceAll(text, "{population_seed}", std::to_string(population_seed_));
    return text;
  }

  std::unique_ptr<rpc::LineTransport> Connect() const {
    if (spec_.command.empty()) {
      rpc::McpHttpTransportOptions options;
      options.url = spec_.url;
      for (const auto& [name, value] : spec_.headers) options.headers.Add(name, value);
      return std::make_unique<rpc::McpHttpTransport>(std::move(options));
    }
    process::ProcessOptions options;
    for (const std::string& word : spec_.command) options.argv.push_back(Filled(word));
    for (const auto& [name, value] : spec_.environment) {
      options.environment.emplace_back(name, Filled(value));
    }
    return std::make_unique<rpc::OwnedChildTransport>(options);
  }

  const McpServerSpec spec_;
  const Workspace workspace_;
  const std::uint64_t seed_;
  const std::uint64_t population_seed_;
  rpc::McpClient client_;  // after the workspace, which its server uses to the end
  rpc::McpServerInfo info_;
};

McpEpisode::McpEpisode(const McpServerSpec& spec, std::uint64_t seed, std::uint64_t population_seed)
    : state_(std::make_unique<State>(spec, seed, population_seed)) {}
McpEpisode::~McpEpisode() = default;

const std::string& McpEpisode::instructions() const { return state_->info().instructions; }

std::vector<ToolSpec> McpEpisode::ListTools() {
  const auto tools = state_->client().ListTools(Deadline::After(state_->spec().start_timeout));
  if (!tools) throw Unavailable("listing its tools", tools.error());
  std::vector<ToolSpec> specs;
  std::transform(tools->begin(), tools->end(), std::back_inserter(specs), AsToolSpec);
  return specs;
}

ToolResult McpEpisode::Call(const std::string& tool, const Json& arguments) {
  const auto result =
      state_->client().CallTool(tool, arguments, Deadline::After(state_->spec().call_timeout));
  if (result) return result->is_error ? FailureOf(*result) : ToolResult::Ok(ValueOf(*result));
  const rpc::CallFailure& failure = result.error();
  if (failure.kind == FailureKind::kTimeout) return ToolResult::Failure("timeout", failure.text);
  if (failure.kind != FailureKind::kRefused) throw Unavailable("calling " + tool, failure);
  const bool arguments_wrong = failure.error.code == rpc::kInvalidParams;
  return ToolResult::Failure(arguments_wrong ? "invalid_arguments" : "tool_failed",
                             failure.error.message);
}

}  // namespace kedge::world
