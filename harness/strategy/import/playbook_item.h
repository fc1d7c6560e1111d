#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::strategy {

/// One piece of advice from somebody else's memory, as it stood there.
struct PlaybookItem {
  std::string id;         ///< as in the file, made into a name; unique in a file
  std::string text;       ///< what to do; never empty
  std::string trigger;    ///< when to do it; may be empty
  std::string rationale;  ///< may be empty
  Json notes;             ///< object: what else the file says (section, category, counts, steps)
  std::string file;
  std::int64_t line = 0;  ///< 1-based; 0 when the format has no lines
};

/// An entry that is no advice (a fact, a trajectory).
struct SkippedItem {
  std::string id;
  std::string why;
  std::string file;
  std::int64_t line = 0;
};

struct ForeignPlaybook {
  std::string format;  ///< "altk-evolve" or "ace"
  std::vector<PlaybookItem> items;
  std::vector<SkippedItem> skipped;
};

}  // namespace kedge::strategy
