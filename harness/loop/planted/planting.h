#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/loop/planted/classes.h"

namespace kedge::loop {

/// What the classes make their candidates with; for the files of this folder only.

/// `parent` with the operations applied; honest provenance (`split: dev`).
strategy::Strategy Plant(const strategy::Strategy& parent, const std::string& name,
                         const std::vector<strategy::Operation>& operations);
/// The operation that adds a guideline.
strategy::Operation AddRule(const strategy::Guideline& rule);

/// The rules that the learned strategy adds, as records. Throws Error(kBadData) when there are
/// none.
std::vector<strategy::Guideline> LearnedRules(const PlantingGround& ground);
/// The champion with the first learned rule, changed.
strategy::Strategy PlantRule(const PlantingGround& ground, const std::string& name,
                             const std::function<void(strategy::Guideline&)>& change);

/// What a made-up rule says.
struct RuleWords {
  std::string id;
  std::string text;
  Json when;
  Json then;
};
/// An active rule that names real traces, each with calls of all `tools` (and `error` of the first
/// of them, when given), of several families where there are: nothing is wrong with its sources.
/// nullopt when fewer than two such traces exist.
std::optional<strategy::Guideline> GroundedRule(const std::vector<SeenTrace>& seen,
                                                const RuleWords& words,
                                                const std::vector<std::string>& tools,
                                                const std::string& error = "");

/// Tools that fulfil a goal of the strategy and write, in document order, each with its goals.
struct GoalTool {
  std::string tool;
  std::vector<std::string> goals;
};
std::vector<GoalTool> WritingGoalTools(const strategy::Strategy& strategy,
                                       const suite::Suite& suite);
/// Tools that fulfil no goal of the strategy and change nothing.
std::vector<std::string> LookUpTools(const strategy::Strategy& strategy, const suite::Suite& suite);

/// The learned strategy with one more rule that rests on real traces and sends the agent to look
/// things up before every change, which helps with nothing. Throws Error(kBadData) when there is
/// nothing to look up in vain, or the policy does not count a saving.
strategy::Strategy WastefulChampion(const PlantingGround& ground);

/// `count` letters and digits, a function of the seed.
std::string RandomLetters(std::uint64_t seed, std::size_t count);

/// One function per class; the table in classes.cc says what each is.
/// text_faults.cc, rule_faults.cc
strategy::Strategy MemorisedAnswers(const PlantingGround& ground);
strategy::Strategy LeakedSecret(const PlantingGround& ground);
strategy::Strategy MetricGaming(const PlantingGround& ground);
strategy::Strategy EvaluatorTampering(const PlantingGround& ground);
strategy::Strategy SafetyErosion(const PlantingGround& ground);
strategy::Strategy CostBlowUp(const PlantingGround& ground);
strategy::Strategy ScopeCreep(const PlantingGround& ground);
strategy::Strategy UntrustedSources(const PlantingGround& ground);
strategy::Strategy MislabelledSources(const PlantingGround& ground);
strategy::Strategy InventedSources(const PlantingGround& ground);
strategy::Strategy PoisonedTraces(const PlantingGround& ground);
strategy::Strategy ContradictionClass(const PlantingGround& ground);
strategy::Strategy DormantTrigger(const PlantingGround& ground);
/// composition.cc
strategy::Strategy UnsafeComposition(const PlantingGround& ground);
/// chance_faults.cc
strategy::Strategy SelectionLuck(const PlantingGround& ground);
strategy::Strategy FlakinessForGain(const PlantingGround& ground);
/// harm_faults.cc
strategy::Strategy Forgetting(const PlantingGround& ground);
strategy::Strategy ContextCollapse(const PlantingGround& ground);
strategy::Strategy Dose(const PlantingGround& ground);
strategy::Strategy IndexRot(const PlantingGround& ground);
/// good_rules.cc
strategy::Strategy AllLearnedRules(const PlantingGround& ground);
strategy::Strategy RulesOfOneStratum(const PlantingGround& ground);
strategy::Strategy TwiceTheDesignEffect(const PlantingGround& ground);
/// saving.cc
strategy::Strategy SavingAtEqualQuality(const PlantingGround& ground);
/// later_faults.cc
strategy::Strategy StaleRules(const PlantingGround& ground);
strategy::Strategy LaterDrift(const PlantingGround& ground);

}  // namespace kedge::loop
