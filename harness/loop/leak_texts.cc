#include "harness/loop/leak_texts.h"

#include <string_view>

namespace kedge::loop {
namespace {

// Everything of the tasks of a split that an answer could be read from.
template <typename See>
void ForEachText(const suite::Suite& suite, std::string_view split, See see) {
  for (const suite::Task& task : suite.tasks()) {
    if (task.split != split) continue;
    see(task.instruction);
    for (const suite::UserFact& fact : task.facts) see(fact.value);
    for (const std::string& tell : task.tell) see(tell);
    for (const suite::ExpectedCall& call : task.expected_calls) see(DumpJson(call.arguments));
  }
}

}  // namespace

void AddPublicTexts(const strategy::Strategy& champion, const suite::Suite& suite,
                    guards::LeakIndex& index) {
  for (const std::string_view layer : strategy::kLayerNames) {
    index.AddPublic(DumpJson(champion.layer(layer)));
  }
  if (!suite.world()) return;
  for (const world::ToolSpec& tool : suite.world()->tools()) index.AddPublic(tool.description);
}

void AddDevTexts(const suite::Suite& suite, guards::LeakIndex& index) {
  ForEachText(suite, "dev", [&index](const std::string& text) { index.AddPublic(text); });
}

void AddHiddenTexts(const suite::Suite& suite, const char* split, guards::LeakIndex& index) {
  ForEachText(suite, split, [&index](const std::string& text) { index.AddHidden(text); });
}

std::vector<std::string> ToolNames(const suite::Suite& suite) {
  std::vector<std::string> names;
  if (!suite.world()) return names;
  for (const world::ToolSpec& tool : suite.world()->tools()) names.push_back(tool.name);
  return names;
}

}  // namespace kedge::loop
