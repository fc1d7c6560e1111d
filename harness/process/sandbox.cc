#include "harness/process/sandbox.h"

namespace kedge::process {

std::vector<std::string> WrapInBubblewrap(const std::string& bwrap, const std::string& program,
                                          const std::vector<std::string>& argv,
                                          const std::string& folder) {
  // clang-format off
  std::vector<std::string> wrapped = {bwrap,
      "--unshare-all", "--die-with-parent", "--new-session",
      "--ro-bind", "/", "/",
      "--dev", "/dev",
      "--proc", "/proc",
      "--tmpfs", "/tmp"};
  // clang-format on
  // The private /tmp hides everything below it; show the working folder again. The root folder
  // itself would undo the mounts above.
  if (folder != "/") wrapped.insert(wrapped.end(), {"--ro-bind", folder, folder});
  wrapped.insert(wrapped.end(), {"--chdir", folder, "--", program});
  wrapped.insert(wrapped.end(), argv.begin() + 1, argv.end());
  return wrapped;
}

}  // namespace kedge::process
