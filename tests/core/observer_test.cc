#include "harness/core/observer.h"

#include <gtest/gtest.h>

namespace kedge {
namespace {

class Counting : public Observer {
 public:
  using Observer::On;
  void On(const EpisodeFinished& e) override { log += "episode " + e.arm + ";"; }
  void On(const PhaseFinished& e) override { log += "phase " + e.phase + ";"; }
  std::string log;
};

TEST(ObserverTest, AListHandsEveryEventToAll) {
  Counting first, second;
  ObserverList list;
  list.Add(&first);
  list.Add(&second);
  list.On(EpisodeFinished{.suite = "s", .stratum = "t", .arm = "candidate", .result = "success"});
  list.On(GuardTriggered{});
  list.On(ProgressMade{});
  list.On(PhaseFinished{.phase = "run", .seconds = 1});
  EXPECT_EQ(first.log, "episode candidate;phase run;");
  EXPECT_EQ(second.log, first.log);
}

}  // namespace
}  // namespace kedge
