#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::ops_testing {

/// A file of the bundled suite; its folder without a name.
std::string OpsPath(const std::string& name = "");
strategy::Strategy Bundled(const std::string& name);

/// The suite's tasks; seed 0 takes the suite's own, variant 0 is the documented one.
std::shared_ptr<const suite::Suite> Load(const std::string& split, std::uint64_t seed = 0,
                                         std::uint64_t variant = 0);

/// Every task of the suite once, in the suite's order.
std::vector<trace::Trace> RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                  const strategy::Strategy& strategy, std::uint64_t run_seed);

}  // namespace kedge::ops_testing
