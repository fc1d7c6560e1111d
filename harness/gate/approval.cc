#include "harness/gate/approval.h"

#include <algorithm>

namespace kedge::gate {

guards::ApprovalStatement StatementOf(const Verdict& verdict) {
  const Json evidence = {{"suite", verdict.suite_digest},
                         {"policy", verdict.policy_digest},
                         {"both", verdict.pairs.both},
                         {"neither", verdict.pairs.neither},
                         {"only_champion", verdict.pairs.only_champion},
                         {"only_candidate", verdict.pairs.only_candidate}};
  return {verdict.champion.hash, verdict.candidate.hash, JsonDigest(evidence),
          verdict.guard_policy_digest, ""};
}

bool RequireApprovals(Verdict& verdict, const std::vector<Reason>& asked, const GatePolicy& policy,
                      const std::vector<guards::Approval>& approvals, std::int64_t unix_seconds) {
  const guards::ApprovalPolicy& rule = policy.change.approvals;
  const std::int64_t needed = std::max<std::int64_t>(rule.required, asked.empty() ? 0 : 1);
  if (verdict.kind != VerdictKind::kPromote || needed == 0) return false;
  const guards::ApprovalStatement statement = StatementOf(verdict);
  const guards::ApprovalCount count =
      guards::CountApprovals(statement, rule, approvals, unix_seconds);
  verdict.approval = ApprovalState{statement, needed, count.valid};
  if (count.valid >= needed) return false;
  verdict.kind = VerdictKind::kHoldInconclusive;
  verdict.reasons = asked;
  verdict.reasons.push_back({"approval", "The evidence is there, but " + std::to_string(needed) +
                                             " approval(s) are needed and " +
                                             std::to_string(count.valid) + " count."});
  for (const std::string& why : count.refused) verdict.reasons.push_back({"approval", why});
  verdict.what_would_settle = {
      rule.keys.empty()
          ? "The policy names nobody who may approve: add public keys to change.approvals.keys."
          : "Have it approved (kedge strategy approve --verdict FILE --key FILE) and run the same "
            "gate again with --approval FILE."};
  return true;
}

}  // namespace kedge::gate
