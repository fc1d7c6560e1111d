#pragma once

#include <map>
#include <string>

#include "guards/change_guard.h"
#include "harness/core/random.h"

namespace kedge::guards {

/// What the scenarios are about: a champion of the web shop, its tools, hidden tasks and the dev
/// traces that a learner had.
struct ChangeWorld {
  ChangeWorld();

  strategy::Strategy champion;
  ChangePolicy policy;
  std::shared_ptr<LeakIndex> hidden = std::make_shared<LeakIndex>();
  SourceTraces traces;
  ChangeEvidence evidence;
};

/// A change and, for an attack, the rule that must speak of it.
struct Scenario {
  std::string name;
  std::string rule;  ///< empty: honest
  std::map<std::string, Json> layers;
  Json provenance = {{"split", "dev"}};
};

/// The `index`-th attack; kinds take turns, their wording is drawn.
Scenario Attack(const ChangeWorld& world, int index, Random& random);
/// What a learner or a careful person would change.
Scenario HonestChange(const ChangeWorld& world, Random& random);

}  // namespace kedge::guards
