#pragma once

#include <cstdint>
#include <string>

#include "harness/trace/trace.h"
#include "reports/html_writer.h"
#include "reports/spool_file.h"

namespace kedge::reports {

/// What went wrong in an episode that did not succeed: how it ended when it broke off, else each
/// scorer that said no, one line each.
std::string Complaints(const trace::Outcome& outcome);

/// The part of a run's page that tells of episodes that did not succeed: the first in full, then
/// one line each, then a count. Kept on disk until the page is written; memory is constant.
class FailureList {
 public:
  /// `report`: path of the page.
  explicit FailureList(const std::string& report)
      : spool_(report), html_([this](std::string_view piece) { spool_.Write(piece); }) {}

  void Add(const trace::Trace& episode);
  void WriteTo(HtmlWriter& page);

 private:
  SpoolFile spool_;
  HtmlWriter html_;
  std::int64_t in_full_ = 0, listed_ = 0, unlisted_ = 0;
};

}  // namespace kedge::reports
