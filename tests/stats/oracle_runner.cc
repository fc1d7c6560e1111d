#include "tests/stats/oracle_runner.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "harness/core/error.h"

namespace kedge::stats_oracle {
namespace {

struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

struct Place {
  const std::string& statistic;
  const std::string& case_id;
};

// "inf" and "-inf" stand for infinities where JSON has no number.
bool AsNumber(const Json& value, double& number) {
  if (value.is_number()) {
    number = value.get<double>();
    return true;
  }
  if (value == "inf") number = HUGE_VAL;
  if (value == "-inf") number = -HUGE_VAL;
  return value == "inf" || value == "-inf";
}

std::string Shown(const Json& value) {
  if (value.is_number_float() && std::isinf(value.get<double>())) {
    return value.get<double>() > 0 ? "inf" : "-inf";
  }
  return value.dump();
}

bool SameLeaf(const Json& got, const Json& want, const Tolerance& tolerance) {
  double g = 0;
  double w = 0;
  if (!AsNumber(want, w)) return got == want;
  if (!AsNumber(got, g)) return false;
  if (g == w) return true;
  return std::fabs(g - w) <= std::max(tolerance.absolute, tolerance.relative * std::fabs(w));
}

void Compare(const Place& place, const std::string& field, const Json& got, const Json& want,
             const Tolerance& tolerance, Summary& summary) {
  const auto differs = [&](std::string g, std::string w) {
    summary.differences.push_back(
        {place.statistic, place.case_id, field, std::move(g), std::move(w)});
  };
  if (want.is_object()) {
    for (const auto& [key, value] : want.items()) {
      const std::string path = field.empty() ? key : field + "." + key;
      const Json missing;
      const bool has = got.is_object() && got.contains(key);
      if (!has)
        summary.differences.push_back(
            {place.statistic, place.case_id, path, "absent", Shown(value)});
      if (has) Compare(place, path, got.at(key), value, tolerance, summary);
    }
  } else if (want.is_array()) {
    if (!got.is_array() || got.size() != want.size()) {
      differs(got.is_array() ? std::to_string(got.size()) + " values" : Shown(got),
              std::to_string(want.size()) + " values");
      return;
    }
    for (std::size_t i = 0; i < want.size(); ++i) {
      Compare(place, field + "[" + std::to_string(i) + "]", got[i], want[i], tolerance, summary);
    }
  } else {
    ++summary.values;
    if (!SameLeaf(got, want, tolerance)) differs(Shown(got), Shown(want));
  }
}

const Json& Member(const Json& object, const char* key, const std::string& where) {
  if (!object.is_object() || !object.contains(key)) {
    throw BadData(where + ": expected a member '" + key + "'");
  }
  return object.at(key);
}

void CheckCase(const std::string& name, const Json& entry, const Tolerance& tolerance,
               Summary& summary) {
  const std::string id = Member(entry, "id", name).get<std::string>();
  ++summary.cases;
  try {
    const Json got = Adapters().at(name)(Member(entry, "input", id));
    Compare({name, id}, "", got, Member(entry, "expected", id), tolerance, summary);
  } catch (const std::exception& e) {
    summary.differences.push_back({name, id, "", std::string("error: ") + e.what(), "a result"});
  }
}

std::map<std::string, Adapter> MakeAdapters() {
  std::map<std::string, Adapter> adapters;
  AddTestAdapters(adapters);
  AddSequentialAdapters(adapters);
  AddGovernanceAdapters(adapters);
  AddGateAdapters(adapters);
  return adapters;
}

}  // namespace

const std::map<std::string, Adapter>& Adapters() {
  static const std::map<std::string, Adapter> adapters = MakeAdapters();
  return adapters;
}

void CheckStatistic(const std::string& name, const Json& statistic, Summary& summary) {
  ++summary.statistics;
  if (Adapters().count(name) == 0) {
    summary.differences.push_back({name, "", "", "not implemented", "a statistic"});
    return;
  }
  const Json& t = Member(statistic, "tolerance", name);
  const Tolerance tolerance{Member(t, "abs", name).get<double>(),
                            Member(t, "rel", name).get<double>()};
  const Json& cases = Member(statistic, "cases", name);
  if (!cases.is_array()) throw BadData(name + ": expected 'cases' to be an array");
  for (const Json& entry : cases) CheckCase(name, entry, tolerance, summary);
}

Summary CheckDocument(const Json& document) try {
  const Json& statistics = Member(document, "statistics", "oracle file");
  if (!statistics.is_object() || statistics.empty()) {
    throw BadData("oracle file: expected 'statistics' to be a non-empty object");
  }
  Summary summary;
  for (const auto& [name, statistic] : statistics.items()) {
    CheckStatistic(name, statistic, summary);
  }
  return summary;
} catch (const Json::exception& e) {
  throw BadData(std::string("oracle file: a value has the wrong type: ") + e.what());
}

}  // namespace kedge::stats_oracle
