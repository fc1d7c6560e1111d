#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/suite/matching.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/text/json_compare.h"

namespace kedge::suite {
namespace {

/// A call as it should be: every argument has one of its acceptable values.
struct CallPattern {
  std::string tool;
  std::map<std::string, std::vector<Json>> arguments;
  std::set<std::string> any;  ///< may be absent or have any value

  bool Matches(const trace::ToolCall& call) const {
    if (call.name != tool || !call.arguments.is_object()) return false;
    for (const auto& [name, values] : arguments) {
      const auto found = call.arguments.find(name);
      if (found == call.arguments.end()) return false;
      const bool accepted = std::any_of(values.begin(), values.end(), [&](const Json& value) {
        return text::EqualJson(value, *found);
      });
      if (!accepted) return false;
    }
    for (const auto& [name, value] : call.arguments.items()) {
      if (!arguments.contains(name) && !any.contains(name)) return false;
    }
    return true;
  }
};

std::string Shown(const trace::ToolCall& call) {
  return call.name + Elide(DumpJson(call.arguments), 80);
}

using Calls = std::vector<const trace::ToolCall*>;
using Patterns = std::vector<CallPattern>;

class CallsScorer : public Scorer {
 public:
  CallsScorer(std::string match, Patterns patterns, std::set<std::string> tools, bool attempts)
      : match_(std::move(match)),
        patterns_(std::move(patterns)),
        tools_(std::move(tools)),
        attempts_(attempts) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const Calls calls = CountedCalls(evidence);
    return match_ == "ordered" ? RunOrdered(calls) : RunUnordered(calls);
  }

 private:
  Calls CountedCalls(const EpisodeEvidence& evidence) const {
    Calls calls;
    if (evidence.trace == nullptr) return calls;
    std::set<std::string> failed;
    for (const trace::Step& step : evidence.trace->steps) {
      const trace::Observation& seen = step.observation;
      if (step.kind == trace::StepKind::kObservation && seen.is_error) failed.insert(seen.call_id);
    }
    for (const trace::Step& step : evidence.trace->steps) {
      if (step.kind != trace::StepKind::kToolCall) continue;
      if (!tools_.empty() && !tools_.contains(step.call.name)) continue;
      if (attempts_ || !failed.contains(step.call.id)) calls.push_back(&step.call);
    }
    return calls;
  }

  trace::Score Partial(std::size_t matched, std::size_t calls, std::string why) const {
    const std::size_t whole =
        match_ == "subset" ? patterns_.size() : std::max(patterns_.size(), calls);
    trace::Score score = PassIf(why.empty(), why);
    score.score = whole == 0 ? 1 : static_cast<double>(matched) / static_cast<double>(whole);
    return score;
  }

  trace::Score RunOrdered(const Calls& calls) const {
    std::size_t matched = 0;
    std::string why;
    for (std::size_t i = 0; i < std::max(patterns_.size(), calls.size()); ++i) {
      if (i < patterns_.size() && i < calls.size() && patterns_[i].Matches(*calls[i])) {
        ++matched;
      } else if (why.empty()) {
        why = "call " + std::to_string(i + 1) + " is " +
              (i < calls.size() ? Shown(*calls[i]) : "missing") + ", expected " +
              (i < patterns_.size() ? patterns_[i].tool : "none");
      }
    }
    return Partial(matched, calls.size(), why);
  }

  trace::Score RunUnordered(const Calls& calls) const {
    const Matching matching(patterns_.size(), calls.size(), [&](std::size_t p, std::size_t c) {
      return patterns_[p].Matches(*calls[c]);
    });
    std::string why;
    if (!matching.unmatched_rows().empty()) {
      why = "no call matches the expected " + patterns_[matching.unmatched_rows()[0]].tool;
    } else if (const auto extra = matching.FirstUnmatchedColumn(); extra && match_ != "subset") {
      why = "unexpected call " + Shown(*calls[*extra]);
    }
    return Partial(matching.size(), calls.size(), why);
  }

  std::string match_;
  Patterns patterns_;
  std::set<std::string> tools_;
  bool attempts_;
};

CallPattern ReadPattern(const Node& node) {
  node.AllowKeys({"tool", "arguments", "one_of", "any"});
  CallPattern pattern{node["tool"].NonEmptyString(), {}, {}};
  if (const auto arguments = node.Find("arguments")) {
    for (const auto& [name, value] : arguments->Members()) {
      pattern.arguments[name] = {value.json()};
    }
  }
  if (const auto one_of = node.Find("one_of")) {
    for (const auto& [name, values] : one_of->Members()) {
      if (pattern.arguments.contains(name)) {
        throw values.Fail("'" + name + "' has a value in `arguments` already");
      }
      for (const Node& value : values.Items()) pattern.arguments[name].push_back(value.json());
      if (!pattern.arguments.contains(name)) throw values.Fail("list at least one value");
    }
  }
  for (const std::string& name : node.StringsOr("any")) pattern.any.insert(name);
  return pattern;
}

}  // namespace

std::shared_ptr<const Scorer> MakeCallsScorer(const Node& spec) {
  spec.AllowKeys({"type", "match", "calls", "tools", "attempts"});
  Patterns patterns;
  for (const Node& call : spec["calls"].Items()) patterns.push_back(ReadPattern(call));
  const std::string match = spec["match"].OneOf({"ordered", "unordered", "subset"});
  if (patterns.empty() && match == "subset") {
    throw spec["calls"].Fail("an empty list is a subset of everything");
  }
  const std::vector<std::string> tools = spec.StringsOr("tools");
  return std::make_shared<CallsScorer>(match, std::move(patterns),
                                       std::set<std::string>(tools.begin(), tools.end()),
                                       spec.BoolOr("attempts", false));
}

}  // namespace kedge::suite
