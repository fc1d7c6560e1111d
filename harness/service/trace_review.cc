#include "harness/service/trace_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "guards/trace_events.h"
#include "harness/core/error.h"
#include "harness/core/log.h"

namespace kedge::service {
namespace {

constexpr const char* kGuards = "guards";  // member of a trace's `extra`

/// The findings of one trace, as they go into it.
struct Judgement {
  std::map<std::size_t, std::vector<trace::Step>> marks;  // by the step they stand behind
  std::map<std::string, int> violations;

  void Add(std::size_t behind, std::int64_t unix_nanos, const guards::Decision& decision) {
    std::set<std::string> broken;
    for (const guards::Finding& finding : decision.findings) {
      if (!finding.approved) broken.insert(finding.rule);
      trace::Step& step = marks[behind].emplace_back();
      step.kind = trace::StepKind::kGuard;
      step.actor = "guard";
      step.unix_nanos = unix_nanos;
      step.guard = {finding.rule, std::string(guards::ToString(finding.verdict)), finding.message};
      if (finding.shadow) step.guard.message += " (shadow: only recorded)";
      if (finding.late) step.guard.message += " (owed at the end)";
    }
    for (const std::string& rule : broken) ++violations[rule];
  }

  std::vector<trace::Step> Insert(std::vector<trace::Step>&& steps) {
    std::vector<trace::Step> out;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      out.push_back(std::move(steps[i]));
      const auto found = marks.find(i);
      if (found == marks.end()) continue;
      std::move(found->second.begin(), found->second.end(), std::back_inserter(out));
    }
    return out;
  }
};

void Count(const std::map<std::string, int>& violations, const guards::Policy& policy,
           trace::Trace& trace) {
  if (!trace.extra.is_object()) {
    trace.extra = trace.extra.is_null() ? Json::object() : Json{{"source", std::move(trace.extra)}};
  }
  trace.extra[kGuards] = {{"policy", policy.digest()}, {"violations", violations}};
  if (!trace.outcome) return;
  for (const auto& [rule, count] : violations) trace.outcome->violations[rule] += count;
  std::vector<std::string>& watched = trace.outcome->watched_guards;
  for (std::string& rule : policy.rule_ids()) {
    if (std::find(watched.begin(), watched.end(), rule) == watched.end()) {
      watched.push_back(std::move(rule));
    }
  }
}

/// What guards alone say of a trace that nobody graded.
std::optional<drift::GradedTrace> GradeByGuards(const trace::Trace& trace) {
  if (trace.outcome || !trace.extra.is_object() || !trace.extra.contains(kGuards)) {
    return std::nullopt;
  }
  drift::GradedTrace graded{trace.id, trace.key.stratum, {}, trace.inclusion_probability};
  graded.values["no_violation"] = trace.extra[kGuards]["violations"].empty() ? 1 : 0;
  return graded;
}

}  // namespace

TraceReview::TraceReview(const TraceReviewOptions& options, metrics::IngestMetrics& metrics)
    : metrics_(metrics), redactor_(loop::MakeRedactor(options.redaction)) {
  if (!options.guard_policy_file.empty()) {
    policy_ = guards::Policy::Load(options.guard_policy_file);
    monitor_ = std::make_unique<guards::Monitor>(policy_);
  }
  if (!options.watch) return;
  watch_.emplace(loop::OpenWatch(*options.watch));
  state_file_ = options.watch->state_file;
  Report();
}

TraceReview::~TraceReview() = default;

trace::Trace TraceReview::Review(trace::Trace&& trace) {
  if (monitor_) Judge(trace);
  if (!redactor_) return std::move(trace);
  guards::Redactor::Counts counts;
  trace::Trace redacted = redactor_->Redact(trace, &counts);
  for (const auto& [rule, count] : counts) metrics_.CountRedacted(rule, count);
  return redacted;
}

std::string TraceReview::Loggable(const std::string& line, const std::string& trace_id) const {
  return redactor_ ? redactor_->RedactText(line, trace_id) : line;
}

void TraceReview::Judge(trace::Trace& trace) {
  std::vector<std::size_t> steps;
  const std::vector<guards::Event> events = guards::EventsOf(trace, &steps);
  Judgement judgement;
  const auto note = [&](std::size_t step, const guards::Decision& decision) {
    judgement.Add(step, trace.steps[step].unix_nanos, decision);
    for (const guards::Finding& finding : decision.findings) {
      metrics_.CountGuardFinding(finding.rule, std::string(guards::ToString(finding.verdict)));
    }
  };
  monitor_->Reset(trace.id);
  for (std::size_t i = 0; i < events.size(); ++i) note(steps[i], monitor_->Observe(events[i]));
  if (!trace.steps.empty()) note(trace.steps.size() - 1, monitor_->Finish());
  trace.steps = judgement.Insert(std::move(trace.steps));
  Count(judgement.violations, *policy_, trace);
  metrics_.CountGuarded(judgement.violations.empty());
}

void TraceReview::CatchUp(const TraceLog& log) {
  if (!watch_) return;
  const loop::ArchivePlace end = log.end();
  if (watch_->place == end) return;
  if (watch_->place) {
    log.ReadFrom(*watch_->place, [this](trace::Trace&& trace) { Observe(trace); });
  }
  watch_->place = end;
  Report();
  Save();
}

void TraceReview::Written(const std::vector<trace::Trace>& traces, const loop::ArchivePlace& end) {
  if (!watch_ || traces.empty()) return;
  for (const trace::Trace& trace : traces) Observe(trace);
  watch_->place = end;
  Report();
  Save();
}

void TraceReview::Save() {
  if (state_file_.empty()) return;
  try {
    loop::SaveWatch(state_file_, *watch_);
  } catch (const Error& error) {
    Log(LogLevel::kError, std::string("saving the state of the watch: ") + error.what());
  }
}

void TraceReview::Observe(const trace::Trace& trace) {
  std::optional<drift::GradedTrace> graded = drift::Grade(trace, watch_->caps);
  if (!graded) graded = GradeByGuards(trace);
  if (!graded) return;
  const bool was_alarmed = watch_->watch.status().alarm;
  try {
    const drift::WatchStatus& status = watch_->watch.Observe(*graded);
    if (!status.alarm || was_alarmed) return;
    Log(LogLevel::kError,
        fmt::format("ALARM at trace {} ({} watched): {}{}, {:.0f} % of the statistic", graded->id,
                    status.traces, status.metric,
                    status.stratum.empty() ? "" : " in " + status.stratum, 100 * status.share));
  } catch (const Error& error) {
    Log(LogLevel::kWarning, std::string("not watched: ") + error.what());
  }
}

void TraceReview::Report() {
  const drift::WatchStatus& status = watch_->watch.status();
  metrics_.SetWatch({status.traces, watch_->watch.unwatched(), status.log_statistic,
                     watch_->watch.design().threshold, status.warn, status.alarm});
}

}  // namespace kedge::service
