#include "agent_ref/seen_rows.h"

#include <utility>

namespace kedge::agent_ref {
namespace {

bool NamesAThing(const Json& value) { return value.is_string() || value.is_number(); }

// Some argument is in the row, with its name and value.
bool SharesAValue(const Json& row, const Json& arguments) {
  for (const auto& [name, value] : arguments.items()) {
    const auto own = row.find(name);
    if (own != row.end() && NamesAThing(value) && *own == value) return true;
  }
  return false;
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
  for (const Row& row : rows_) {
    if (SharesAValue(row.fields, arguments) || SharesAValue(row.context, arguments)) {
      known.update(row.fields);
    }
  }
  return known;
}

}  // namespace kedge::agent_ref
