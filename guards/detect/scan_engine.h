#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guards/detect/detector.h"
#include "guards/detect/detector_rule.h"
#include "guards/detect/host_list.h"
#include "harness/text/aho_corasick.h"
#include "harness/text/views.h"

namespace kedge::guards {

struct ScanHit;

/// Runs a set of rules over a text and its views. One pass finds keywords (Aho-Corasick) and
/// digits; expressions run only around these, each byte at most once for each rule. Immutable,
/// shareable between threads; the rules must outlive it.
class ScanEngine {
 public:
  ScanEngine(std::vector<const DetectorRule*> rules, HostList allowed_hosts);

  /// Findings in `text` and its views, sorted by (begin, end, rule); a finding that overlaps one of
  /// the same rule in an earlier view is left out. With `first_only` at most one is returned.
  /// Throws Error(kBadData) above 16 MiB or when the views outgrow their limit.
  std::vector<Detection> Scan(std::string_view text, bool first_only) const;

  std::size_t rules() const { return rules_.size(); }

 private:
  friend class LayerScan;

  void AddKeywords();
  void ScanHidden(std::string_view text, std::vector<ScanHit>& found) const;
  // The views of the text, segment by segment; `names` gathers theirs, by layer.
  void ScanViews(std::string_view text, std::uint32_t disguises, bool first_only,
                 std::vector<ScanHit>& found, std::vector<std::string>& names) const;
  void ScanSegment(std::string_view text, std::size_t begin, std::uint32_t disguises,
                   bool first_only, std::vector<ScanHit>& found,
                   std::vector<std::string>& names) const;
  std::vector<Detection> Report(std::vector<ScanHit>& found,
                                const std::vector<std::string>& names) const;

  // A keyword; its rules are uses_[first_use .. first_use + uses).
  struct Keyword {
    std::uint32_t length = 0, first_use = 0, uses = 0;
  };
  // What an occurrence of a keyword means to one rule, without a look at the rule.
  struct Use {
    std::uint32_t rule = 0;
    DetectorMethod method = DetectorMethod::kPattern;
    bool named = false, starts = false;
    std::uint32_t run = 0;
  };

  std::vector<const DetectorRule*> rules_;
  HostList allowed_hosts_;
  std::vector<Keyword> known_;
  std::vector<Use> uses_;
  std::unique_ptr<const text::AhoCorasick> keywords_;
  std::vector<std::uint32_t> email_, card_, iban_, ssn_, ip_, hidden_, link_;  // rules by finder
  std::vector<std::uint32_t> always_;  // patterns without keywords
  bool needs_digits_ = false;
};

}  // namespace kedge::guards
