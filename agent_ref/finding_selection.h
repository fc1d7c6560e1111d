#pragma once

#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"
#include "agent_ref/learner.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// A hypothesis as it stands among all the others.
struct Judged {
  Finding finding;
  double p_adjusted = 1;
  double p_pays =
      0;  ///< of kChanges and kSource: that the new result is no better than the old one
};

/// What is taken of everything that the trials suggest.
struct Selection {
  std::vector<Judged> taken;      ///< best first; each becomes a rule
  std::vector<Judged> failed;     ///< of kFails: rules of the parent that help no more
  std::vector<Hypothesis> known;  ///< those, and what holds but is a rule of the parent already
  Json refused = Json::array();   ///< what came near, and why it is none
  std::size_t hypotheses = 0;
};

/// Judges every hypothesis, goes through them best first, and takes each that still holds with
/// what was taken before held fixed. `revisions` are findings of kFails; they are adjusted together
/// with the hypotheses. Where values come from and what may take a tool's place (SourceFindings)
/// comes after that, then what is better not done, and what saves effort (EffortFindings) last;
/// each of these is adjusted by itself at a tenth of alpha. `named_principals`: some trace says for
/// whom it was.
Selection SelectFindings(const std::vector<Trial>& trials, std::vector<Finding> revisions,
                         const LearnOptions& options, const strategy::Strategy& parent,
                         bool named_principals);

/// Why the support of a finding is not enough for a rule; empty when it is.
std::string SupportObjection(const Finding& finding, const LearnOptions& options,
                             bool named_principals);

/// A finding for the report.
Json Summary(const Judged& judged);

}  // namespace kedge::agent_ref
