#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "guards/micro_units.h"
#include "guards/words/builders.h"
#include "guards/words/occurrence.h"
#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

// One bound: how often, or how much in sum.
struct Bound {
  std::int64_t limit = 0;          // a count, or micro-units
  std::optional<std::string> sum;  // JSON Pointer of the amount; a count without it
  std::optional<KeySpecId> same;
  std::string same_described;
  bool successes = false;  // count what succeeded instead of what was tried
  bool per_turn = false;   // counted anew whenever the agent's turn begins
  const Match* match = nullptr;
  ToolSet tools;  // of the rule's, those that count

  bool Restarts(EventType type) const { return per_turn && BeginsTurn(type); }
  bool Counts(EventType type, ToolId tool) const {
    if (!HasTool(match->event)) return type == match->event;
    const EventType counted = successes ? EventType::kToolResult : match->event;
    return type == counted && tools.Has(tool);
  }
};

class AtMostChecker : public Checker {
 public:
  explicit AtMostChecker(const Bound& bound) : bound_(bound) {}

  CheckResult Check(const EventView& event) override {
    if (HasTool(event.type()) && !bound_.tools.Has(event.tool())) return CheckResult::Holds();
    std::size_t slot = 0;
    if (bound_.same) {
      const Key& key = event.key(*bound_.same);
      if (key.status != Key::Status::kFound) return CheckResult::BadKey(key);
      slot = key.id;
    }
    const std::int64_t spent = slot < spent_.size() ? spent_[slot] : 0;
    // An approved call was counted when it was asked about.
    const bool counted = event.resubmitted() && !bound_.successes;
    if (bound_.sum) return CheckSum(event, spent, counted);
    return CheckCount(counted && spent > 0 ? spent - 1 : spent);
  }

  void Follow(const EventView& event) override {
    if (bound_.Restarts(event.type())) spent_.clear();
    if (!bound_.Counts(event.type(), event.tool())) return;
    if (bound_.successes && !event.succeeded()) return;
    if (!bound_.match->Accepts(event).value_or(true)) return;
    std::size_t slot = 0;
    if (bound_.same) {
      const Key& key = event.key(*bound_.same);
      if (key.status != Key::Status::kFound) return;  // Check has said so
      slot = key.id;
    }
    // An amount that cannot be read was refused by Check; it adds nothing that was not stopped.
    const std::int64_t amount = bound_.sum ? Amount(event).value_or(0) : 1;
    if (slot >= spent_.size()) spent_.resize(slot + 1);
    if (__builtin_add_overflow(spent_[slot], amount, &spent_[slot])) spent_[slot] = INT64_MAX;
  }

  void Reset() override { spent_.clear(); }

 private:
  CheckResult CheckCount(std::int64_t spent) const {
    if (spent < bound_.limit) return CheckResult::Holds();
    return CheckResult::Violated("would be number " + std::to_string(spent + 1) + Same() +
                                 "; at most " + std::to_string(bound_.limit) + " allowed");
  }

  CheckResult CheckSum(const EventView& event, std::int64_t spent, bool counted) const {
    const std::optional<std::int64_t> amount = event.amount(*bound_.sum);
    if (!amount && text::ResolvePointer(event.arguments(), *bound_.sum) == nullptr) {
      return CheckResult::Error("absent_argument", "the argument " + *bound_.sum + " is missing",
                                *bound_.sum);
    }
    if (!amount || *amount < 0) {
      return CheckResult::Error("bad_amount",
                                "expected an amount such as \"12.50\", 0 or more, with at most six "
                                "decimal places",
                                *bound_.sum);
    }
    if (counted) spent -= std::min(spent, *amount);
    std::int64_t total = 0;
    if (!__builtin_add_overflow(spent, *amount, &total) && total <= bound_.limit) {
      return CheckResult::Holds();
    }
    return CheckResult::Violated("would bring the sum" + Same() + " from " +
                                     FormatMicroUnits(spent) + " by " + FormatMicroUnits(*amount) +
                                     " above " + FormatMicroUnits(bound_.limit),
                                 *bound_.sum);
  }

  std::optional<std::int64_t> Amount(const EventView& event) const {
    const std::optional<std::int64_t> amount = event.amount(*bound_.sum);
    return amount && *amount >= 0 ? amount : std::nullopt;
  }

  std::string Same() const {
    return bound_.same ? " with the same " + bound_.same_described : std::string();
  }

  const Bound& bound_;
  std::vector<std::int64_t> spent_;  // by key; one element without keys
};

class AtMost : public Word {
 public:
  explicit AtMost(Bound bound) : bound_(std::move(bound)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<AtMostChecker>(bound_);
  }
  bool Follows(EventType type, ToolId tool) const override {
    return bound_.Counts(type, tool) || bound_.Restarts(type);
  }

 private:
  Bound bound_;
};

// A bound on what the whole episode takes, this event included: model tokens, or seconds since its
// first event.
class SessionBoundChecker : public Checker {
 public:
  SessionBoundChecker(bool tokens, std::int64_t limit) : tokens_(tokens), limit_(limit) {}

  CheckResult Check(const EventView& event) override {
    std::int64_t used = event.session().tokens + event.event().tokens;
    if (!tokens_) {
      const std::int64_t now = event.event().unix_nanos;
      const std::int64_t first = event.session().first_nanos;
      if (now == 0) return CheckResult::Error("absent_time", "the event has no time");
      if (now < first) return CheckResult::Error("absent_time", "time runs backwards");
      used = first == 0 ? 0 : (now - first) / kNanosPerSecond;
    }
    if (used <= limit_) return CheckResult::Holds();
    return CheckResult::Violated(std::to_string(used) + (tokens_ ? " tokens" : " seconds") +
                                 " used in this session; at most " + std::to_string(limit_) +
                                 " allowed");
  }

 private:
  const bool tokens_;
  const std::int64_t limit_;
};

class SessionBound : public Word {
 public:
  SessionBound(bool tokens, std::int64_t limit) : tokens_(tokens), limit_(limit) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<SessionBoundChecker>(tokens_, limit_);
  }

 private:
  const bool tokens_;
  const std::int64_t limit_;
};

// The rule's tools, narrowed by the entry's own words.
ToolSet Narrowed(const Node& entry, const WordContext& context) {
  ToolSet tools = context.match.tools;
  if (!entry.Has("tool") && !entry.Has("tool_group") && !entry.Has("effect") &&
      !entry.Has("except")) {
    return tools;
  }
  NeedTool(entry, context.match, "tool");
  const ToolSet named = ReadToolSet(entry, context.catalog);
  if (!named.Has(kUnknownTool)) tools.ForgetUnknown();
  for (const ToolId id : tools.ids()) tools.Set(id, named.Has(id));
  if (tools.empty()) throw entry.Fail("the rule matches none of these tools");
  return tools;
}

void ReadSum(const Node& entry, const WordContext& context, Bound& bound) {
  const Node sum = entry["sum"];
  const std::string place = sum.NonEmptyString();
  NeedTool(sum, context.match, "sum");
  if (place.substr(0, 5) != "args:") throw sum.Fail("expected args:/pointer/to/the/amount");
  bound.sum = place.substr(5);
  const std::vector<ToolId> ids = bound.tools.ids();
  for (const ToolId id : ids) context.catalog.CheckPointer(id, *bound.sum, sum);
  const Node max = entry["max"];
  const auto limit = MicroUnitsOf(max.json());
  if (!limit || *limit < 0) throw max.Fail("expected an amount such as '1000.00'");
  bound.limit = *limit;
}

std::unique_ptr<Word> ReadSessionBound(const Node& entry) {
  const bool tokens = entry.Has("tokens");
  const char* const key = tokens ? "tokens" : "seconds";
  entry.AllowKeys({key, "per"});
  entry["per"].OneOf({"session"});
  return std::make_unique<SessionBound>(tokens, entry[key].Int(0, 1'000'000'000'000));
}

Bound ReadBound(const Node& entry, WordContext& context) {
  entry.AllowKeys(
      {"n", "sum", "max", "per", "same", "of", "tool", "tool_group", "effect", "except"});
  Bound bound;
  bound.match = &context.match;
  bound.tools = Narrowed(entry, context);
  if (entry.Has("n") == entry.Has("sum")) throw entry.Fail("give either n or sum with max");
  if (entry.Has("sum")) {
    ReadSum(entry, context, bound);
  } else {
    if (entry.Has("max")) throw entry["max"].Fail("belongs to sum");
    bound.limit = entry["n"].Int(0, 1'000'000'000);
  }
  bound.per_turn = entry["per"].OneOf({"session", "turn"}) == "turn";
  if (const auto of = entry.Find("of")) {
    bound.successes = of->OneOf({"attempts", "successes"}) == "successes";
    if (bound.successes && context.match.event != EventType::kToolCall) {
      throw of->Fail("successes are counted by rules about tool calls only");
    }
  }
  if (const auto same = entry.Find("same")) {
    NeedTool(*same, context.match, "same");
    bound.same = ReadSame(*same, bound.tools, context);
    bound.same_described = KeySpec::Read(*same).Describe();
  }
  return bound;
}

}  // namespace

void BuildAtMost(const Node& node, WordContext& context, Words& words) {
  const std::vector<Node> entries = node.is_array() ? node.Items() : std::vector<Node>{node};
  if (entries.empty()) throw node.Fail("expected at least one bound");
  for (const Node& entry : entries) {
    if (entry.is_object() && (entry.Has("tokens") || entry.Has("seconds"))) {
      words.push_back(ReadSessionBound(entry));
      continue;
    }
    words.push_back(std::make_unique<AtMost>(ReadBound(entry, context)));
  }
}

}  // namespace kedge::guards
