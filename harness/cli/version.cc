#include "harness/cli/version.h"

namespace kedge::cli {

std::string Version() { return KEDGE_VERSION; }

std::string Revision() { return KEDGE_REVISION; }

std::string VersionText() {
  return "kedge " + Version() + " (" + Revision() + ", " + KEDGE_COMPILER + ", " +
         KEDGE_BUILD_TYPE + ")";
}

}  // namespace kedge::cli
