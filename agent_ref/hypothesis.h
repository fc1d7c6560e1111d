#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent_ref/condition.h"
#include "agent_ref/episode_view.h"
#include "harness/core/json.h"
#include "harness/stats/conditional_exact.h"

namespace kedge::agent_ref {

/// How a helper may matter to a tool.
enum class Link {
  kRecovery,   ///< after error E of the tool, the helper makes the next try work
  kBefore,     ///< the episode succeeds when the helper came before the tool
  kAfter,      ///< ... or after it
  kChanges,    ///< the helper makes the tool give another result for the same arguments
  kRetry,      ///< after error E, trying again is enough; there is no helper
  kGiveUp,     ///< after error E, nothing helps; there is no helper
  kForesees,   ///< error E can be seen coming, so the helper is better called before the tool
  kFirstCall,  ///< of trials only: the first call of a tool in an episode
  kSpoils,     ///< of trials only: after error E, the try met another error and never worked
  kSource,     ///< after error E, a value from elsewhere makes the next try work
  kInstead,    ///< after error E for good, the episode succeeds when the helper is called in its
               ///< place
  kFails,      ///< a rule of the parent says that the helper helps, and it does so no more
  kNeedless,   ///< a rule of the parent is followed, and it goes as well without
  kRefuse,     ///< the episode succeeds when the tool is not called for a goal; there is no helper
  kBlocks,     ///< the tool never works when the helper came before it
  kHarms,      ///< the tool works, but the episode fails when the helper came before or after it
};

/// True for what is better not done: kRefuse, kBlocks and kHarms.
bool IsProhibition(Link link);
/// True for helpers that do harm: kBlocks and kHarms. "Good" in their trials is a failure.
bool IsHarm(Link link);

/// "Helper U matters to tool T", or "the value v of argument U matters to it", or "argument U had
/// better come from source S", everywhere or where a condition holds.
struct Hypothesis {
  Link link = Link::kRecovery;
  std::string tool;
  std::string error;         ///< empty where the link is not about an error
  std::string helper;        ///< a tool; with a `value` or `source`, an argument of `tool`
  std::string value = {};    ///< canonical JSON; empty: no value
  std::string source = {};   ///< as of a rule's `prefer`; empty: no source
  Condition condition = {};  ///< where it is said to matter

  bool IsSetting() const { return !value.empty(); }
  auto operator<=>(const Hypothesis&) const = default;
};

/// What is tried, in one phrase: the helper, SettingName of the argument and its value, or
/// SourceName of the argument and its source.
std::string RemedyName(const Hypothesis& hypothesis);

/// One chance to see whether a helper matters: a try after an error, or an episode in which the
/// tool worked. `helpers` are those that came in between, or before, or after.
struct Trial {
  Link link = Link::kRecovery;
  std::string tool;
  std::string error;
  const EpisodeView* view = nullptr;
  std::set<std::string> helpers;
  /// Arguments that got another value for this try, with that value as canonical JSON.
  std::map<std::string, std::string> settings;
  /// Arguments that got a value from elsewhere for this try, with that source and, when an error's
  /// message gave it, with the value.
  std::map<std::string, std::string> sources, words;
  std::set<std::string> replacements;  ///< helpers that were tried in place of the tool
  /// Helpers that came for a reason of the agent's own: what goes with them may be that reason's
  /// doing, so the trial says nothing about these.
  std::set<std::string> unclear;
  /// Helpers that a rule asked for, whether they were called or left out by chance: what a rule's
  /// condition brings along is then the same with and without. Of kBlocks and kHarms.
  std::set<std::string> asked;
  bool refused = false;  ///< of kRefuse: the tool was not called
  bool good = false;
  std::map<std::string, int> helper_steps;  ///< step of each helper's last call in this trial
  std::string closest;     ///< RemedyName of the helper called last, or of a setting
  std::vector<int> steps;  ///< of the tool's own calls; the first is the one that it began with
  /// What was known when it began, as SituationOf gives it; null until NoteSituations fills it.
  Json situation = {};
};

/// Nothing was done for this try but to try again.
bool IsBare(const Trial& trial);

/// True if the trial says something about the hypothesis, with or without its helper: its condition
/// held. The trials of kRetry, kGiveUp, kSource and kFails are those of kRecovery; a recovery with
/// a condition is about those of kSpoils as well.
bool Concerns(const Trial& trial, const Hypothesis& hypothesis);

/// True if the hypothesis' helper came, or its argument had that value or source. For kRetry: if
/// nothing was done but to try again; for kGiveUp: if something else was; for kRefuse: if the tool
/// was refused.
bool HasRemedy(const Trial& trial, const Hypothesis& hypothesis);

/// True if the trial is a reason to believe the hypothesis: the remedy helped, or failed where the
/// hypothesis says that it does.
bool Supports(const Trial& trial, const Hypothesis& hypothesis);

/// A hypothesis with what the trials say about it.
struct Finding {
  Hypothesis hypothesis;
  stats::TwoByTwo table;             ///< all strata together
  double p = 1;                      ///< stratified exact test; see ConditionalFindings
  double least_p = 1;                ///< the smallest p that these margins allow (Tarone 1990)
  std::set<std::string> traces;      ///< trials that support it
  std::set<std::string> families;    ///< of those
  std::set<std::string> principals;  ///< of those; "" for a trace that names none
  std::int64_t closest = 0;          ///< in how many of those no other helper came after it
  // Of a hypothesis with a condition:
  std::int64_t searched = 1;  ///< how many conditions it is the best of
  double bits_saved = 0;      ///< by how much the condition shortens the description
  stats::TwoByTwo elsewhere;  ///< where the condition does not hold

  /// Counts an episode that supports it.
  void NoteSupport(const EpisodeView& view);
};

/// Tries after an error of a tool: each failed call paired with the next call of the same tool with
/// the same arguments, but for one that was given another value on purpose (CallView::varied) or
/// was given its old one back. Good: the call worked, or met another error and worked in the end; a
/// try that met another error and never worked says nothing.
std::vector<Trial> RecoveryTrials(const std::vector<const EpisodeView*>& views);

/// The tries that RecoveryTrials leaves out, as failures of kSpoils.
std::vector<Trial> SpoiledTrials(const std::vector<const EpisodeView*>& views);

/// Pairs of calls of one tool with the same arguments that both worked. Good: the second gave
/// another result.
std::vector<Trial> ChangeTrials(const std::vector<const EpisodeView*>& views);

/// Episodes with an outcome in which one of `tools` worked for a goal, for kBefore and kAfter.
/// Where the traces log decisions, only helpers that were explored count: chance alone sent them,
/// so a difference in the outcome is theirs.
std::vector<Trial> OrderTrials(const std::vector<const EpisodeView*>& views,
                               const std::set<std::string>& tools);

/// Every hypothesis about what helps about which the trials say anything, in a fixed order, but for
/// those of source_findings.h and effort_findings.h.
std::vector<Hypothesis> Hypotheses(const std::vector<Trial>& trials);

/// What the trials say about one of the first four links or a prohibition, stratified by what is
/// `known` already about the same tool or helper; those on the outcome by family as well, and
/// helpers that harm by whether a rule asked for them. Within an episode a
/// failed try and the next one are about the same thing, so families are pooled there.
Finding Judge(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
              const std::vector<Hypothesis>& known);

}  // namespace kedge::agent_ref
