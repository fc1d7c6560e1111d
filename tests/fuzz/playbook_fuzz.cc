// Playbooks of other tools: whatever the bytes are, they are read or refused with an Error, and
// what is read of them can be taken into a strategy.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/error.h"
#include "harness/strategy/import/playbook_file.h"
#include "harness/strategy/import/rule_text.h"
#include "harness/strategy/rule.h"
#include "harness/strategy/strategy.h"

namespace {

using kedge::strategy::ForeignPlaybook;

constexpr std::size_t kMostItems = 8;

void TakeIn(const ForeignPlaybook& playbook) {
  static const auto parent = kedge::strategy::Strategy::FromLayers("parent", {}, {});
  static const std::vector<std::string> tools = {"get_order", "refund_order", "verify"};
  for (std::size_t i = 0; i < playbook.items.size() && i < kMostItems; ++i) {
    const kedge::strategy::PlaybookItem& item = playbook.items[i];
    if (item.text.empty() || item.id.empty()) std::abort();
    kedge::Json value = {{"text", item.text}, {"status", "quarantined"}};
    if (const auto rule = kedge::strategy::ReadRuleText(item.text, tools)) {
      value["when"] = rule->when;
      value["then"] = rule->then;
      if (!rule->unless.is_null()) value["unless"] = rule->unless;
      value["status"] = "active";
    }
    const auto made =
        kedge::strategy::Apply(parent, parent.hash(), {{"add", item.id, value}}, "child", {});
    // What the grammar reads is a rule.
    if (made.guidelines()[0].status != value["status"]) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto read : {kedge::strategy::ReadPlaybookJson, kedge::strategy::ReadEntityMarkdown,
                          kedge::strategy::ReadAcePlaybook}) {
    try {
      TakeIn(read(text, "input"));
    } catch (const kedge::Error&) {
    }
  }
  return 0;
}
