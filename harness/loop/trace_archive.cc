#include "harness/loop/trace_archive.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/error.h"
#include "harness/trace/formats/read_any.h"

namespace kedge::loop {
namespace {

class Picks {
 public:
  explicit Picks(const std::vector<std::string>& picks) {
    constexpr std::string_view prefix = "trial=";
    for (const std::string& pick : picks) {
      if (!pick.starts_with(prefix)) {
        names_.push_back(pick);
        continue;
      }
      const char* end = pick.data() + pick.size();
      std::int64_t trial = 0;
      const auto parsed = std::from_chars(pick.data() + prefix.size(), end, trial);
      if (parsed.ec != std::errc() || parsed.ptr != end) {
        throw UsageError("'" + pick + "': expected trial=N");
      }
      trials_.push_back(trial);
    }
  }

  bool Keep(const trace::Trace& trace) const {
    for (const std::string& name : names_) {
      if (trace.agent != name && trace.key.stratum != name) return false;
    }
    return trials_.empty() ||
           std::find(trials_.begin(), trials_.end(), trace.key.trial) != trials_.end();
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::int64_t> trials_;
};

}  // namespace

std::string ReadArchive(const std::string& spec, const std::function<void(trace::Trace&&)>& sink) {
  const agent::RecordedSpec parsed = agent::ParseRecordedSpec(spec);
  const Picks picks(parsed.picks);
  const auto format = trace::DetectTraceFormat(parsed.path);
  if (!format) throw BadData("the format of the traces is not recognised").At(parsed.path);
  std::int64_t kept = 0;
  const trace::ReadReport report = trace::ReadTraces(parsed.path, {}, [&](trace::Trace&& trace) {
    if (!picks.Keep(trace)) return;
    ++kept;
    sink(std::move(trace));
  });
  if (report.bad > 0) throw Error(report.errors.front());
  if (kept == 0) throw BadData("no trace is left after picking '" + spec + "'").At(parsed.path);
  return std::string(ToString(*format));
}

}  // namespace kedge::loop
