#include "harness/suite/task.h"

namespace kedge::suite {
namespace {

Json CallsJson(const std::vector<ExpectedCall>& calls) {
  Json list = Json::array();
  for (const ExpectedCall& call : calls) {
    list.push_back(Json{{"tool", call.tool}, {"arguments", call.arguments}});
  }
  return list;
}

Json FactsJson(const std::vector<UserFact>& facts) {
  Json list = Json::array();
  for (const UserFact& fact : facts) {
    list.push_back(Json{{"name", fact.name}, {"value", fact.value}, {"keywords", fact.keywords}});
  }
  return list;
}

Json ScorersJson(const std::vector<ScorerSpec>& scorers) {
  Json list = Json::array();
  for (const ScorerSpec& scorer : scorers) {
    Json entry = scorer.parameters;
    entry["type"] = scorer.type;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Json ToJson(const Task& task) {
  Json json{{"id", task.id},
            {"family", task.family},
            {"stratum", task.stratum},
            {"split", task.split},
            {"cluster", task.cluster_id},
            {"instruction", task.instruction},
            {"facts", FactsJson(task.facts)},
            {"confirms", task.user_confirms},
            {"impossible", task.impossible},
            {"weight", task.weight},
            {"calls", CallsJson(task.expected_calls)},
            {"no_change", task.no_change},
            {"checks_end_state", task.checks_end_state},
            {"solution", CallsJson(task.solution)},
            {"tell", task.tell},
            {"answer", task.answer},
            {"scorers", ScorersJson(task.scorers)}};
  if (!task.principal.empty()) json["principal"] = task.principal;
  return json;
}

}  // namespace kedge::suite
