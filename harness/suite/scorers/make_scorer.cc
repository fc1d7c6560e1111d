#include <array>
#include <string_view>

#include "harness/core/error.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

using Maker = std::shared_ptr<const Scorer> (*)(const Node& spec, const std::string& folder);

template <std::shared_ptr<const Scorer> (*kMake)(const Node&)>
std::shared_ptr<const Scorer> WithoutFolder(const Node& spec, const std::string& /*folder*/) {
  return kMake(spec);
}

struct ScorerType {
  std::string_view name;
  Maker make;
};

constexpr std::array<ScorerType, 10> kScorerTypes = {{
    {"bfcl", &WithoutFolder<&MakeBfclScorer>},
    {"calls", &WithoutFolder<&MakeCallsScorer>},
    {"contains", &WithoutFolder<&MakeContainsScorer>},
    {"equal", &WithoutFolder<&MakeEqualScorer>},
    {"json_equal", &WithoutFolder<&MakeJsonEqualScorer>},
    {"json_schema", &WithoutFolder<&MakeJsonSchemaScorer>},
    {"numeric", &WithoutFolder<&MakeNumericScorer>},
    {"program", &MakeProgramScorer},
    {"regex", &WithoutFolder<&MakeRegexScorer>},
    {"token_f1", &WithoutFolder<&MakeTokenF1Scorer>},
}};

const ScorerType& FindType(const Node& type) {
  const std::string name = type.String();
  std::vector<std::string> known;
  std::string list;
  for (const ScorerType& entry : kScorerTypes) {
    if (entry.name == name) return entry;
    known.emplace_back(entry.name);
    list += (list.empty() ? "" : ", ") + known.back();
  }
  if (name == "end_state" || name == "no_change" || name == "tell") {
    throw type.Fail("'" + name + "' is not a scorer but follows from the task's own members " +
                    "`calls`, `no_change` and `tell`");
  }
  const std::string nearest = NearestWord(name, known);
  throw type.Fail("there is no scorer '" + name + "'" +
                  (nearest.empty() ? "" : "; did you mean '" + nearest + "'?") +
                  " (known: " + list + ")");
}

}  // namespace

void CheckScorerType(const Node& type) { FindType(type); }

std::shared_ptr<const Scorer> MakeScorer(const Node& spec, const std::string& folder) {
  return FindType(spec["type"]).make(spec, folder);
}

trace::Score PassIf(bool pass, std::string why) {
  trace::Score score;
  score.pass = pass;
  score.score = pass ? 1 : 0;
  if (!pass) score.why = std::move(why);
  return score;
}

std::vector<std::string> ReadValues(const Node& spec) {
  if (spec.Has("value") == spec.Has("values")) {
    throw spec.Fail("give either `value` or `values`");
  }
  std::vector<Node> nodes;
  if (spec.Has("value")) {
    nodes.push_back(spec["value"]);
  } else {
    nodes = spec["values"].Items();
    if (nodes.empty()) throw spec["values"].Fail("the list is empty");
  }
  std::vector<std::string> values;
  for (const Node& node : nodes) {
    values.push_back(node.json().is_number() ? DumpJson(node.json()) : node.NonEmptyString());
  }
  return values;
}

}  // namespace kedge::suite
