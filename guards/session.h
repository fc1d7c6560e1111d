#pragma once

#include <cstdint>

#include "guards/facts.h"
#include "guards/labels/provenance.h"
#include "guards/readers.h"

namespace kedge::guards {

/// What a monitor remembers of an episode for all rules together; words keep only what is theirs.
struct Session {
  Provenance provenance;
  FactTable facts;
  Readers readers;
  std::int64_t first_nanos = 0;  ///< of the first event with a time
  std::int64_t tokens = 0;       ///< of the events before this one

  void Reset() {
    provenance.Reset();
    facts.Reset();
    readers.Reset();
    first_nanos = 0;
    tokens = 0;
  }
};

}  // namespace kedge::guards
