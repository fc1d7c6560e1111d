#pragma once

#include <memory>
#include <string>

#include "harness/store/store.h"

namespace kedge::loop {

/// Opens or creates the history, its folder included.
std::unique_ptr<store::Store> OpenStore(const std::string& path, const Clock& clock);

}  // namespace kedge::loop
