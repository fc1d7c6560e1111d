// What goes wrong after an honest promotion.
#include "harness/loop/planted/planting.h"

namespace kedge::loop {

// The strategy is as it was; the world is another variant of itself.
strategy::Strategy StaleRules(const PlantingGround& ground) {
  LearnedRules(ground);
  return ground.learned;
}

// The agent went on writing in its memory after the gate had seen it, and lost half of it.
strategy::Strategy LaterDrift(const PlantingGround& ground) {
  std::vector<strategy::Operation> operations;
  const std::vector<strategy::Guideline> rules = LearnedRules(ground);
  for (std::size_t i = 0; i < rules.size(); i += 2) {
    operations.push_back({"retire", rules[i].id, "overwritten"});
  }
  return Plant(ground.learned, "later-drift", operations);
}

}  // namespace kedge::loop
