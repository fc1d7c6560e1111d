#include "harness/suite/strata.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/core/error.h"
#include "harness/suite/task_fields.h"

namespace kedge::suite {
namespace {

constexpr std::size_t kMaxStrata = 6;

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// The names in a list of families: known, none twice in this list.
std::vector<std::string> ReadFamilyNames(const Node& node,
                                         const std::vector<std::string>& families) {
  std::vector<std::string> names;
  for (const Node& item : node.Items()) {
    const std::string name = item.String();
    if (!Contains(families, name)) {
      const std::string nearest = NearestWord(name, families);
      throw item.Fail("there is no family '" + name + "'" +
                      (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    }
    if (Contains(names, name)) throw item.Fail("family " + name + " is listed twice");
    names.push_back(name);
  }
  if (names.empty()) throw node.Fail("list at least one family or leave it out");
  return names;
}

std::vector<std::string> Keys(const Splits& splits) {
  std::vector<std::string> keys;
  for (const auto& [family, split] : splits) keys.push_back(family);
  return keys;
}

Stratum ReadStratum(const Node& node, const std::vector<std::string>& families) {
  node.AllowKeys({"name", "weight", "critical", "families"});
  Stratum stratum;
  stratum.name = ReadName(node["name"]);
  stratum.weight = node["weight"].Number(1e-6, 1);
  stratum.critical = node.BoolOr("critical", false);
  stratum.families = ReadFamilyNames(node["families"], families);
  return stratum;
}

// Each stratum against those before it.
void CheckDistinct(const Node& node, const std::vector<Stratum>& strata) {
  const Stratum& last = strata.back();
  for (std::size_t i = 0; i + 1 < strata.size(); ++i) {
    if (strata[i].name == last.name) {
      throw node["name"].Fail("there are two strata named " + last.name);
    }
    for (const std::string& family : last.families) {
      if (Contains(strata[i].families, family)) {
        throw node["families"].Fail("family " + family + " is in stratum " + strata[i].name +
                                    " already");
      }
    }
  }
}

void CheckCoverage(const Node& node, const std::vector<Stratum>& strata, const Splits& splits) {
  double sum = 0;
  std::set<std::string> covered;
  for (const Stratum& stratum : strata) {
    sum += stratum.weight;
    covered.insert(stratum.families.begin(), stratum.families.end());
    const bool judged =
        std::any_of(stratum.families.begin(), stratum.families.end(),
                    [&](const std::string& family) { return splits.at(family) == "gate"; });
    if (!judged) throw node.Fail("stratum " + stratum.name + " has no family of the gate split");
  }
  if (std::abs(sum - 1) > 1e-9) {
    throw node.Fail("the weights sum to " + DumpJson(sum) + ", they must sum to 1");
  }
  for (const auto& [family, split] : splits) {
    if (split == "gate" && !covered.contains(family)) {
      throw node.Fail("family " + family + " of the gate split is in no stratum");
    }
  }
}

}  // namespace

Splits ReadSplits(const Node& suite, const std::vector<std::string>& families) {
  Splits splits;
  const auto node = suite.Find("splits");
  if (!node) {
    for (const std::string& family : families) splits[family] = "gate";
    return splits;
  }
  node->AllowKeys({"dev", "gate", "vault"});
  for (const auto& [split, list] : node->Members()) {
    for (const std::string& family : ReadFamilyNames(list, families)) {
      const auto [other, is_new] = splits.emplace(family, split);
      if (!is_new) {
        throw list.Fail("family " + family + " is in split " + other->second + " already");
      }
    }
  }
  for (const std::string& family : families) {
    if (!splits.contains(family)) throw node->Fail("family " + family + " is in no split");
  }
  return splits;
}

std::vector<Stratum> ReadStrata(const Node& suite, const Splits& splits) {
  const auto node = suite.Find("strata");
  if (!node) return {{"all", 1, false, Keys(splits)}};
  std::vector<Stratum> strata;
  for (const Node& item : node->Items()) {
    strata.push_back(ReadStratum(item, Keys(splits)));
    CheckDistinct(item, strata);
  }
  if (strata.empty() || strata.size() > kMaxStrata) {
    throw node->Fail("expected 1 to 6 strata, got " + std::to_string(strata.size()));
  }
  CheckCoverage(*node, strata, splits);
  return strata;
}

std::vector<Stratum> StrataOf(const std::vector<Stratum>& declared, const Splits& splits,
                              const std::vector<std::string>& chosen, const std::string& split) {
  std::vector<Stratum> strata;
  std::vector<std::string> rest = chosen;
  for (Stratum stratum : declared) {
    std::erase_if(stratum.families, [&](const std::string& f) { return !Contains(chosen, f); });
    for (const std::string& family : stratum.families) std::erase(rest, family);
    if (!stratum.families.empty()) strata.push_back(std::move(stratum));
  }
  for (const std::string& family : rest) {
    const std::string& name = splits.at(family);
    auto own = std::find_if(strata.begin(), strata.end(),
                            [&](const Stratum& stratum) { return stratum.name == name; });
    if (own == strata.end()) own = strata.insert(strata.end(), Stratum{name, 0, false, {}});
    own->families.push_back(family);
  }
  if (split == "gate") return strata;
  for (Stratum& stratum : strata) {
    stratum.weight =
        static_cast<double>(stratum.families.size()) / static_cast<double>(chosen.size());
  }
  return strata;
}

}  // namespace kedge::suite
