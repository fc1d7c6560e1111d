#include "agent_ref/episode.h"

namespace kedge::agent_ref {

// A part whose values are unknown is left out: better to say less than to say something wrong.
std::string Episode::Answer(const Goal& goal, Scope& scope) {
  const Lookup lookup = LookupIn(scope, 0, false, true);
  std::vector<std::string> parts;
  for (const TextTemplate& part : goal.answer) {
    if (auto text = part.Render(lookup)) parts.push_back(*std::move(text));
  }
  if (!parts.empty() && dice_.Slips("answer", goal.id)) {
    Decide("answer", {"all", "part"}, "part", {}, "slip: left something out");
    parts.pop_back();
  }
  if (parts.empty()) parts.push_back(playbook_.texts.done.Render(lookup).value_or(""));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

}  // namespace kedge::agent_ref
