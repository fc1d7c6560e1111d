#include "guards/detect/detector.h"
#include "harness/core/error.h"

namespace kedge::guards {

// Builds without the detectors' library refuse every policy that names a pack.
__attribute__((weak)) std::shared_ptr<const DetectorPack> DetectorPack::Find(
    const std::string& name) {
  throw BadData("this build has no detector pack '" + name + "'");
}

__attribute__((weak)) std::shared_ptr<const DetectorPack> DetectorPack::Combine(
    const std::vector<std::string>& names, const std::vector<std::string>&) {
  return Find(names.at(0));
}

}  // namespace kedge::guards
