#include "harness/loop/guard_diff.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>

#include "guards/monitor.h"
#include "guards/trace_check.h"
#include "guards/trace_events.h"
#include "harness/core/parallel.h"
#include "harness/loop/trace_archive.h"

namespace kedge::loop {
namespace {

constexpr std::size_t kBatch = 1024;         // traces in memory at once
constexpr std::size_t kSlicesPerThread = 4;  // so that a slow slice does not hold up the rest

using guards::Decision;

std::vector<std::string> Speakers(const Decision& decision) {
  std::vector<std::string> out;
  for (const guards::Finding& finding : decision.findings) {
    out.push_back(finding.rule + ": " +
                  (finding.shadow ? "shadow" : std::string(ToString(finding.verdict))));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> Minus(const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

// Both policies over a part of a batch.
class Slice {
 public:
  Slice(const std::shared_ptr<const guards::Policy>& before,
        const std::shared_ptr<const guards::Policy>& after)
      : before_(before), after_(after) {}

  void Run(const std::string& file, const trace::Trace* begin, const trace::Trace* end) {
    for (const trace::Trace* trace = begin; trace != end; ++trace) Judge(file, *trace);
  }

  // Moves what was found to `out`.
  void AddTo(GuardDiffResult& out) {
    out.events += events_;
    out.same_verdict += same_verdict_;
    for (ChangedVerdict& change : changes_) {
      ++out.transitions[change.before + " -> " + change.after];
      out.changes.push_back(std::move(change));
    }
    events_ = same_verdict_ = 0;
    changes_.clear();
  }

 private:
  void Judge(const std::string& file, const trace::Trace& trace) {
    const std::vector<guards::Event> events = guards::EventsOf(trace);
    before_.Reset(trace.id);
    after_.Reset(trace.id);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Decision before = before_.Observe(events[i]);
      const Decision after = after_.Observe(events[i]);
      if (before.findings.empty() && after.findings.empty()) continue;
      Compare({file, trace.id, i + 1, guards::Describe(events[i]), {}, {}, {}, {}}, before, after);
    }
    Compare({file, trace.id, 0, "end of the episode", {}, {}, {}, {}}, before_.Finish(),
            after_.Finish());
    events_ += events.size();
  }

  void Compare(ChangedVerdict change, const Decision& before, const Decision& after) {
    const std::vector<std::string> old_speakers = Speakers(before);
    const std::vector<std::string> new_speakers = Speakers(after);
    if (before.verdict == after.verdict) {
      same_verdict_ += old_speakers != new_speakers;
      return;
    }
    change.before = ToString(before.verdict);
    change.after = ToString(after.verdict);
    change.gone = Minus(old_speakers, new_speakers);
    change.come = Minus(new_speakers, old_speakers);
    changes_.push_back(std::move(change));
  }

  guards::Monitor before_, after_;
  std::size_t events_ = 0;
  std::size_t same_verdict_ = 0;
  std::vector<ChangedVerdict> changes_;
};

class Replayer {
 public:
  Replayer(const std::string& before, const std::string& after, unsigned threads)
      : threads_(std::max(1U, threads)) {
    const auto old_policy = guards::Policy::Load(before);
    const auto new_policy = guards::Policy::Load(after);
    result_.before_digest = old_policy->digest();
    result_.after_digest = new_policy->digest();
    for (std::size_t i = 0; i < threads_ * kSlicesPerThread; ++i) {
      slices_.emplace_back(old_policy, new_policy);
    }
  }

  void Run(const std::string& archive) {
    ReadArchive(archive, [&](trace::Trace&& trace) {
      batch_.push_back(std::move(trace));
      if (batch_.size() == kBatch) Flush(archive);
    });
    Flush(archive);
  }

  GuardDiffResult Take() { return std::move(result_); }

 private:
  void Flush(const std::string& archive) {
    const std::size_t n = slices_.size();
    ParallelFor(n, threads_, [&](std::size_t i) {
      slices_[i].Run(archive, batch_.data() + batch_.size() * i / n,
                     batch_.data() + batch_.size() * (i + 1) / n);
    });
    for (Slice& slice : slices_) slice.AddTo(result_);
    result_.traces += batch_.size();
    batch_.clear();
  }

  const unsigned threads_;
  std::deque<Slice> slices_;  // monitors do not move
  std::vector<trace::Trace> batch_;
  GuardDiffResult result_;
};

}  // namespace

Json GuardDiffResult::ToJson() const {
  Json rows = Json::array();
  for (const ChangedVerdict& change : changes) {
    rows.push_back({{"file", change.file},
                    {"trace", change.trace},
                    {"event", change.event},
                    {"what", change.what},
                    {"before", change.before},
                    {"after", change.after},
                    {"gone", change.gone},
                    {"come", change.come}});
  }
  return {{"before", before_digest},    {"after", after_digest},
          {"traces", traces},           {"events", events},
          {"transitions", transitions}, {"same_verdict_other_findings", same_verdict},
          {"changes", std::move(rows)}};
}

GuardDiffResult RunGuardDiff(const std::string& before, const std::string& after,
                             const std::vector<std::string>& archives, unsigned threads) {
  Replayer replayer(before, after, threads);
  for (const std::string& archive : archives) replayer.Run(archive);
  return replayer.Take();
}

}  // namespace kedge::loop
