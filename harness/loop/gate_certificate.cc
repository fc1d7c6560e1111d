// The certificate that a policy may require before an episode is paid for.
#include "harness/gate/certificate.h"
#include "harness/loop/gate_steps.h"

namespace kedge::loop {

std::optional<gate::Verdict> RequireCertificate(const GateSession& session) {
  const std::optional<gate::CertificatePolicy>& wanted = session.files.policy.certificate;
  if (!wanted) return std::nullopt;
  std::optional<gate::Reason> problem =
      gate::FindCertificateProblem(wanted->file, wanted->max_age_days,
                                   gate::SubjectOf(session.inputs), session.clock.UnixNanos());
  if (!problem) return std::nullopt;
  gate::Verdict verdict =
      VerdictWithoutEpisodes(session, gate::VerdictKind::kHoldInconclusive, {std::move(*problem)});
  verdict.what_would_settle = {"Certify this gate: kedge certify " + session.options.suite_folder +
                               " --champion " + session.options.champion_folder + " --policy " +
                               session.options.policy_file + " --certificate " + wanted->file +
                               "."};
  return verdict;
}

}  // namespace kedge::loop
