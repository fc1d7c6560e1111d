#pragma once

#include <cstdint>
#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/certificate.h"

namespace kedge::loop {

/// One `kedge certify`: the champion against itself on the user's own suite.
struct CertifySessionOptions {
  std::string suite_folder;
  std::string champion_folder;
  std::string policy_file;              ///< empty: the defaults
  std::string certificate_file;         ///< where it goes; empty: output_folder/certificate.json
  std::string output_folder;            ///< journals; made when absent
  std::int64_t trials = 4;              ///< runs of every task, at least 2
  std::int64_t resampled_gates = 1000;  ///< at least 100
  std::int64_t end_to_end_gates = 0;    ///< gates with episodes of their own, paid for each
  std::uint64_t suite_seed = 0;         ///< 0: what suite.yaml says
  std::uint64_t variant = 0;            ///< of the world
  std::uint64_t run_seed = 1;
  unsigned threads = 2;
};

struct CertifySessionResult {
  gate::Certificate certificate;
  std::string file;
};

/// Runs the champion `trials` times over the suite, judges it against itself many times over those
/// runs and, when asked, in gates with fresh episodes (each arm with seeds of its own), and writes
/// the certificate, whole or not at all. A killed session goes on from its journals. Throws Error.
CertifySessionResult RunCertifySession(const CertifySessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer);

}  // namespace kedge::loop
