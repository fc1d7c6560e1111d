#include "harness/strategy/records.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace kedge::strategy {

Json Retired(Json record, const std::string& reason) {
  record["status"] = "retired";
  record["evidence"]["retired"] = reason;
  return record;
}

Json WithSourcesOf(Json record, const Json& other) {
  std::set<Json> sources;
  std::set<std::string> traces;
  for (const Json* from : {static_cast<const Json*>(&record), &other}) {
    const auto list = from->find("sources");
    if (list != from->end()) sources.insert(list->begin(), list->end());
  }
  for (const Json& source : sources) traces.insert(source["trace"].get<std::string>());
  if (!sources.empty()) record["sources"] = Json(sources);
  const std::int64_t support =
      std::max({record.value("support", std::int64_t{0}), other.value("support", std::int64_t{0}),
                static_cast<std::int64_t>(traces.size())});
  if (support > 0) record["support"] = support;
  return record;
}

Json MeasuredPart(const Json& record) {
  Json part = Json::object();
  for (const char* key : {"text", "when", "then", "unless", "scope"}) {
    if (const auto value = record.find(key); value != record.end()) part[key] = *value;
  }
  return part;
}

Json NormalThen(const Json& then) {
  Json normal = then;
  if (!normal.is_object()) return normal;
  for (const char* key : {"call_first", "call_after"}) {
    const auto value = normal.find(key);
    if (value != normal.end() && value->is_string()) *value = Json::array({*value});
  }
  return normal;
}

}  // namespace kedge::strategy
