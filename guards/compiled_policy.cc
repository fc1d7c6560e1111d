#include "guards/compiled_policy.h"

namespace kedge::guards {

void Policy::Compiled::Index() {
  for (int type = 0; type < kEventTypes; ++type) {
    auto& row = dispatch_[static_cast<std::size_t>(type)];
    row.clear();
    const auto event = static_cast<EventType>(type);
    row.push_back(Entry(event, kUnknownTool));
    if (!HasTool(event)) continue;
    for (std::size_t tool = 0; tool < catalog.size(); ++tool) {
      row.push_back(Entry(event, static_cast<ToolId>(tool)));
    }
  }
}

DispatchEntry Policy::Compiled::Entry(EventType type, ToolId tool) const {
  DispatchEntry entry;
  std::size_t word_index = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i]->match.Selects(type, tool)) entry.rules.push_back(i);
    for (const auto& word : rules[i]->words) {
      if (word->Follows(type, tool)) entry.follows.push_back(word_index);
      ++word_index;
    }
  }
  return entry;
}

}  // namespace kedge::guards
