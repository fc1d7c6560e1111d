#include "harness/loop/attribution.h"

#include <algorithm>
#include <optional>

#include "harness/core/error.h"
#include "harness/run/episode.h"
#include "harness/suite/suite.h"

namespace kedge::loop {
namespace {

constexpr std::size_t kMostExamples = 3;

// An episode in which a rule spoke, kept until it is run again.
struct Spoken {
  run::EpisodeSpec spec;
  trace::Trace trace;
  std::size_t step = 0;
};

/// Runs episodes of one strategy over the dev tasks.
class DevRunner {
 public:
  DevRunner(std::shared_ptr<const suite::Suite> suite, const strategy::Strategy& strategy,
            const agent::AgentFactory& agents, const Clock& clock)
      : runner_(suite, agents.Make(strategy), strategy.hash(), nullptr, Options(*suite), clock,
                nullptr) {}

  trace::Trace Run(const run::EpisodeSpec& spec) { return runner_.Run(spec); }

 private:
  static run::EpisodeOptions Options(const suite::Suite& suite) {
    run::EpisodeOptions options;
    options.user_noise = suite.user_noise();
    return options;
  }

  run::EpisodeRunner runner_;
};

bool Fired(const trace::Step& step, const std::string& rule) {
  const std::vector<std::string>& fired = step.decision.fired_rules;
  return step.kind == trace::StepKind::kDecision &&
         std::find(fired.begin(), fired.end(), rule) != fired.end();
}

std::optional<std::size_t> FirstFiring(const trace::Trace& trace, const std::string& rule) {
  const auto step = std::find_if(trace.steps.begin(), trace.steps.end(),
                                 [&](const trace::Step& s) { return Fired(s, rule); });
  if (step == trace.steps.end()) return std::nullopt;
  return static_cast<std::size_t>(step - trace.steps.begin());
}

// What happened in a step, for people and for comparison; not when, nor which rules spoke.
std::string Action(const trace::Step& step) {
  switch (step.kind) {
    case trace::StepKind::kDecision:
      return step.decision.point + ": " + step.decision.chosen;
    case trace::StepKind::kToolCall:
      return "call " + step.call.name + " " + CanonicalJson(step.call.arguments);
    case trace::StepKind::kObservation:
      return "result " + step.observation.content;
    default:
      return step.actor + ": " + step.text;
  }
}

std::string ActionAt(const trace::Trace& trace, std::size_t step) {
  return step < trace.steps.size() ? Action(trace.steps[step]) : "(the episode is over)";
}

bool SameUpTo(const trace::Trace& a, const trace::Trace& b, std::size_t step) {
  for (std::size_t i = 0; i < step; ++i) {
    if (ActionAt(a, i) != ActionAt(b, i)) return false;
  }
  return true;
}

void Compare(const Spoken& spoken, const trace::Trace& without, RuleEffect& effect) {
  if (!SameUpTo(spoken.trace, without, spoken.step)) return;
  ++effect.compared;
  effect.successes_with += spoken.trace.outcome->success ? 1 : 0;
  effect.successes_without += without.outcome->success ? 1 : 0;
  const std::string with_action = ActionAt(spoken.trace, spoken.step);
  const std::string without_action = ActionAt(without, spoken.step);
  if (with_action == without_action) return;
  ++effect.changed;
  if (effect.examples.size() == kMostExamples) return;
  effect.examples.push_back({spoken.trace.id, static_cast<std::int64_t>(spoken.step),
                             spoken.trace.steps[spoken.step].decision.point, with_action,
                             without_action});
}

void RequireRules(const strategy::Strategy& strategy, const std::vector<std::string>& rules) {
  for (const std::string& rule : rules) {
    const auto& known = strategy.guidelines();
    if (std::none_of(known.begin(), known.end(), [&](const auto& g) { return g.id == rule; })) {
      throw BadData("strategy " + strategy.name() + " has no guideline '" + rule + "'");
    }
  }
}

}  // namespace

strategy::Strategy WithoutGuideline(const strategy::Strategy& strategy, const std::string& id) {
  return strategy::Apply(strategy, strategy.hash(), {{"retire", id, "left out"}},
                         strategy.name() + "-without", Json::object());
}

Json ToJson(const RuleEffect& effect) {
  Json examples = Json::array();
  for (const ChangedAction& example : effect.examples) {
    examples.push_back({{"episode", example.episode},
                        {"step", example.step},
                        {"point", example.point},
                        {"with", example.with},
                        {"without", example.without}});
  }
  return {{"rule", effect.rule},
          {"fired", effect.fired},
          {"compared", effect.compared},
          {"changed", effect.changed},
          {"successes_with", effect.successes_with},
          {"successes_without", effect.successes_without},
          {"examples", std::move(examples)}};
}

std::vector<RuleEffect> AttributeActions(const AttributionOptions& options,
                                         const strategy::Strategy& strategy,
                                         const std::vector<std::string>& rules,
                                         const agent::AgentFactory& agents, const Clock& clock) {
  if (options.most_episodes < 1) throw UsageError("at least one episode a rule must be run again");
  RequireRules(strategy, rules);
  const auto suite = suite::Suite::Load(options.suite_folder, {.seed = options.suite_seed,
                                                               .split = "dev",
                                                               .variant = options.variant,
                                                               .data = options.data});

  std::vector<RuleEffect> effects(rules.size());
  std::vector<std::vector<Spoken>> spoken(rules.size());
  DevRunner whole(suite, strategy, agents, clock);
  for (std::size_t task = 0; task < suite->tasks().size(); ++task) {
    const run::EpisodeSpec spec{task, 0, "candidate",
                                run::EpisodeSeed(*suite, task, 0, options.run_seed)};
    const trace::Trace trace = whole.Run(spec);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::optional<std::size_t> step = FirstFiring(trace, rules[i]);
      if (!step) continue;
      ++effects[i].fired;
      if (effects[i].fired <= options.most_episodes) spoken[i].push_back({spec, trace, *step});
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    effects[i].rule = rules[i];
    if (spoken[i].empty()) continue;
    DevRunner without(suite, WithoutGuideline(strategy, rules[i]), agents, clock);
    for (const Spoken& one : spoken[i]) Compare(one, without.Run(one.spec), effects[i]);
  }
  return effects;
}

}  // namespace kedge::loop
