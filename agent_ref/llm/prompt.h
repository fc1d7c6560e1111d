#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent_ref/retrieval.h"
#include "harness/agent/agent.h"
#include "harness/llm/chat.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// The function that lets a model ask the user: {question}.
inline constexpr char kAskUserTool[] = "ask_user";

/// What of a strategy goes to a model. Value type.
struct StrategyPrompt {
  std::string text;                     ///< instructions, tool policy, guidelines
  std::vector<std::string> guidelines;  ///< ids of those in the text
};

/// Where an episode stands before a request, as far as guidelines can be about it.
struct Turn {
  std::string tool;   ///< called last; empty: none yet
  std::string error;  ///< class of what it answered; empty: it succeeded
  WordSet words;      ///< of what the user asked for and of the last error
};

/// Makes prompts of one strategy: the sections of the instructions, the tool policy as JSON, and
/// the active guidelines in document order as far as the retrieval layer allows (WithinLimits, a
/// guideline's tokens being those of its line). While all are within the limits the text is the
/// same at every turn. Quarantined and retired ones never appear. The planner belongs to another
/// agent. Immutable; safe to share between threads.
class PromptSource {
 public:
  explicit PromptSource(const strategy::Strategy& strategy);
  StrategyPrompt At(const Turn& turn) const;

 private:
  struct Entry {
    std::string id;
    std::string line;
    strategy::Rule rule;
    WordSet words;
    Retrievable base;
  };
  std::string head_;
  std::vector<Entry> entries_;
  RetrievalLimits limits_;
};

/// The whole system prompt of an episode.
std::string SystemPrompt(const StrategyPrompt& prompt, const std::string& policy);

/// The world's tools as functions, and kAskUserTool unless the world has one of that name.
std::vector<llm::ToolDefinition> ToolFunctions(const std::vector<world::ToolSpec>& tools);

}  // namespace kedge::agent_ref
