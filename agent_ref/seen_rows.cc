#include "agent_ref/seen_rows.h"

#include <map>
#include <string>
#include <utility>

namespace kedge::agent_ref {
namespace {

bool NamesAThing(const Json& value) { return value.is_string() || value.is_number(); }

/// How a row compares with the arguments of a call.
struct Comparison {
  int shared = 0;        // arguments that it has, by name and value
  int contradicted = 0;  // arguments of which it has another value
};

Comparison Compare(const Json& fields, const Json& context, const Json& arguments) {
  Comparison result;
  for (const auto& [name, value] : arguments.items()) {
    const Json& row = fields.contains(name) ? fields : context;
    const auto own = row.find(name);
    if (own == row.end() || !NamesAThing(value)) continue;
    ++(*own == value ? result.shared : result.contradicted);
  }
  return result;
}

}  // namespace

void SeenRows::Add(const Json& arguments, const Json& result) {
  AddRows(result, arguments.is_object() ? arguments : Json::object());
}

void SeenRows::AddRows(const Json& value, const Json& context) {
  if (value.is_object()) {
    Json fields = Json::object();
    for (const auto& [name, field] : value.items()) {
      if (NamesAThing(field) || field.is_boolean()) fields[name] = field;
    }
    if (!fields.empty()) rows_.push_back({std::move(fields), context});
  }
  if (!value.is_structured()) return;
  for (const Json& part : value) AddRows(part, context);
}

Json SeenRows::About(const Json& arguments) const {
  Json known = Json::object();
  if (!arguments.is_object()) return known;
  std::map<std::string, int> least;  // by field: what the row that decided it contradicts
  for (const Row& row : rows_) {
    const Comparison comparison = Compare(row.fields, row.context, arguments);
    if (comparison.shared == 0) continue;
    for (const auto& [name, value] : row.fields.items()) {
      const auto decided = least.try_emplace(name, comparison.contradicted).first;
      if (comparison.contradicted > decided->second) continue;
      decided->second = comparison.contradicted;
      known[name] = value;
    }
  }
  return known;
}

}  // namespace kedge::agent_ref
