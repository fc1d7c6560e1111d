#include <algorithm>
#include <optional>
#include <tuple>

#include "harness/world/world.h"

namespace kedge::world {
namespace {

// "orders order_id=W000123"
std::string RowName(const RowChange& change) {
  std::string name = change.table;
  for (const auto& [column, value] : change.key.items()) {
    name += " " + column + "=" + (value.is_string() ? value.get<std::string>() : DumpJson(value));
  }
  return name;
}

std::string Shown(const Json& value) {
  return value.is_string() ? "'" + value.get<std::string>() + "'" : DumpJson(value);
}

// What `change` makes of a column; what `other` found there when this one did not touch it.
const Json& ValueAfter(const RowChange& change, const RowChange& other, const std::string& column) {
  static const Json kNone;
  for (const Json* source : {&change.after, &other.before, &change.before}) {
    if (source->is_object() && source->contains(column)) return source->at(column);
  }
  return kNone;
}

std::string CompareColumns(const RowChange& expected, const RowChange& actual) {
  Json columns = expected.after;
  columns.update(actual.after);
  std::string text;
  for (const auto& [column, ignored] : columns.items()) {
    const Json& wanted = ValueAfter(expected, actual, column);
    const Json& found = ValueAfter(actual, expected, column);
    if (wanted == found) continue;
    text +=
        (text.empty() ? "" : "; ") + column + " is " + Shown(found) + ", expected " + Shown(wanted);
  }
  return text;
}

std::string DescribeMissing(const RowChange& expected) {
  if (expected.operation == "insert") return "the row is missing: " + DumpJson(expected.after);
  if (expected.operation == "delete") return "the row is still there, expected it deleted";
  RowChange untouched = expected;
  untouched.after = expected.before;
  return CompareColumns(expected, untouched);
}

std::string DescribeUnexpected(const RowChange& actual) {
  if (actual.operation == "insert") return "unexpected new row: " + DumpJson(actual.after);
  if (actual.operation == "delete") return "the row is gone, expected it to stay";
  RowChange untouched = actual;
  untouched.after = actual.before;
  return CompareColumns(untouched, actual);
}

std::string DescribeBoth(const RowChange& expected, const RowChange& actual) {
  if (actual.operation == "delete") return "the row is gone, expected " + DumpJson(expected.after);
  if (expected.operation == "delete") return "the row is still there, expected it deleted";
  return CompareColumns(expected, actual);
}

bool Precedes(const RowChange& a, const RowChange& b) {
  return std::tie(a.table, a.key) < std::tie(b.table, b.key);
}

}  // namespace

Json ToJson(const Difference& difference) {
  Json list = Json::array();
  for (const RowChange& change : difference.changes) {
    list.push_back(Json{{"table", change.table},
                        {"operation", change.operation},
                        {"key", change.key},
                        {"before", change.before},
                        {"after", change.after}});
  }
  return list;
}

std::vector<std::string> Compare(const Difference& expected, const Difference& actual) {
  std::vector<std::string> lines;
  auto e = expected.changes.begin();
  auto a = actual.changes.begin();
  const auto e_end = expected.changes.end();
  const auto a_end = actual.changes.end();
  while (e != e_end || a != a_end) {
    if (a == a_end || (e != e_end && Precedes(*e, *a))) {
      lines.push_back(RowName(*e) + ": " + DescribeMissing(*e));
      ++e;
    } else if (e == e_end || Precedes(*a, *e)) {
      lines.push_back(RowName(*a) + ": " + DescribeUnexpected(*a));
      ++a;
    } else {
      if (*e != *a) lines.push_back(RowName(*e) + ": " + DescribeBoth(*e, *a));
      ++e;
      ++a;
    }
  }
  return lines;
}

}  // namespace kedge::world
