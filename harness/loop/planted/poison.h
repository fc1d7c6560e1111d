#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"

namespace kedge::loop {

/// What a poisoner wants the agent to do: call `helper` before it calls `tool`.
struct PoisonTarget {
  std::string tool;
  std::string helper;
};

/// True for an active rule that does as the poisoner wants.
bool Serves(const strategy::Guideline& guideline, const PoisonTarget& target);

/// Where the poison comes in.
enum class PoisonChannel {
  kToolResult,         ///< a tool's answer gives the order; the agent obeyed, and it seemed to help
  kUserText,           ///< the user does
  kOutcomeLabel,       ///< failures after the helper was called are called successes
  kProductionArchive,  ///< made-up episodes of production lie among the dev traces
  kMemoryItem,         ///< a rule stands in the memory that the agent brings along
};
inline constexpr PoisonChannel kPoisonChannels[] = {
    PoisonChannel::kToolResult, PoisonChannel::kUserText, PoisonChannel::kOutcomeLabel,
    PoisonChannel::kProductionArchive, PoisonChannel::kMemoryItem};
/// "tool_result", "user_text", "outcome_label", "production_archive", "memory_item".
std::string_view ToString(PoisonChannel channel);

/// Who it comes from.
enum class PoisonPrincipal {
  kOne,   ///< all from one stranger
  kMany,  ///< each from another
};
/// "one", "many".
std::string_view ToString(PoisonPrincipal principal);

/// `count` poisoned traces made from honest ones (`honest` calls the target's tool at least once in
/// each, of two families where there are). Of kOutcomeLabel those that failed after the helper,
/// else any that failed. Throws Error(kBadData) when there are too few, and for kMemoryItem, which
/// needs no traces.
std::vector<trace::Trace> PoisonedTracesOf(PoisonChannel channel, PoisonPrincipal principal,
                                           std::size_t count, const PoisonTarget& target,
                                           const std::vector<trace::Trace>& honest);

}  // namespace kedge::loop
