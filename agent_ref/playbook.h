#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent_ref/retrieval.h"
#include "agent_ref/rule_index.h"
#include "agent_ref/value_template.h"
#include "harness/core/json.h"
#include "harness/strategy/rule.h"
#include "harness/strategy/strategy.h"
#include "harness/text/pattern.h"

namespace kedge::agent_ref {

/// The planner's bounded numbers; README.md says what each does.
struct Parameters {
  std::int64_t max_calls = 30;
  std::int64_t max_depth = 3;
  std::int64_t asks = 2;
  double explore = 0;
  double explore_on_error = 0;
  std::int64_t explore_tries = 2;
  std::int64_t explore_retries = 0;
  double explore_reading = 0;
  double explore_values = 0;
  double explore_skip = 0;
  double explore_refusal = 0;
  double explore_sources = 0;
  double explore_words = 0;
  double explore_instead = 0;
};

/// Which helpers exploration tries first and last around a tool; the others come in between, in an
/// order left to chance.
struct ExplorationOrder {
  std::string tool;
  std::string error;  ///< class of the error to get round; empty: around a call that works
  std::vector<std::string> first, last;
};

/// How a value of a semantic type looks in text, and how to ask for one.
struct SemanticType {
  std::string name;
  std::optional<text::Pattern> pattern;
  std::string ask;  ///< empty: never asked for
  enum class Fold { kNone, kLower, kUpper } fold = Fold::kNone;
};

using Where = std::vector<std::pair<std::string, TextTemplate>>;

/// Where one argument comes from.
struct ArgumentSpec {
  std::optional<ValueTemplate> literal;
  std::vector<std::pair<text::Pattern, Json>> choices;
  std::optional<Json> fallback;  ///< when no choice matches
  std::string type;              ///< overrides the argument's own type when not empty
  Where where;
  bool all = false;
};
using ArgumentSpecs = std::map<std::string, ArgumentSpec>;

/// A condition on a fact that must hold before a tool is called.
struct Check {
  enum class Test { kIs, kNot, kIn, kNotIn, kAtMost, kAtLeast };
  std::string tool;  ///< empty: the goal's own check
  std::string type;
  Where where;
  Test test = Test::kIs;
  std::vector<TextTemplate> operands;
  TextTemplate refuse;
  bool refuse_unknown = false;
};

/// One kind of request and how to fulfil it.
struct Goal {
  std::string id;
  std::vector<text::Pattern> patterns;
  std::string tool;  ///< empty: the goal only answers
  ArgumentSpecs arguments;
  std::vector<Check> checks;
  std::vector<TextTemplate> answer;
};

struct Texts {
  TextTemplate fallback, failed, missing, declined, refused, done;
};

/// A guideline that is applied, with its parsed rule.
struct ActiveRule {
  std::string id;
  strategy::Rule rule;
  std::vector<std::string> scope;
  std::int64_t tokens = 0;  ///< what its text costs to read
  std::int64_t support = 0;
  bool always_on = false;  ///< whatever the retrieval layer says
  bool learned = false;    ///< it rests on traces; nobody laid it down
  WordSet words;           ///< of its text
};

/// A strategy as this agent understands it: parsed, checked and with its patterns compiled.
/// Immutable; safe to share between threads.
struct Playbook {
  /// Throws Error(kBadData) with file, line and field of what it does not understand.
  static Playbook FromStrategy(const strategy::Strategy& strategy);

  Parameters parameters;
  std::vector<SemanticType> types;  ///< by name
  std::vector<Goal> goals;          ///< in document order
  std::vector<ExplorationOrder> exploration;
  Texts texts;

  std::vector<std::string> confirm;  ///< tool names, or "write"
  std::map<std::string, std::int64_t> retry;
  std::map<std::string, std::int64_t> rate;
  std::vector<Check> preconditions;
  std::map<std::string, ArgumentSpecs> argument_sources;  ///< by tool

  std::vector<ActiveRule> rules;  ///< in document order; of rules that say the same, the first
  RuleIndex index;                ///< of `rules`
  RetrievalLimits retrieval;      ///< for the rules of one decision point

  double slip_rate = 0;
  std::uint64_t model_seed = 0;
  std::int64_t max_tokens = 4096;
  std::int64_t prompt_tokens = 0;                  ///< of the instructions layer
  std::optional<std::pair<double, double>> price;  ///< per million input and output tokens

  const SemanticType* FindType(const std::string& name) const;
};

/// Roughly how many tokens a text is (bytes / 4, rounded up).
std::int64_t EstimateTokens(std::string_view text);

}  // namespace kedge::agent_ref
