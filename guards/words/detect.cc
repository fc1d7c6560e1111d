#include <algorithm>

#include "guards/words/builders.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kTail = 256;  // bytes of the message before, for what is split over two

struct DetectSpec {
  EventType event = EventType::kFinalOutput;
  std::shared_ptr<const DetectorPack> pack;
  std::vector<Place> of;  // none: every text of the event
};

class DetectChecker : public Checker {
 public:
  explicit DetectChecker(const DetectSpec& spec) : spec_(spec) {}

  CheckResult Check(const EventView& event) override {
    std::vector<Spot> spots;
    const std::vector<Leaf> leaves = TextsOf(event);
    for (const Leaf& leaf : leaves) {
      for (const Detection& found : spec_.pack->Scan(leaf.text)) {
        spots.push_back({leaf.pointer, found.begin, found.end, found.view, Describe(found)});
      }
    }
    AddJoined(leaves, spots);
    AddSplit(event, spots);
    if (spots.empty()) return {};
    CheckResult result = CheckResult::Violated("holds what may not be there");
    result.problem().spots = std::move(spots);
    return result;
  }

  void Follow(const EventView& event) override {
    tail_ += event.text();
    if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
  }
  void Reset() override { tail_.clear(); }

 private:
  std::vector<Leaf> TextsOf(const EventView& event) const {
    const bool of_result = event.type() == EventType::kToolResult;
    const Json& value = of_result ? event.result() : event.arguments();
    std::vector<Leaf> out;
    if (spec_.of.empty()) {
      if (!event.text().empty()) out.push_back({"", event.text(), true, false});
      if (HasArguments(event.type())) Append(value, "", out);
      return out;
    }
    for (const Place& place : spec_.of) {
      std::vector<Placed> found;
      place.Select(value, found);  // what is absent holds nothing
      for (const Placed& placed : found) Append(*placed.value, placed.pointer, out);
    }
    return out;
  }

  static void Append(const Json& value, const std::string& pointer, std::vector<Leaf>& out) {
    for (Leaf& leaf : LeavesOf(value, pointer)) {
      if (!leaf.text.empty()) out.push_back(std::move(leaf));
    }
  }

  // What is split over several arguments.
  void AddJoined(const std::vector<Leaf>& leaves, std::vector<Spot>& spots) const {
    if (leaves.size() < 2) return;
    std::string joined;
    std::vector<std::size_t> ends;
    for (const Leaf& leaf : leaves) ends.push_back((joined += leaf.text).size());
    for (const Detection& found : spec_.pack->Scan(joined)) {
      const auto first = std::upper_bound(ends.begin(), ends.end(), found.begin);
      if (first == ends.end() || found.end <= *first) continue;  // in one: seen already
      spots.push_back({"", 0, 0, found.view, Describe(found) + ", split over several texts"});
    }
  }

  // What began in the message before.
  void AddSplit(const EventView& event, std::vector<Spot>& spots) const {
    if (tail_.empty() || event.text().empty()) return;
    const std::size_t before = tail_.size();
    for (const Detection& found : spec_.pack->Scan(tail_ + event.text().substr(0, kTail))) {
      if (found.begin >= before || found.end <= before) continue;
      spots.push_back({"", 0, found.end - before, found.view,
                       Describe(found) + ", begun in the message before"});
    }
  }

  static std::string Describe(const Detection& found) {
    return found.rule + " (" + found.kind + ")" +
           (found.view == "text" ? "" : " in the view " + found.view);
  }

  const DetectSpec& spec_;
  std::string tail_;
};

class Detect : public Word {
 public:
  explicit Detect(DetectSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<DetectChecker>(spec_);
  }
  bool Follows(EventType type, ToolId) const override {
    return type == spec_.event && !HasTool(type);
  }
  bool CanRedact() const override { return true; }

 private:
  DetectSpec spec_;
};

}  // namespace

void BuildDetect(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"packs", "of", "allow_hosts"});
  DetectSpec spec;
  spec.event = context.match.event;
  std::vector<std::string> hosts;
  if (const auto allow = node.Find("allow_hosts")) {
    hosts = context.resources.allow.Find(*allow).entries();
  }
  spec.pack = context.resources.UsePacks(node["packs"], hosts);
  if (const auto of = node.Find("of")) {
    const std::vector<Node> items = of->is_array() ? of->Items() : std::vector<Node>{*of};
    for (const Node& item : items) {
      const std::string place = item.NonEmptyString();
      spec.of.push_back(context.match.event == EventType::kToolResult
                            ? Place::Read(item, place)
                            : ReadArgumentPlace(item, place, context));
    }
  }
  if (context.match.event == EventType::kToolResult) context.resources.uses_results = true;
  words.push_back(std::make_unique<Detect>(std::move(spec)));
}

}  // namespace kedge::guards
