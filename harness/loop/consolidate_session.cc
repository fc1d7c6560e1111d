#include "harness/loop/consolidate_session.h"

#include <utility>

#include "harness/strategy/strategy.h"

namespace kedge::loop {

ConsolidateSessionResult RunConsolidateSession(const ConsolidateSessionOptions& options) {
  const strategy::Strategy champion = strategy::Strategy::Load(options.champion_folder);
  ConsolidateSessionResult result;
  result.consolidation = agent_ref::Consolidate(champion);
  Json operations = Json::array();
  for (const strategy::Operation& operation : result.consolidation.operations) {
    operations.push_back(ToJson(operation));
  }
  Json provenance = {{"made_by", "consolidation"}};
  const Json& from = champion.provenance();
  if (from.is_object() && from.contains("split")) provenance["split"] = from["split"];
  const strategy::Strategy candidate =
      strategy::Apply(champion, champion.hash(), result.consolidation.operations, options.name,
                      std::move(provenance));
  candidate.Save(options.output_folder);
  result.candidate_hash = candidate.hash();
  result.report = agent_ref::ToJson(result.consolidation);
  result.report["champion"] = champion.hash();
  result.report["candidate"] = candidate.hash();
  result.report["operations"] = std::move(operations);
  return result;
}

}  // namespace kedge::loop
