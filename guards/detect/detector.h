#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// Something a detector saw.
struct Detection {
  std::string rule;                ///< id of the pack's rule, e.g. "github-token", "payment-card"
  std::string kind;                ///< "secret", "pii", "injection", "hidden", "egress"
  std::size_t begin = 0, end = 0;  ///< byte range in the original text
  std::string view;                ///< which view showed it: "text", "folded", "base64", ...
  std::string pack;                ///< the pack the rule belongs to
};

/// A versioned set of detector rules. Immutable and shareable between threads; its digest goes into
/// the digest of every policy that uses it.
class DetectorPack {
 public:
  /// A pack by the name a policy gives it: a shipped one ("secrets/v1", "pii/v1", "pii-cards/v1",
  /// "injection/v1", "hidden/v1", "markdown-egress/v1", "yes/v1") or a file. Throws Error
  /// (kBadData) that lists the shipped names. Packs are built once per process and cached.
  static std::shared_ptr<const DetectorPack> Find(const std::string& name);
  static std::vector<std::string> ShippedNames();
  /// Several packs as one, which costs about as much to scan as the largest of them;
  /// `allowed_hosts` (see HostList) are left out of what "markdown-egress/v1" finds. Its digest
  /// covers all of that.
  static std::shared_ptr<const DetectorPack> Combine(
      const std::vector<std::string>& names, const std::vector<std::string>& allowed_hosts = {});

  virtual ~DetectorPack() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& digest() const = 0;
  /// How many rules it holds.
  virtual std::size_t rules() const = 0;
  /// Everything found in `text` and in its views, sorted by (begin, end, rule, view), each (range,
  /// rule) once. O(bytes). Throws Error(kBadData) when `text` is over the packs' byte limit (16
  /// MiB) encoded in so many ways that its views outgrow theirs, or gives more than 100,000
  /// findings.
  virtual std::vector<Detection> Scan(std::string_view text) const = 0;
  /// Whether anything is found; cheaper than Scan.
  virtual bool Matches(std::string_view text) const = 0;
};

}  // namespace kedge::guards
