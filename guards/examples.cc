#include "guards/examples.h"

#include <algorithm>

#include "guards/evaluator.h"
#include "guards/event_reader.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

std::vector<Event> ReadEpisode(const Node& node, const std::string& folder) {
  if (!node.is_string()) return ReadEvents(node);
  const std::string path = node.NonEmptyString();
  if (path[0] == '/' || path.find("..") != path.npos) {
    throw node.Fail("expected a path inside the policy's folder");
  }
  return ReadEvents(Document::Load(folder + "/" + path).root());
}

void ReadKind(const Node& node, std::optional<Verdict> violates, std::size_t index,
              const std::string& folder, std::vector<Example>& out) {
  const std::vector<Node> episodes = node.Items();
  if (episodes.empty()) throw node.Fail("expected at least one example");
  for (const Node& episode : episodes) {
    out.push_back({index, violates, ReadEpisode(episode, folder), episode});
  }
}

const Finding* FindingOf(const Decision& decision, std::string_view rule) {
  const auto found = std::find_if(decision.findings.begin(), decision.findings.end(),
                                  [rule](const Finding& finding) { return finding.rule == rule; });
  return found == decision.findings.end() ? nullptr : &*found;
}

class ExampleRun {
 public:
  ExampleRun(const Policy::Compiled& policy, Evaluator& evaluator, const Example& example)
      : policy_(policy),
        evaluator_(evaluator),
        example_(example),
        rule_(*policy.rules[example.rule]) {}

  void Run() {
    evaluator_.Reset();
    for (std::size_t i = 0; i < example_.events.size(); ++i) Step(i);
    // A rule that forbids all it is about can show only what it is not about.
    const bool always = std::any_of(rule_.words.begin(), rule_.words.end(),
                                    [](const auto& word) { return word->Always(); });
    if (!reached_ && !always) Refuse("contains no event that the rule is about");
  }

 private:
  // The last event's findings are those of the episode's end, too.
  Decision Observe(std::size_t index) {
    Event event = example_.events[index];
    if (event.type == EventType::kApproval) event.binding = binding_;
    Decision decision = evaluator_.Observe(event);
    if (!decision.binding.empty()) binding_ = decision.binding;
    if (index + 1 == example_.events.size()) {
      std::vector<Finding> open = evaluator_.Finish().findings;
      std::move(open.begin(), open.end(), std::back_inserter(decision.findings));
    }
    return decision;
  }

  void Step(std::size_t index) {
    const Event& event = example_.events[index];
    const std::string place = "event " + std::to_string(index + 1);
    const Decision decision = Observe(index);
    const ToolId tool = HasTool(event.type) ? policy_.catalog.Find(event.tool) : kUnknownTool;
    if (HasTool(event.type) && tool == kUnknownTool) {
      Refuse(place + ": unknown tool '" + event.tool + "'");
    }
    if (const Finding* broken = FindingOf(decision, kArgumentsRule)) {
      Refuse(place + ": the arguments break the tool's schema: " + broken->pointer + " " +
             broken->message);
    }
    reached_ |= rule_.match.Selects(event.type, tool) && evaluator_.AppliedLast(example_.rule);
    CheckFinding(FindingOf(decision, rule_.id), index, place);
  }

  void CheckFinding(const Finding* finding, std::size_t index, const std::string& place) const {
    const bool last = index + 1 == example_.events.size();
    if (finding != nullptr && !finding->error.empty()) Refuse(place + ": " + finding->message);
    if (finding != nullptr && !example_.violates) {
      Refuse("should be allowed, but " + place + " breaks the rule: " + finding->message);
    }
    if (finding != nullptr && !last) {
      Refuse("breaks the rule already at " + place +
             " instead of its last event: " + finding->message);
    }
    if (finding == nullptr && example_.violates && last) {
      Refuse("should break the rule at its last event, but does not");
    }
    if (finding == nullptr || finding->shadow || finding->late) return;
    if (finding->verdict != *example_.violates) {
      Refuse("should give " + std::string(ToString(*example_.violates)) + ", but " + place +
             " gives " + std::string(ToString(finding->verdict)) + ": " + finding->message);
    }
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    throw example_.node.Fail("rule " + rule_.id + ": this example " + what);
  }

  const Policy::Compiled& policy_;
  Evaluator& evaluator_;
  const Example& example_;
  const Rule& rule_;
  bool reached_ = false;
  std::string binding_;  // of the last ASK
};

}  // namespace

std::vector<Example> ReadExamples(const Node& rule_node, const Rule& rule, std::size_t index,
                                  const std::string& folder) {
  std::vector<Verdict> verdicts{rule.verdict};
  for (const auto& word : rule.words) {
    const std::vector<Verdict> more = word->Verdicts();
    verdicts.insert(verdicts.end(), more.begin(), more.end());
  }
  std::sort(verdicts.begin(), verdicts.end());
  verdicts.erase(std::unique(verdicts.begin(), verdicts.end()), verdicts.end());
  const Node node = rule_node["examples"];
  std::vector<Example> out;
  for (const auto& [name, kind] : node.Members()) {
    const auto verdict = std::find_if(verdicts.begin(), verdicts.end(),
                                      [&n = name](Verdict one) { return ToString(one) == n; });
    if (verdict != verdicts.end()) {
      ReadKind(kind, *verdict, index, folder, out);
    } else if (name != "allow") {
      throw kind.Fail("this rule never says " + name + "; expected allow and " +
                      std::string(ToString(rule.verdict)));
    }
  }
  if (out.empty()) ReadKind(node[ToString(rule.verdict)], rule.verdict, index, folder, out);
  ReadKind(node["allow"], std::nullopt, index, folder, out);
  return out;
}

void RunExamples(const Policy::Compiled& policy) {
  Evaluator evaluator(policy);
  for (const Example& example : policy.examples) ExampleRun(policy, evaluator, example).Run();
}

}  // namespace kedge::guards
