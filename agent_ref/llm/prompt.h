#pragma once

#include <string>
#include <vector>

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

/// The sections of the instructions, the tool policy as JSON, and the active guidelines in document
/// order as far as the retrieval layer allows (min_support, k, token_budget; a token for four
/// bytes). Quarantined and retired ones never appear. The planner belongs to another agent.
StrategyPrompt MakeStrategyPrompt(const strategy::Strategy& strategy);

/// The whole system prompt of an episode.
std::string SystemPrompt(const StrategyPrompt& prompt, const std::string& policy);

/// The world's tools as functions, and kAskUserTool unless the world has one of that name.
std::vector<llm::ToolDefinition> ToolFunctions(const std::vector<world::ToolSpec>& tools);

}  // namespace kedge::agent_ref
