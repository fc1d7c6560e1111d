#include "guards/explanation.h"

#include <map>
#include <set>

#include "guards/compiled_policy.h"
#include "guards/labels/folded_views.h"
#include "guards/labels/provenance.h"
#include "guards/labels/tokens.h"
#include "guards/place.h"
#include "guards/review.h"
#include "guards/trace_check.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kShownBytes = 160;
constexpr std::size_t kWordCharacters = 4;  // shorter words say nothing about where they are from

std::string Shown(const std::string& text) { return EscapeControls(Elide(text, kShownBytes)); }

std::string NameOf(std::size_t index, const Event& event) {
  return "event " + std::to_string(index + 1) + " (" + Describe(event) + ")";
}

// Where the words of one event came from: each text with its labels, one event at a time.
class Origins {
 public:
  Origins(const Policy::Compiled& policy, const std::vector<Event>& events, std::size_t end)
      : policy_(policy), events_(events), seen_(end) {
    for (std::size_t i = 0; i < end; ++i) Take(events[i], seen_[i]);
  }

  // One line for each earlier event that has a word of `text`.
  std::string Of(const std::string& text) const {
    const std::string folded = ViewsOf(text).folded;
    std::string out;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      LabelMask labels = 0;
      for (const std::string_view word : WordsOf(folded)) {
        if (CharactersOf(word) >= kWordCharacters) labels |= seen_[i].Find(WithoutScheme(word));
      }
      if (labels == 0) continue;
      out += "      " + policy_.resources.labels.Describe(labels, "and") + ": " +
             NameOf(i, events_[i]) + "\n";
    }
    return out.empty() ? "      seen nowhere before\n" : out;
  }

 private:
  void Take(const Event& event, Provenance& provenance) const {
    if (event.type == EventType::kUserMessage) provenance.Add(event.text, LabelNames::kUser);
    if (event.type != EventType::kToolResult) return;
    const ToolId tool = policy_.catalog.Find(event.tool);
    const ResultSpec& spec =
        tool == kUnknownTool ? policy_.unknown_result : policy_.catalog.tool(tool).result;
    spec.ForEachText(
        spec.Parse(event.result), event.is_error,
        [&](std::string_view text, LabelMask labels) { provenance.Add(text, labels); });
  }

  const Policy::Compiled& policy_;
  const std::vector<Event>& events_;
  std::vector<Provenance> seen_;
};

const Json* OnlyValue(const Place& place, const Json& value) {
  std::vector<Placed> found;
  return place.Select(value, found) && found.size() == 1 ? found[0].value : nullptr;
}

// "    order["W1"], event 3 (tool_result get_order): {...}" for facts whose key is in the event, or
// that have none.
std::string FactsFor(const Policy::Compiled& policy, const std::vector<Event>& events,
                     std::size_t index) {
  std::set<std::string> values;
  for (const Leaf& leaf : LeavesOf(events[index].arguments, "")) values.insert(leaf.text);
  std::map<std::string, std::string> facts;  // the newest of a key replaces the older
  for (std::size_t i = 0; i < index; ++i) {
    const Event& event = events[i];
    if (event.type != EventType::kToolResult || event.is_error) continue;
    const ToolId id = policy.catalog.Find(event.tool);
    if (id == kUnknownTool) continue;
    const ToolCatalog::Tool& tool = policy.catalog.tool(id);
    const Json result = tool.result.Parse(event.result);
    for (const Remember& remember : tool.remember) {
      const Json* value = OnlyValue(remember.value, result);
      std::string name = policy.resources.facts.names()[remember.store];
      if (remember.keyed) {
        const Json* key =
            OnlyValue(remember.key, remember.key_in_result ? result : event.arguments);
        if (key == nullptr) continue;
        if (!values.contains(key->is_string() ? key->get<std::string>() : DumpJson(*key))) continue;
        name += "[" + DumpJson(*key) + "]";
      }
      if (value != nullptr) facts[name] = NameOf(i, event) + ": " + Shown(DumpJson(*value));
    }
  }
  std::string out;
  for (const auto& [name, text] : facts) out += "    " + name + ", " + text + "\n";
  return out.empty() ? out : "  facts:\n" + out;
}

std::string OriginsFor(const Policy::Compiled& policy, const std::vector<Event>& events,
                       std::size_t index) {
  const Event& event = events[index];
  if (!HasArguments(event.type) || event.type == EventType::kToolResult) return {};
  const Origins origins(policy, events, index);
  std::string out;
  for (const Leaf& leaf : LeavesOf(event.arguments, "")) {
    if (!leaf.is_text || CharactersOf(leaf.text) < kWordCharacters) continue;
    out += "    " + Shown(leaf.pointer + " " + leaf.text) + "\n" + origins.Of(leaf.text);
  }
  return out.empty() ? out : "  origin:\n" + out;
}

}  // namespace

std::string ExplainEvent(const std::shared_ptr<const Policy>& policy,
                         const std::vector<Event>& events, std::size_t index,
                         const std::string& session) {
  if (index > events.size()) {
    throw UsageError("there are only " + std::to_string(events.size()) + " events");
  }
  Monitor monitor(policy);
  monitor.Reset(session);
  for (std::size_t i = 0; i < index; ++i) (void)monitor.Observe(events[i]);
  const bool at_end = index == events.size();
  const Decision decision = at_end ? monitor.Finish() : monitor.Observe(events[index]);
  std::string out = at_end ? "end of the episode" : NameOf(index, events[index]);
  if (!at_end && HasArguments(events[index].type)) {
    out += " " + Shown(DumpJson(events[index].arguments));
  }
  if (!at_end && !events[index].text.empty()) out += " " + Shown(events[index].text);
  out += "\nverdict: " + std::string(ToString(decision.verdict)) + "\n";
  for (const Finding& finding : decision.findings) out += Explain(*policy, finding);
  if (at_end) return out;
  return out + FactsFor(policy->compiled(), events, index) +
         OriginsFor(policy->compiled(), events, index);
}

}  // namespace kedge::guards
