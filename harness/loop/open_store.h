#pragma once

#include <memory>
#include <string>

#include "harness/store/store.h"

namespace kedge::loop {

/// Opens or creates the history, its folder included.
std::unique_ptr<store::Store> OpenStore(const std::string& path, const Clock& clock);

/// The same for commands that read what others wrote: Error(kMissingInput) when there is no file.
std::unique_ptr<store::Store> OpenExistingStore(const std::string& path,
                                                const Clock& clock = SystemClock());

}  // namespace kedge::loop
