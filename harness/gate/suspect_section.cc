#include "harness/gate/suspect_section.h"

namespace kedge::gate {
namespace {

Json SuspectJson(const Suspect& suspect) {
  return {
      {"rule", suspect.rule},   {"text", suspect.text},         {"change", suspect.change},
      {"lost", suspect.lost},   {"others", suspect.others},     {"p", suspect.p},
      {"again", suspect.again}, {"regained", suspect.regained}, {"confirmed", suspect.confirmed()}};
}

Suspect ReadSuspect(const Node& node) {
  Suspect suspect;
  suspect.rule = node["rule"].String();
  suspect.text = node.StringOr("text", "");
  suspect.change = node.StringOr("change", "added");
  suspect.lost = node.IntOr("lost", 0);
  suspect.others = node.IntOr("others", 0);
  suspect.p = node.NumberOr("p", 1);
  suspect.again = node.IntOr("again", 0);
  suspect.regained = node.IntOr("regained", 0);
  return suspect;
}

}  // namespace

Json ToJson(const SuspectSection& section) {
  Json suspects = Json::array();
  for (const Suspect& suspect : section.suspects) suspects.push_back(SuspectJson(suspect));
  return {{"lost", section.lost},    {"others", section.others},
          {"tested", section.rules}, {"episodes", section.episodes},
          {"level", section.level},  {"named", std::move(suspects)}};
}

SuspectSection ReadSuspectSection(const Node& node) {
  SuspectSection section;
  section.lost = node.IntOr("lost", 0);
  section.others = node.IntOr("others", 0);
  section.rules = node.IntOr("tested", 0);
  section.episodes = node.IntOr("episodes", 0);
  section.level = node.NumberOr("level", 0);
  if (const auto suspects = node.Find("named")) {
    for (const Node& suspect : suspects->Items()) section.suspects.push_back(ReadSuspect(suspect));
  }
  return section;
}

}  // namespace kedge::gate
