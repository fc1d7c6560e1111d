#include "guards/words/builders.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

struct FlowSpec {
  LabelMask from = 0;
  std::string described;
  std::vector<const DetectedLabel*> detected;  // of `from`, those that a text can show by itself
  std::vector<Place> to;                       // none: the event's text
  std::optional<Place> unless;
  const AllowList* allowed = nullptr;
};

// The first text that would carry something out.
struct Sink {
  std::string pointer;
  std::string text;
};

class FlowChecker : public Checker {
 public:
  explicit FlowChecker(const FlowSpec& spec) : spec_(spec) {}

  CheckResult Check(const EventView& event) override {
    const std::vector<Sink> sinks = SinksOf(event);
    if (sinks.empty() || IsExempt(event)) return CheckResult::Holds();
    if ((event.session().provenance.taint() & spec_.from) != 0) {
      return CheckResult::Violated(
          "may carry what this session read with the label " + spec_.described, sinks[0].pointer);
    }
    for (const Sink& sink : sinks) {
      if (IsDetected(sink.text)) {
        return CheckResult::Violated("holds what the label " + spec_.described + " is given to",
                                     sink.pointer);
      }
    }
    return CheckResult::Holds();
  }

 private:
  std::vector<Sink> SinksOf(const EventView& event) const {
    std::vector<Sink> sinks;
    if (!event.text().empty()) sinks.push_back({"", event.text()});
    for (const Place& place : spec_.to) {
      std::vector<Placed> found;
      place.Select(event.arguments(), found);  // what is absent carries nothing
      for (const Placed& placed : found) {
        for (Leaf& leaf : LeavesOf(*placed.value, placed.pointer)) {
          if (!leaf.text.empty()) sinks.push_back({std::move(leaf.pointer), std::move(leaf.text)});
        }
      }
    }
    return sinks;
  }

  // Every recipient is admitted, and there is one.
  bool IsExempt(const EventView& event) const {
    if (!spec_.unless) return false;
    std::vector<Placed> found;
    if (!spec_.unless->Select(event.arguments(), found)) return false;
    bool any = false;
    for (const Placed& placed : found) {
      for (const Leaf& leaf : LeavesOf(*placed.value, "")) {
        if (!leaf.is_text || !spec_.allowed->Admits(leaf.text)) return false;
        any = true;
      }
    }
    return any;
  }

  bool IsDetected(const std::string& text) const {
    for (const DetectedLabel* label : spec_.detected) {
      if (label->pack->Matches(text)) return true;
    }
    return false;
  }

  const FlowSpec& spec_;
};

class Flow : public Word {
 public:
  explicit Flow(FlowSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<FlowChecker>(spec_);
  }

 private:
  FlowSpec spec_;
};

void ReadSinks(const Node& node, const WordContext& context, FlowSpec& spec) {
  const auto to = node.Find("to");
  if (!to) {
    if (HasTool(context.match.event)) throw node.Fail("say where it may not flow: to");
    return;
  }
  const std::vector<Node> items = to->is_array() ? to->Items() : std::vector<Node>{*to};
  if (items.empty()) throw to->Fail("expected at least one place");
  for (const Node& item : items) {
    spec.to.push_back(ReadArgumentPlace(item, item.NonEmptyString(), context));
  }
}

}  // namespace

void BuildFlow(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"from", "to", "unless"});
  FlowSpec spec;
  spec.from = context.resources.labels.ReadKnown(node["from"]);
  spec.described = context.resources.labels.Describe(spec.from, "or");
  ReadSinks(node, context, spec);
  for (const DetectedLabel& label : context.resources.detected) {
    if ((label.label & spec.from) != 0) spec.detected.push_back(&label);
  }
  if (const auto unless = node.Find("unless")) {
    unless->AllowKeys({"all", "in"});
    const Node all = (*unless)["all"];
    spec.unless = ReadArgumentPlace(all, all.NonEmptyString(), context);
    spec.allowed = &context.resources.allow.Find((*unless)["in"]);
  }
  context.resources.uses_labels = true;
  context.resources.asked_labels |= spec.from;
  words.push_back(std::make_unique<Flow>(std::move(spec)));
}

}  // namespace kedge::guards
