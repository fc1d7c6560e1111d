#include "reports/failure_list.h"

#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "reports/trace_view.h"

namespace kedge::reports {
namespace {

constexpr std::int64_t kFailuresInFull = 200;
constexpr std::int64_t kFailuresListed = 10'000;
// Of page text; failures in full stop there even when they are fewer.
constexpr std::size_t kFullBytes = 8 << 20;
constexpr std::size_t kComplaintBytes = 300;

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string Complaints(const trace::Outcome& outcome) {
  if (outcome.end != "answered") {
    return outcome.end + (outcome.end_detail.empty() ? "" : ": " + outcome.end_detail);
  }
  std::string text;
  for (const trace::Score& score : outcome.scores) {
    if (score.pass) continue;
    if (!text.empty()) text += '\n';
    text += score.scorer + (score.why.empty() ? "" : ": " + score.why);
  }
  return text.empty() ? "failed" : text;
}

void FailureList::Add(const trace::Trace& episode) {
  const bool in_full = listed_ == 0 && in_full_ < kFailuresInFull && html_.size() < kFullBytes;
  if (!in_full && listed_ == kFailuresListed) {
    ++unlisted_;
    return;
  }
  const std::string title = Elide(episode.id, kComplaintBytes) + ": " +
                            Elide(FirstLine(Complaints(*episode.outcome)), kComplaintBytes);
  if (!in_full) {
    ++listed_;
    html_.Leaf("div", title);
    return;
  }
  ++in_full_;
  const auto details = html_.Open("details");
  html_.Leaf("summary", title);
  WriteTrace(html_, episode);
}

void FailureList::WriteTo(HtmlWriter& page) {
  html_.Finish();
  if (in_full_ == 0) return;
  page.Leaf("h2", "Episodes that did not succeed");
  spool_.CopyTo([&](std::string_view piece) { page.Trusted(piece); });
  if (unlisted_ > 0) {
    page.Leaf("p", fmt::format("{} more are in the results file.", unlisted_));
  }
}

}  // namespace kedge::reports
