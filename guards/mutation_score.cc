#include "guards/mutation_score.h"

#include <utility>

#include "guards/monitor.h"
#include "harness/core/error.h"
#include "harness/core/parallel.h"

namespace kedge::guards {
namespace {

enum class Fate { kSurvived, kKilled, kStillborn };

Fate FateOf(const PolicyMutant& mutant, const std::string& folder) {
  try {
    (void)Policy::Read(Document::FromValue(mutant.document, "mutant"), folder);
    return Fate::kSurvived;
  } catch (const Error& error) {
    return error.field().find(".examples") == std::string::npos ? Fate::kStillborn : Fate::kKilled;
  }
}

}  // namespace

double MutationScore::score() const {
  return counted() == 0 ? 1 : static_cast<double>(killed) / static_cast<double>(counted());
}

MutationScore ScoreExamples(const Json& policy, const std::string& folder, unsigned threads) {
  std::vector<PolicyMutant> mutants = MutantsOf(policy);
  std::vector<Fate> fates(mutants.size());
  ParallelFor(mutants.size(), threads,
              [&](std::size_t i) { fates[i] = FateOf(mutants[i], folder); });
  MutationScore score;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    score.killed += fates[i] == Fate::kKilled;
    score.stillborn += fates[i] == Fate::kStillborn;
    if (fates[i] == Fate::kSurvived) score.survivors.push_back(std::move(mutants[i]));
  }
  return score;
}

}  // namespace kedge::guards
