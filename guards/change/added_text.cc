#include "guards/change/added_text.h"

#include <algorithm>
#include <set>

#include "guards/change/rules.h"

namespace kedge::guards {
namespace {

void Collect(const Json& value, std::vector<std::string>& strings) {
  if (value.is_string()) strings.push_back(value.get<std::string>());
  if (!value.is_structured()) return;
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (value.is_object()) strings.push_back(member.key());
    Collect(*member, strings);
  }
}

// Of a guideline an agent is given the text and the rule, not where they come from.
bool IsSpoken(const strategy::Change& change, const std::string& member) {
  return change.layer != "guidelines" || member == "text" || member == "when" || member == "then" ||
         member == "unless" || member == "scope";
}

void AddNew(const strategy::Change& change, const Json& value, bool spoken,
            const std::set<std::string>& old, std::vector<AddedText>& added) {
  for (std::string& text : Strings(value)) {
    if (!old.contains(text)) added.push_back({change.what, std::move(text), spoken});
  }
}

}  // namespace

std::vector<std::string> Strings(const Json& value) {
  std::vector<std::string> strings;
  Collect(value, strings);
  return strings;
}

std::vector<AddedText> AddedTexts(const std::vector<strategy::Change>& changes) {
  std::vector<AddedText> added;
  for (const strategy::Change& change : changes) {
    if (change.kind == "reorder") continue;
    const std::vector<std::string> before = Strings(change.before);
    const std::set<std::string> old(before.begin(), before.end());
    if (!change.after.is_object() || change.layer != "guidelines") {
      AddNew(change, change.after, true, old, added);
      continue;
    }
    if (change.kind == "add") added.push_back({change.what, change.what, true});
    for (const auto& [name, member] : change.after.items()) {
      AddNew(change, member, IsSpoken(change, name), old, added);
    }
  }
  return added;
}

std::vector<std::string> Sentences(const std::string& text) {
  std::vector<std::string> sentences(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool ends = c == '.' || c == '!' || c == '?' || c == ';';
    const bool at_gap = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n';
    if (c == '\n' || (ends && at_gap)) {
      sentences.emplace_back();
    } else {
      sentences.back() += c;
    }
  }
  std::erase_if(sentences, [](const std::string& sentence) { return sentence.empty(); });
  return sentences;
}

}  // namespace kedge::guards
