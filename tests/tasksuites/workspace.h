#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::workspace_testing {

/// A file of the bundled suite; its folder without a name.
std::string WorkspacePath(const std::string& name = "");
strategy::Strategy Bundled(const std::string& name);

/// The champion with a file of the suite's `operations/` applied.
strategy::Strategy ChampionWith(const std::string& operations);

/// The suite's tasks; 0 takes the suite's own seed.
std::shared_ptr<const suite::Suite> Load(const std::string& split, std::uint64_t seed = 0,
                                         std::uint64_t variant = 0);

/// Every task of the suite once, in the suite's order, watched by the suite's guards.
std::vector<trace::Trace> RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                  const strategy::Strategy& strategy, std::uint64_t run_seed);

/// Share of successes in each family; "" stands for all.
std::map<std::string, double> RatesOf(const std::vector<trace::Trace>& traces);

}  // namespace kedge::workspace_testing
