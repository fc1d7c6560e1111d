#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "harness/trace/trace.h"

namespace kedge::testing {

/// A suite of tasksuites/ with its strategies, as the tests use it.
class BundledSuite {
 public:
  /// `guard_policy`: a file below the source tree that watches RunOnce; empty for none.
  constexpr explicit BundledSuite(const char* name, const char* guard_policy = "")
      : name_(name), guard_policy_(guard_policy) {}

  /// A file of the suite; its folder without a name.
  std::string Path(const std::string& file = "") const;
  strategy::Strategy Strategy(const std::string& name) const;
  /// The champion with a file of the suite's `operations/` applied.
  strategy::Strategy ChampionWith(const std::string& operations) const;

  /// The suite's tasks; seed 0 takes the suite's own, variant 0 is the documented one.
  std::shared_ptr<const suite::Suite> Load(const std::string& split, std::uint64_t seed = 0,
                                           std::uint64_t variant = 0) const;

  /// Every task of the suite once by the reference agent, in the suite's order.
  std::vector<trace::Trace> RunOnce(const std::shared_ptr<const suite::Suite>& suite,
                                    const strategy::Strategy& strategy,
                                    std::uint64_t run_seed) const;

 private:
  const char* name_;
  const char* guard_policy_;
};

inline constexpr BundledSuite kDispatch("dispatch", "guards/policies/dispatch.yaml");
inline constexpr BundledSuite kRetail("retail");
inline constexpr BundledSuite kOps("ops");
inline constexpr BundledSuite kWorkspace("workspace", "guards/policies/workspace.yaml");

/// Share of successes in each family; "" stands for all.
std::map<std::string, double> RatesOf(const std::vector<trace::Trace>& traces);

}  // namespace kedge::testing
