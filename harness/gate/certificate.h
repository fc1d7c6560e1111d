#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/json.h"
#include "harness/gate/certification.h"
#include "harness/gate/gate.h"
#include "harness/gate/noise.h"
#include "harness/gate/verdict.h"

namespace kedge::gate {

/// What a certificate is about: it says nothing about another suite, champion, agent or rule.
struct CertificateSubject {
  std::string suite_digest;
  std::string champion_hash;
  std::string rules_digest;  ///< RulesDigest of the policy
  std::string agent;         ///< fingerprint of the agent program

  bool operator==(const CertificateSubject&) const = default;
};
CertificateSubject SubjectOf(const GateInputs& inputs);

/// SHA-256 of the rules that a verdict follows from: the policy without ledger, vault, change
/// limits, drift and the certificate itself, guard rules included.
std::string RulesDigest(const GatePolicy& policy, const guards::Policy* guard_policy);

/// The measured error rates of a gate on its own suite and champion (`kedge certify`).
struct Certificate {
  CertificateSubject subject;
  std::string suite;
  std::string champion;
  std::int64_t created_unix_nanos = 0;
  double alpha = 0, alpha_block = 0;  ///< what the policy allows
  std::int64_t episodes = 0;
  std::int64_t missing = 0;
  UnchangedAgent resampled;   ///< gates over pairs drawn from the champion's runs
  UnchangedAgent end_to_end;  ///< gates with episodes of their own; `gates` 0 when none was run
  Noise noise;
  bool fits = false;  ///< the rates are within the levels
};

/// `kedge-certificate/1` with `digest`, SHA-256 over all the rest.
Json ToJson(const Certificate& certificate);
/// For a terminal: rates, noise, flaky tasks; outside text is escaped.
std::string CertificateText(const Certificate& certificate);

/// Why the certificate in `file` does not let this gate promote, as reason `uncertified`: there is
/// none, it was changed by hand, is about something else, too old or from the future, or says that
/// the error rates are above their levels. nullopt when it does. Throws Error(kBadData) naming the
/// file when it is no certificate.
std::optional<Reason> FindCertificateProblem(const std::string& file, std::int64_t max_age_days,
                                             const CertificateSubject& subject,
                                             std::int64_t now_unix_nanos);

}  // namespace kedge::gate
