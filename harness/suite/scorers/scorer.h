#pragma once

#include <memory>
#include <string>

#include "harness/core/document.h"
#include "harness/suite/scorer.h"
#include "harness/suite/task.h"
#include "harness/trace/outcome.h"

namespace kedge::suite {

/// One compiled scorer of a task. Immutable; thread-safe.
class Scorer {
 public:
  virtual ~Scorer() = default;
  /// Score::scorer is left empty. Throws Error(kUnavailable) only when the scorer could not be run.
  virtual trace::Score Run(const Task& task, const EpisodeEvidence& evidence) const = 0;
  /// SHA-256 of what decides beyond the task itself (a program's file); empty when there is
  /// nothing.
  virtual std::string fingerprint() const { return {}; }
};

/// Fails at `type` unless it names a scorer; the message lists them.
void CheckScorerType(const Node& type);

/// Compiles the scorer of an object with `type` and the type's parameters. `folder` is the suite's,
/// where programs are looked for. Throws Error with file, line and field; kUnavailable for a
/// program that is not there.
std::shared_ptr<const Scorer> MakeScorer(const Node& spec, const std::string& folder);

// One for each type; MakeScorer chooses. Parameters are in README.md.
std::shared_ptr<const Scorer> MakeContainsScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeEqualScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeRegexScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeNumericScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeTokenF1Scorer(const Node& spec);
std::shared_ptr<const Scorer> MakeJsonEqualScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeJsonSchemaScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeBfclScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeCallsScorer(const Node& spec);
std::shared_ptr<const Scorer> MakeProgramScorer(const Node& spec, const std::string& folder);

/// All or nothing: score 1 or 0, `why` only when it failed.
trace::Score PassIf(bool pass, std::string why);

/// `value` (one text) or `values` (a list, not empty) of a scorer.
std::vector<std::string> ReadValues(const Node& spec);

}  // namespace kedge::suite
