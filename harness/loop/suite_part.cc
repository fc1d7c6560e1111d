#include "harness/loop/suite_part.h"

namespace kedge::loop {

std::shared_ptr<const suite::Suite> LoadSuitePart(const SuitePart& part) {
  suite::SuiteOptions options;
  options.seed = part.seed;
  options.split = part.split;
  options.tasks_per_family = part.tasks_per_family;
  options.variant = part.variant;
  options.data = part.data;
  return suite::Suite::Load(part.folder, options);
}

}  // namespace kedge::loop
