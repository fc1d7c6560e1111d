#include "guards/tool_offer.h"

#include <algorithm>

#include "guards/compiled_policy.h"

namespace kedge::guards {
namespace {

bool ForbidsAlways(const Rule& rule, ToolId tool) {
  if (rule.shadow || rule.verdict != Verdict::kDeny) return false;
  if (!rule.match.Selects(EventType::kToolCall, tool)) return false;
  if (rule.match.arguments || !rule.match.actors.empty()) return false;
  return std::any_of(rule.words.begin(), rule.words.end(),
                     [](const auto& word) { return word->Always(); });
}

}  // namespace

bool IsOffered(const Policy& policy, const std::string& tool, const std::string& definition) {
  const Policy::Compiled& compiled = policy.compiled();
  const ToolId id = compiled.catalog.Find(tool);
  if (id == kUnknownTool && compiled.unknown_tool == Verdict::kDeny) return false;
  if (id != kUnknownTool && !definition.empty()) {
    const std::string& pinned = compiled.catalog.tool(id).definition;
    if (!pinned.empty() && pinned != definition) return false;
  }
  return std::none_of(compiled.rules.begin(), compiled.rules.end(),
                      [id](const auto& rule) { return ForbidsAlways(*rule, id); });
}

}  // namespace kedge::guards
