#include "tests/tasksuites/suite_verdicts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "agent_ref/reference_agent.h"
#include "harness/loop/lone_gate.h"
#include "tests/testing/needs.h"

namespace kedge::testing {
namespace {

std::uint64_t Seeds() {
  const char* seeds = std::getenv("KEDGE_VERDICT_SEEDS");
  return seeds == nullptr ? 5 : std::strtoull(seeds, nullptr, 10);
}

bool Names(const gate::Verdict& verdict, const std::string& code) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                     [&](const gate::Reason& reason) { return reason.code == code; });
}

}  // namespace

gate::Verdict GateBundled(const BundledSuite& suite, const std::string& candidate,
                          std::uint64_t suite_seed, const std::string& policy_file) {
  const TempFolder folder;
  loop::GateSessionOptions options;
  options.suite_folder = suite.Path();
  options.champion_folder = suite.Path("strategies/champion");
  options.policy_file = policy_file.empty() ? suite.Path("kedge.yaml") : policy_file;
  options.output_folder = folder.File("gate");
  options.suite_seed = suite_seed;
  Observer observer;
  return loop::RunLoneGate(std::move(options), suite.Strategy(candidate),
                           agent_ref::ReferenceAgentFactory(), SystemClock(), observer);
}

void ExpectVerdict(const BundledSuite& suite, const std::string& candidate, gate::VerdictKind kind,
                   const std::string& code, const std::string& policy_file) {
  const std::uint64_t seeds = Seeds();
  std::uint64_t right = 0;
  double pairs = 0, seconds = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const gate::Verdict verdict = GateBundled(suite, candidate, seed, policy_file);
    const bool as_expected = verdict.kind == kind && Names(verdict, code);
    right += as_expected ? 1 : 0;
    pairs += static_cast<double>(verdict.pairs.n);
    seconds += verdict.seconds;
    if (as_expected) continue;
    std::cout << candidate << " with suite seed " << seed << ": " << ToString(verdict.kind) << "\n";
  }
  ::testing::Test::RecordProperty(candidate, std::to_string(right));
  const auto n = static_cast<double>(seeds);
  std::cout << candidate << ": " << ToString(kind) << " " << code << " for " << right << " of "
            << seeds << " suite seeds, " << pairs / n << " pairs and " << seconds / n
            << " s each\n";
  EXPECT_GE(right + (seeds + 9) / 10, seeds) << candidate;
}

}  // namespace kedge::testing
