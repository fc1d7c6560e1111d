#pragma once

#include <string_view>
#include <vector>

namespace kedge::guards {

/// A file that was compiled into the program.
struct EmbeddedFile {
  std::string_view path;  ///< below guards/, e.g. "packs/secrets/cloud.yaml"
  std::string_view text;
};

/// The shipped packs, sorted by path.
const std::vector<EmbeddedFile>& EmbeddedPacks();

}  // namespace kedge::guards
