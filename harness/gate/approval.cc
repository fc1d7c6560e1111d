#include "harness/gate/approval.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::gate {

std::string AuthorOf(const strategy::Strategy& candidate, const std::string& told) {
  const auto require_key = [](const std::string& author, const std::string& where) {
    if (guards::IsPublicKey(author)) return;
    throw BadData("the author '" + author +
                  "' is no public key: 64 hexadecimal digits in lower "
                  "case are expected (kedge strategy keygen makes one)")
        .At(where);
  };
  if (!told.empty()) require_key(told, "--author");
  const Json& provenance = candidate.provenance();
  if (!provenance.is_object() || !provenance.contains("author")) return told;
  const Json& author = provenance["author"];
  const std::string said = author.is_string() ? author.get<std::string>() : DumpJson(author);
  const std::string where = "strategy " + candidate.name() + ", provenance.author";
  require_key(said, where);
  if (told.empty() || told == said) return said;
  throw BadData("the candidate names another author than --author: " + said).At(where);
}

guards::ApprovalStatement StatementOf(const Verdict& verdict, const std::string& author) {
  const Json evidence = {{"suite", verdict.suite_digest},
                         {"policy", verdict.policy_digest},
                         {"both", verdict.pairs.both},
                         {"neither", verdict.pairs.neither},
                         {"only_champion", verdict.pairs.only_champion},
                         {"only_candidate", verdict.pairs.only_candidate}};
  return {verdict.champion.hash, verdict.candidate.hash, JsonDigest(evidence),
          verdict.guard_policy_digest, author};
}

bool RequireApprovals(Verdict& verdict, const std::vector<Reason>& asked, const GatePolicy& policy,
                      const std::vector<guards::Approval>& approvals, const std::string& author,
                      std::int64_t unix_seconds) {
  const guards::ApprovalPolicy& rule = policy.change.approvals;
  const std::int64_t needed = std::max<std::int64_t>(rule.required, asked.empty() ? 0 : 1);
  if (verdict.kind != VerdictKind::kPromote || needed == 0) return false;
  const guards::ApprovalStatement statement = StatementOf(verdict, author);
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
