#include "harness/cli/agents.h"

#include <filesystem>
#include <thread>
#include <vector>

#include "agent_ref/llm/llm_agent.h"
#include "agent_ref/reference_agent.h"
#include "harness/agent/command_agent.h"
#include "harness/agent/process_agent.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace kedge::cli {
namespace {

/// Splits like a shell without expansion: blanks separate, single and double quotes group, a
/// backslash outside single quotes takes the next character as it is.
std::vector<std::string> SplitWords(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) throw UsageError("--agent: a quote is not closed in '" + text + "'");
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> Program(const std::string& spec, const std::string& kind) {
  std::vector<std::string> words = SplitWords(spec.substr(kind.size()));
  if (words.empty())
    throw UsageError("--agent " + kind + " needs a program, e.g. " + kind + "\"python3 agent.py\"");
  return words;
}

llm::ModelOptions ModelFrom(const Document& document, const std::string& path) {
  return llm::ReadModelOptions(document.root(), std::filesystem::path(path).parent_path().string());
}

std::unique_ptr<agent::AgentFactory> FromFile(const std::string& path) {
  const Document document = Document::Load(path);
  const std::string kind = document.root()["kind"].OneOf({"process", "command", "llm"});
  if (kind == "llm") {
    return std::make_unique<agent_ref::LlmAgentFactory>(ModelFrom(document, path));
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  agent::ChildAgentOptions options = agent::ReadChildAgentOptions(document.root(), folder);
  if (kind == "process") return std::make_unique<agent::ProcessAgentFactory>(std::move(options));
  return std::make_unique<agent::CommandAgentFactory>(std::move(options));
}

}  // namespace

std::unique_ptr<agent::AgentFactory> MakeAgents(const std::string& spec) {
  if (spec == "reference") return std::make_unique<agent_ref::ReferenceAgentFactory>();
  if (spec.starts_with("llm:")) {
    const std::string path = spec.substr(4);
    return std::make_unique<agent_ref::LlmAgentFactory>(ModelFrom(Document::Load(path), path));
  }
  for (const std::string kind : {"process:", "command:"}) {
    if (!spec.starts_with(kind)) continue;
    std::vector<std::string> program = Program(spec, kind);
    agent::ChildAgentOptions options;
    options.program.argv = std::move(program);
    if (kind == "process:") return std::make_unique<agent::ProcessAgentFactory>(std::move(options));
    return std::make_unique<agent::CommandAgentFactory>(std::move(options));
  }
  if (spec.ends_with(".yaml") || spec.ends_with(".json")) return FromFile(spec);
  throw UsageError("--agent '" + spec +
                   "': expected reference, process:PROGRAM ARG..., command:PROGRAM ARG..., "
                   "llm:MODEL.yaml or the path of an agent file (.yaml)");
}

unsigned WorkerThreads(std::int64_t requested) {
  if (requested < 0 || requested > 256) throw UsageError("--threads: expected 0 to 256");
  if (requested > 0) return static_cast<unsigned>(requested);
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace kedge::cli
