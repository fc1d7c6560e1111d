#pragma once

#include <cstdint>
#include <string>

#include "harness/gate/verdict.h"
#include "tests/tasksuites/bundled_suite.h"

namespace kedge::testing {

/// The gate's verdict on one of a bundled suite's candidates against its champion, on tasks of
/// `suite_seed`, with a store of its own. `policy_file`: empty for the suite's kedge.yaml.
gate::Verdict GateBundled(const BundledSuite& suite, const std::string& candidate,
                          std::uint64_t suite_seed, const std::string& policy_file = "");

/// A verdict on a bundled candidate must not hang on luck: asks for it on fresh populations (5, or
/// as many as KEDGE_VERDICT_SEEDS says) and expects this verdict, for a reason of this code, on all
/// but one in ten of them, rounded up. Prints what became of the others.
void ExpectVerdict(const BundledSuite& suite, const std::string& candidate, gate::VerdictKind kind,
                   const std::string& code, const std::string& policy_file = "");

}  // namespace kedge::testing
