#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/suite/scorers/numbers.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {
namespace {

/// A number of the answer is near the value.
class NumericScorer : public Scorer {
 public:
  NumericScorer(double value, double tolerance, std::string which)
      : value_(value), tolerance_(tolerance), which_(std::move(which)) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const std::vector<double> numbers = NumbersIn(evidence.final_text);
    if (numbers.empty()) return PassIf(false, "the answer holds no number");
    if (which_ == "any") {
      const bool pass =
          std::any_of(numbers.begin(), numbers.end(), [&](double number) { return Near(number); });
      return PassIf(pass, "no number of the answer is near " + DumpJson(value_));
    }
    const double number = which_ == "first" ? numbers.front() : numbers.back();
    return PassIf(Near(number), "the " + which_ + " number of the answer is " + DumpJson(number) +
                                    ", expected " + DumpJson(value_));
  }

 private:
  bool Near(double number) const { return std::abs(number - value_) <= tolerance_; }

  double value_;
  double tolerance_;
  std::string which_;
};

double ReadExpected(const Node& node) {
  if (!node.is_string()) return node.Number();
  const std::vector<double> numbers = NumbersIn(node.String());
  if (numbers.size() != 1) throw node.Fail("expected a number");
  return numbers[0];
}

}  // namespace

std::shared_ptr<const Scorer> MakeNumericScorer(const Node& spec) {
  spec.AllowKeys({"type", "value", "tolerance", "relative_tolerance", "which"});
  const double value = ReadExpected(spec["value"]);
  const double relative = spec.NumberOr("relative_tolerance", 0, 0, 1);
  const double tolerance = spec.NumberOr("tolerance", 0, 0) + relative * std::abs(value);
  // Amounts like 12.34 have no exact binary form; equality is meant up to rounding.
  const double rounding = 1e-12 * std::max(1.0, std::abs(value));
  return std::make_shared<NumericScorer>(
      value, tolerance + rounding,
      spec.Has("which") ? spec["which"].OneOf({"first", "last", "any"}) : "last");
}

}  // namespace kedge::suite
