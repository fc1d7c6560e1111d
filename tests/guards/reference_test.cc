// The monitor against a second implementation that remembers nothing, on random policies and
// episodes: online (event by event) must equal offline (the whole prefix at hand).
#include <gtest/gtest.h>

#include "tests/guards/policies.h"
#include "tests/guards/random_policy.h"
#include "tests/guards/reference_run.h"

namespace kedge::guards {
namespace {

TEST(Reference, AgreesWithTheMonitorOnAHundredThousandRandomEpisodes) {
  CompareWithReference(100'000, 1);
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
