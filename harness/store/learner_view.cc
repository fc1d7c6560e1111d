#include "harness/store/learner_view.h"

#include <algorithm>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/trace/jsonl.h"

namespace kedge::store {
namespace {

constexpr const char* kDev = "dev";

std::shared_ptr<const suite::Suite> LoadDevSuite(const std::string& folder) {
  if (folder.empty()) return nullptr;
  return suite::Suite::Load(folder, {.split = kDev});
}

bool HasFamily(const suite::Suite& suite, const std::string& family) {
  return std::any_of(suite.strata().begin(), suite.strata().end(), [&](const auto& stratum) {
    return std::find(stratum.families.begin(), stratum.families.end(), family) !=
           stratum.families.end();
  });
}

}  // namespace

LearnerView::LearnerView(const std::string& suite_folder) : suite_(LoadDevSuite(suite_folder)) {}

// A trace of this suite whose family is no dev family is not of dev, whatever it says. The family
// decides, not the task: a learner's traces may come from populations of other seeds.
std::string LearnerView::SplitOf(const trace::Trace& trace) const {
  if (trace.split != kDev) return trace.split.empty() ? "unknown" : trace.split;
  if (suite_ && trace.key.suite == suite_->name() && !HasFamily(*suite_, trace.key.family)) {
    return "mislabelled";
  }
  return kDev;
}

bool LearnerView::Admit(const trace::Trace& trace) {
  const std::string split = SplitOf(trace);
  if (split == kDev) return true;
  ++refused_[split];
  return false;
}

void LearnerView::ReadTraces(const std::string& path,
                             const std::function<void(trace::Trace&&)>& sink) {
  LineReader lines(path);
  std::optional<Error> first;
  std::int64_t count = 0;
  while (const std::optional<std::string_view> line = lines.Next()) {
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    trace::Trace trace = trace::FromJsonLine(*line, path, lines.line_number()).ValueOrThrow();
    if (Admit(trace)) {
      sink(std::move(trace));
      continue;
    }
    ++count;
    if (!first) {
      first = Error(ErrorKind::kNotPermitted, "trace \"" + trace.id + "\" is of the split \"" +
                                                  SplitOf(trace) +
                                                  "\"; a learner reads \"dev\" and nothing else")
                  .At(path, lines.line_number(), "split");
    }
  }
  if (!first) return;
  if (count > 1) first->AddContext(std::to_string(count) + " traces refused, the first of them");
  throw *first;
}

std::vector<LearnerVerdict> LearnerView::Verdicts(Store& store, std::int64_t limit) {
  std::vector<LearnerVerdict> verdicts;
  for (const VerdictRow& row : store.Verdicts(limit)) {
    LearnerVerdict& verdict = verdicts.emplace_back();
    verdict.suite = row.suite;
    verdict.champion_hash = row.champion_hash;
    verdict.candidate_hash = row.candidate_hash;
    verdict.verdict = row.verdict;
    const auto reasons = row.document.find("reasons");
    if (reasons == row.document.end() || !reasons->is_array()) continue;
    for (const Json& reason : *reasons) {
      if (!reason.is_object() || !reason.contains("code") || !reason["code"].is_string()) continue;
      verdict.reasons.push_back(reason["code"].get<std::string>());
    }
  }
  return verdicts;
}

}  // namespace kedge::store
