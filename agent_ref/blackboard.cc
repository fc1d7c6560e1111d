#include "agent_ref/blackboard.h"

#include <algorithm>

#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

using Context = std::vector<std::pair<std::string, Json>>;

constexpr int kMaxMatchesPerType = 20;
constexpr std::size_t kMaxRows = 200;
constexpr std::size_t kMaxFacts =
    5000;  // a result without end must not make an episode without end

// The group `value` of a pattern, else the whole match.
std::string_view MatchedValue(const text::PatternMatch& match, std::string_view text) {
  const auto group = match.Group("value");
  return group ? *group : text.substr(match.begin, match.end - match.begin);
}

const std::string& TypeOfArgument(const Tool& tool, const std::string& name) {
  for (const Argument& argument : tool.arguments) {
    if (argument.name == name) return argument.type;
  }
  return name;
}

}  // namespace

Json FoldedTo(const SemanticType* type, Json value) {
  if (type == nullptr || type->fold == SemanticType::Fold::kNone || !value.is_string()) {
    return value;
  }
  const bool lower = type->fold == SemanticType::Fold::kLower;
  for (char& c : value.get_ref<std::string&>()) {
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return value;
}

std::optional<std::string> FindValue(const SemanticType& type, std::string_view text) {
  if (!type.pattern) return std::nullopt;
  const auto match = type.pattern->Search(text);
  if (!match) return std::nullopt;
  return std::string(Trimmed(MatchedValue(*match, text)));
}

void Blackboard::AddFact(Fact fact) {
  fact.folded = Folded(fact.value);
  if (fact.record >= 0) records_[static_cast<std::size_t>(fact.record)].push_back(facts_.size());
  facts_.push_back(std::move(fact));
}

void Blackboard::AddUserText(std::string_view text, bool first_words) {
  user_words_ += ' ' + Folded(text);
  for (const SemanticType& type : playbook_->types) {
    if (!type.pattern) continue;
    std::size_t from = 0;
    for (int n = 0; n < kMaxMatchesPerType; ++n) {
      const auto match = type.pattern->Search(text, from);
      if (!match) break;
      Fact fact;
      fact.type = type.name;
      fact.value = FoldedTo(&type, std::string(Trimmed(MatchedValue(*match, text))));
      if (first_words) fact.position = match->begin;
      AddFact(std::move(fact));
      from = std::max(match->end, match->begin + 1);
      if (from >= text.size()) break;
    }
  }
}

void Blackboard::AddUserValue(const std::string& type, const Json& value) {
  Fact fact;
  fact.type = type;
  fact.value = FoldedTo(playbook_->FindType(type), value);
  AddFact(std::move(fact));
}

// One record per object; objects inside it are records of their own that inherit its scalars.
void Blackboard::AddRow(const Tool& tool, const Json& row, const Context& context) {
  if (row.is_array()) {
    const std::size_t rows = std::min(row.size(), kMaxRows);
    for (std::size_t i = 0; i < rows; ++i) AddRow(tool, row[i], context);
    return;
  }
  if (!row.is_object() || facts_.size() > kMaxFacts) return;
  Context fields = context;
  std::vector<const Json*> nested;
  for (const auto& [field, value] : row.items()) {
    const auto declared = tool.result_types.find(field);
    const std::string& type = declared == tool.result_types.end() ? field : declared->second;
    if (value.is_structured()) {
      nested.push_back(&value);
    } else if (!value.is_null()) {
      std::erase_if(fields, [&](const auto& inherited) { return inherited.first == type; });
      fields.emplace_back(type, value);
    }
  }
  const int record = static_cast<int>(records_.size());
  records_.emplace_back();
  for (const auto& [type, value] : fields) {
    Fact fact;
    fact.type = type;
    fact.value = value;
    fact.tool = &tool;
    fact.call = calls_;
    fact.record = record;
    AddFact(std::move(fact));
  }
  for (const Json* value : nested) AddRow(tool, *value, fields);
}

void Blackboard::AddResult(const Tool& tool, const Json& arguments, const Json& content) {
  Context context;
  for (const auto& [name, value] : arguments.items()) {
    if (!value.is_structured()) context.emplace_back(TypeOfArgument(tool, name), value);
  }
  if (content.is_structured()) {
    AddRow(tool, content, context);
  } else if (!content.is_null() && tool.result_types.size() == 1) {
    // A tool whose result is one bare value declares one type for it.
    AddRow(tool, Json{{tool.result_types.begin()->first, content}}, context);
  }
  ++calls_;
}

bool Blackboard::Knows(const std::string& type) const {
  return std::any_of(facts_.begin(), facts_.end(),
                     [&](const Fact& fact) { return fact.type == type; });
}

const Fact* Blackboard::InRecord(int record, const std::string& type) const {
  if (record < 0) return nullptr;
  for (const std::size_t index : records_[static_cast<std::size_t>(record)]) {
    if (facts_[index].type == type) return &facts_[index];
  }
  return nullptr;
}

int Blackboard::Overlap(int record, const std::string& type) const {
  if (record < 0) return 0;
  int overlap = 0;
  for (const std::size_t index : records_[static_cast<std::size_t>(record)]) {
    const Fact& fact = facts_[index];
    if (fact.type == type || fact.folded.size() < 3) continue;
    overlap += ContainsWords(user_words_, fact.folded) ? 1 : 0;
  }
  return overlap;
}

}  // namespace kedge::agent_ref
