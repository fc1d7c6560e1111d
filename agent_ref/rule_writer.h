#pragma once

#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"
#include "agent_ref/learner.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// How a finding is put as a rule.
enum class RuleForm {
  kFirst,        ///< call the helper before the tool
  kAfter,        ///< call it after the tool
  kRecover,      ///< call it after the error
  kEffectFirst,  ///< call it before every writing tool that takes `argument`
  kSet,          ///< give the tool's argument the value
  kSetAfter,     ///< give it the value after the error
  kRetry,        ///< try again after the error
  kGiveUp,       ///< do not try again after it
  kRefuse,       ///< do not call the tool; tell the user so
  kAvoid,        ///< do not call the helper around the tool
  kPrefer,       ///< take the argument from the source
  kPreferAfter,  ///< take it from there after the error
  kInstead,      ///< call the other tool in its place after the error
};

/// A finding that became a rule.
struct LearnedRule {
  Finding finding;
  double p_adjusted = 1;
  RuleForm form = RuleForm::kFirst;
  std::string argument;         ///< of kEffectFirst
  stats::TwoByTwo first_tries;  ///< first calls of the tool: with and without the helper before
};

/// Chooses the form: a precondition when the tool (almost) never worked at first without the
/// helper. Not for kFails, which is no rule.
LearnedRule WriteRule(const Finding& finding, double p_adjusted,
                      const std::vector<const EpisodeView*>& views, const LearnOptions& options);

/// Id of the guideline: made of the tool, the form and the helper or setting.
std::string GuidelineId(const LearnedRule& rule);

/// The whole record without its id: text, when, then, sources, support, evidence.
Json GuidelineRecord(const LearnedRule& rule, const std::vector<Trial>& trials);

/// Three significant digits, so that a hash does not hang on the last bits of a logarithm.
double Rounded(double p);

}  // namespace kedge::agent_ref
