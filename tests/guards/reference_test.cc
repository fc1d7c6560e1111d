// The monitor against a second implementation that remembers nothing, on random policies and
// episodes: online (event by event) must equal offline (the whole prefix at hand).
#include <gtest/gtest.h>

#include <cstdlib>

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

TEST(Reference, AgreesWithTheMonitorOnAHundredThousandRandomEpisodes) {
  Tally tally;
  for (std::uint64_t seed = 1; tally.pairs < 100'000; ++seed) {
    Random random(seed);
    const std::optional<Json> policy = RandomPolicy(random);
    if (!policy) continue;
    ++tally.policies;
    LoadedPolicy loaded(Document::FromValue(*policy, "random " + std::to_string(seed)));
    const ReferenceInterpreter truth(*policy);
    for (int i = 0; i < kTracesPerPolicy; ++i) {
      Compare(loaded.evaluator, truth, RandomTrace(random, kTraceLength, false), *policy, tally);
      if (HasFatalFailure()) return;
    }
  }
  RecordProperty("policies", tally.policies);
  RecordProperty("pairs", tally.pairs);
  RecordProperty("events", tally.events);
  RecordProperty("violations", tally.violations);
  RecordProperty("errors", tally.errors);
  // The episodes must exercise the rules, or agreement would mean little.
  EXPECT_GT(tally.violations, tally.events / 10);
  EXPECT_GT(tally.errors, tally.events / 100);
}

// A monitor that was Reset, and one that never saw another episode, say the same of every prefix.
TEST(Reference, ResetForgetsEverything) {
  for (std::uint64_t seed = 1; seed < 200; ++seed) {
    Random random(seed);
    const std::optional<Json> policy = RandomPolicy(random);
    if (!policy) continue;
    LoadedPolicy used(Document::FromValue(*policy, "random"));
    for (const Event& event : RandomTrace(random, 40, false)) used.evaluator.Observe(event);
    used.evaluator.Reset();
    Evaluator fresh(*used.policy);
    for (const Event& event : RandomTrace(random, 40, false)) {
      ASSERT_EQ(Summary(used.evaluator.Observe(event)), Summary(fresh.Observe(event))) << seed;
    }
  }
}

}  // namespace
}  // namespace kedge::guards
