#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::guards {

/// Who may approve a promotion and how many of them must. Keys are Ed25519 public keys (RFC 8032),
/// 64 hexadecimal digits.
struct ApprovalPolicy {
  std::int64_t required = 0;      ///< 0: none, unless a finding asks for one, which then needs one
  std::vector<std::string> keys;  ///< of everyone who may approve
  bool require_author = false;    ///< no approval counts while the author is unknown
};

/// True for 64 hexadecimal digits in lower case.
bool IsPublicKey(const std::string& text);

/// What is signed: this change, judged on this evidence under these rules.
struct ApprovalStatement {
  std::string base;          ///< hash of the champion
  std::string candidate;     ///< hash of the candidate; with `base` it fixes the difference
  std::string evidence;      ///< digest of the verdict that asks for the approval
  std::string guard_policy;  ///< digest of the guard policy; may be empty
  std::string author;        ///< public key of the candidate's author; empty when unknown
};

/// One person's word. Times are seconds since the epoch.
struct Approval {
  std::string key;  ///< public key of the approver
  std::int64_t expires = 0;
  std::string signature;  ///< 128 hexadecimal digits
};

/// SHA-256 that an approval with this expiry signs.
std::string ApprovalDigest(const ApprovalStatement& statement, std::int64_t expires);
/// Signs as the holder of `secret_key` (128 hexadecimal digits).
Approval Approve(const ApprovalStatement& statement, std::int64_t expires,
                 const std::string& secret_key);

Json ToJson(const Approval& approval);
/// Reads a file that holds {"format": "kedge-approval/1", "key", "expires", "signature"}. Throws
/// Error(kMissingInput, kBadData) with file, line and field.
Approval LoadApproval(const std::string& path);

struct ApprovalCount {
  std::int64_t valid = 0;            ///< distinct approvers whose word counts
  std::vector<std::string> refused;  ///< why each of the others does not
};

/// Counts the approvers. A word counts once per key, and only if the key is the policy's and not
/// the author's (who must be known where the policy says so), the signature is good and
/// `unix_seconds` is before its expiry. Pure.
ApprovalCount CountApprovals(const ApprovalStatement& statement, const ApprovalPolicy& policy,
                             const std::vector<Approval>& approvals, std::int64_t unix_seconds);

}  // namespace kedge::guards
