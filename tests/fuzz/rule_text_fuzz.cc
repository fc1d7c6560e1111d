// Sentences: whatever stands in them, what is read is a rule about known tools.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/strategy/import/rule_text.h"
#include "harness/strategy/rule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> tools = {"a", "get_order", "Refund", "verify"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kedge::strategy::ToolsNamedIn(text, tools);
  const auto words = kedge::strategy::ReadRuleText(text, tools);
  if (!words) return 0;
  kedge::strategy::Guideline guideline;
  guideline.when = words->when;
  guideline.then = words->then;
  guideline.unless = words->unless;
  const kedge::strategy::Rule rule = kedge::strategy::ParseRule(guideline);  // throws: a defect
  for (const std::string& tool : rule.tools) {
    if (std::find(tools.begin(), tools.end(), tool) == tools.end()) std::abort();
  }
  return 0;
}
