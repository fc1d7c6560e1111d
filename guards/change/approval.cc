#include "guards/change/approval.h"

#include <algorithm>
#include <set>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/signature.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kShownKey = 12;
constexpr std::size_t kKeyDigits = 64;

std::string Short(const std::string& key) { return key.substr(0, kShownKey) + "..."; }

}  // namespace

bool IsPublicKey(const std::string& text) {
  return text.size() == kKeyDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string ApprovalDigest(const ApprovalStatement& statement, std::int64_t expires) {
  return JsonDigest({{"format", "kedge-approval/1"},
                     {"base", statement.base},
                     {"candidate", statement.candidate},
                     {"evidence", statement.evidence},
                     {"guard_policy", statement.guard_policy},
                     {"author", statement.author},
                     {"expires", expires}});
}

Approval Approve(const ApprovalStatement& statement, std::int64_t expires,
                 const std::string& secret_key) {
  // The second half of an Ed25519 secret key is its public key.
  const std::string signature = Sign(ApprovalDigest(statement, expires), secret_key);
  return {secret_key.substr(secret_key.size() / 2), expires, signature};
}

Json ToJson(const Approval& approval) {
  return {{"format", "kedge-approval/1"},
          {"key", approval.key},
          {"expires", approval.expires},
          {"signature", approval.signature}};
}

Approval LoadApproval(const std::string& path) {
  const Node root = Document::Load(path).root();
  root.AllowKeys({"format", "key", "expires", "signature"});
  root["format"].OneOf({"kedge-approval/1"});
  return {root["key"].String(), root["expires"].Int(0), root["signature"].String()};
}

ApprovalCount CountApprovals(const ApprovalStatement& statement, const ApprovalPolicy& policy,
                             const std::vector<Approval>& approvals, std::int64_t unix_seconds) {
  ApprovalCount count;
  std::set<std::string> counted;
  for (const Approval& approval : approvals) {
    const auto refuse = [&](const char* why) {
      count.refused.push_back("the approval of " + Short(approval.key) + " does not count: " + why);
    };
    if (std::find(policy.keys.begin(), policy.keys.end(), approval.key) == policy.keys.end()) {
      refuse("the key is not one of the policy's");
    } else if (approval.key == statement.author) {
      refuse("nobody approves a candidate of their own");
    } else if (statement.author.empty() && policy.require_author) {
      refuse("the candidate's author is unknown, and the policy wants to know it");
    } else if (approval.expires <= unix_seconds) {
      refuse("it has expired");
    } else if (!Verify(ApprovalDigest(statement, approval.expires), approval.signature,
                       approval.key)) {
      refuse("the signature is not for this change, evidence and guard policy");
    } else if (!counted.insert(approval.key).second) {
      refuse("the same key approved twice");
    }
  }
  count.valid = static_cast<std::int64_t>(counted.size());
  return count;
}

}  // namespace kedge::guards
