#include <algorithm>

#include "guards/micro_units.h"
#include "guards/operand.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/text/json_compare.h"

namespace kedge::guards {
namespace {

enum class Op { kEqual, kUnequal, kLess, kLessEqual, kGreater, kGreaterEqual, kIn, kNotIn };
constexpr std::string_view kOpNames[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not_in"};

struct Comparison {
  std::unique_ptr<Operand> left;
  Op op = Op::kEqual;
  std::unique_ptr<Operand> right;      // null with `allowed`
  const AllowList* allowed = nullptr;  // of `in` and `not_in`
  bool optional = false;
};

bool IsMembership(Op op) { return op == Op::kIn || op == Op::kNotIn; }

// Amounts are equal as amounts ("12.50" and 12.5); all else as JSON values.
bool SameValue(const Json& left, const Json& right) {
  if (left.is_string() != right.is_string()) {
    const auto a = MicroUnitsOf(left);
    const auto b = MicroUnitsOf(right);
    if (a && b) return *a == *b;
  }
  return text::EqualJson(left, right);
}

// -1, 0 or 1; nullopt when the two have no common order. Times are ordered as times, other texts
// not at all.
std::optional<int> Order(const Json& left, const Json& right) {
  std::optional<std::int64_t> a = MicroUnitsOf(left);
  std::optional<std::int64_t> b = MicroUnitsOf(right);
  if ((!a || !b) && left.is_string() && right.is_string()) {
    a = ParseSeconds(left.get_ref<const std::string&>());
    b = ParseSeconds(right.get_ref<const std::string&>());
  }
  if (!a || !b) return std::nullopt;
  return *a < *b ? -1 : *a > *b ? 1 : 0;
}

class CompareChecker : public Checker {
 public:
  explicit CompareChecker(const Comparison& what) : what_(what) {}

  CheckResult Check(const EventView& event) override {
    const OperandValue left = what_.left->Evaluate(event);
    if (left.failed() && left.code == "absent_argument" && what_.optional) return {};
    if (left.failed()) return CheckResult::Error(left.code, left.message, left.pointer);
    OperandValue right;
    if (what_.right) right = what_.right->Evaluate(event);
    if (right.failed()) return CheckResult::Error(right.code, right.message, right.pointer);
    if (what_.right && !IsMembership(what_.op) && right.values.size() != 1) {
      return CheckResult::Error("type_clash", "expected one value on the right, got " +
                                                  std::to_string(right.values.size()));
    }
    for (const Json& value : left.values) {
      const std::optional<bool> holds = Holds(value, right.values);
      if (!holds) {
        return CheckResult::Error("type_clash",
                                  "cannot order " + Shown(value) + " and " + Shown(right.values[0]),
                                  left.pointer);
      }
      if (!*holds) return Violated(value, right.values, left.pointer);
    }
    return {};
  }

 private:
  std::optional<bool> Holds(const Json& value, const std::vector<Json>& right) const {
    if (IsMembership(what_.op)) return IsMember(value, right) == (what_.op == Op::kIn);
    if (what_.op == Op::kEqual) return SameValue(value, right[0]);
    if (what_.op == Op::kUnequal) return !SameValue(value, right[0]);
    const std::optional<int> order = Order(value, right[0]);
    if (!order) return std::nullopt;
    switch (what_.op) {
      case Op::kLess:
        return *order < 0;
      case Op::kLessEqual:
        return *order <= 0;
      case Op::kGreater:
        return *order > 0;
      default:
        return *order >= 0;
    }
  }

  // A single array on the right stands for its elements.
  bool IsMember(const Json& value, const std::vector<Json>& right) const {
    if (what_.allowed != nullptr) {
      return value.is_string() && what_.allowed->Admits(value.get_ref<const std::string&>());
    }
    const auto same = [&value](const Json& other) { return SameValue(value, other); };
    if (right.size() == 1 && right[0].is_array()) {
      return std::any_of(right[0].begin(), right[0].end(), same);
    }
    return std::any_of(right.begin(), right.end(), same);
  }

  CheckResult Violated(const Json& value, const std::vector<Json>& right,
                       const std::string& pointer) const {
    std::string message = Shown(value) + " must be " +
                          std::string(kOpNames[static_cast<std::size_t>(what_.op)]) + " ";
    if (what_.allowed != nullptr) return CheckResult::Violated(message + "the allow-list", pointer);
    message += right.size() == 1 ? Shown(right[0]) : std::to_string(right.size()) + " values";
    return CheckResult::Violated(message, pointer);
  }

  static std::string Shown(const Json& value) {
    constexpr std::size_t kShown = 60;
    return EscapeControls(Elide(DumpJson(value), kShown));
  }

  const Comparison& what_;
};

class Compare : public Word {
 public:
  explicit Compare(Comparison what) : what_(std::move(what)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<CompareChecker>(what_);
  }

 private:
  Comparison what_;
};

Comparison ReadComparison(const Node& node, WordContext& context) {
  node.AllowKeys({"left", "op", "right", "optional"});
  Comparison what;
  what.left = Operand::Read(node["left"], context);
  const std::string op = node["op"].OneOf({"==", "!=", "<", "<=", ">", ">=", "in", "not_in"});
  what.op = static_cast<Op>(std::find(std::begin(kOpNames), std::end(kOpNames), op) -
                            std::begin(kOpNames));
  const Node right = node["right"];
  if (IsMembership(what.op) && right.is_string() && right.String().substr(0, 6) == "allow:") {
    what.allowed = &context.resources.allow.Find(right);
  } else {
    what.right = Operand::Read(right, context);
  }
  what.optional = node.BoolOr("optional", false);
  return what;
}

}  // namespace

void BuildCompare(const Node& node, WordContext& context, Words& words) {
  const std::vector<Node> items = node.is_array() ? node.Items() : std::vector<Node>{node};
  if (items.empty()) throw node.Fail("expected at least one comparison");
  for (const Node& item : items) {
    words.push_back(std::make_unique<Compare>(ReadComparison(item, context)));
  }
}

}  // namespace kedge::guards
