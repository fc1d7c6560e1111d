#include "tests/guards/reference_run.h"

#include <gtest/gtest.h>

#include "tests/guards/policies.h"
#include "tests/guards/random_policy.h"
#include "tests/guards/reference_interpreter.h"

namespace kedge::guards {
namespace {

constexpr int kTracesPerPolicy = 80;
constexpr std::size_t kTraceLength = 10;

struct Tally {
  int policies = 0;
  int pairs = 0;
  int events = 0;
  int violations = 0;
  int errors = 0;
};

// The first disagreement ends the comparison of a trace.
void Compare(Evaluator& evaluator, const ReferenceInterpreter& truth,
             const std::vector<Event>& trace, const Json& policy, Tally& tally) {
  evaluator.Reset();
  ++tally.pairs;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const Decision decision = evaluator.Observe(trace[i]);
    const std::string found = Summary(decision);
    const std::string expected = truth.Judge(trace, i);
    ++tally.events;
    for (const Finding& finding : decision.findings) {
      ++(finding.error.empty() ? tally.violations : tally.errors);
    }
    ASSERT_EQ(found, expected) << "event " << i << " of "
                               << ExampleOf(std::vector<Event>(
                                      trace.begin(),
                                      trace.begin() + static_cast<std::ptrdiff_t>(i + 1)))
                               << "\nunder " << policy["rules"].dump(1);
  }
}

}  // namespace

void CompareWithReference(int pairs, std::uint64_t first_seed) {
  Tally tally;
  for (std::uint64_t seed = first_seed; tally.pairs < pairs; ++seed) {
    Random random(seed);
    const std::optional<Json> policy = RandomPolicy(random);
    if (!policy) continue;
    ++tally.policies;
    LoadedPolicy loaded(Document::FromValue(*policy, "random " + std::to_string(seed)));
    const ReferenceInterpreter truth(*policy);
    for (int i = 0; i < kTracesPerPolicy; ++i) {
      Compare(loaded.evaluator, truth, RandomTrace(random, kTraceLength, false), *policy, tally);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  ::testing::Test::RecordProperty("policies", tally.policies);
  ::testing::Test::RecordProperty("pairs", tally.pairs);
  ::testing::Test::RecordProperty("events", tally.events);
  ::testing::Test::RecordProperty("violations", tally.violations);
  ::testing::Test::RecordProperty("errors", tally.errors);
  EXPECT_GT(tally.violations, tally.events / 10);
  EXPECT_GT(tally.errors, tally.events / 100);
}

}  // namespace kedge::guards
