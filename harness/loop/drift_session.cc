#include "harness/loop/drift_session.h"

#include "harness/core/atomic_file.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/trace_archive.h"

namespace kedge::loop {
namespace {

struct Arm {
  std::string format;
  std::vector<drift::Behaviour> runs;
  std::int64_t missing = 0;
};

Arm ReadArm(const std::string& spec, const drift::BehaviourOptions& options, const char* role) {
  Arm arm;
  try {
    arm.format = ReadArchive(spec, [&](trace::Trace&& trace) {
      if (auto behaviour = drift::MeasureBehaviour(trace, options)) {
        arm.runs.push_back(std::move(*behaviour));
      } else {
        ++arm.missing;
      }
    });
  } catch (Error& error) {
    throw Error(error.AddContext(std::string("reading the ") + role));
  }
  return arm;
}

}  // namespace

DriftSessionResult RunDriftSession(const DriftSessionOptions& options) {
  drift::BehaviourOptions behaviour;
  behaviour.judge = options.judge;
  drift::DriftOptions drift;
  if (!options.floors_file.empty()) drift.floors = drift::LoadFloors(options.floors_file);
  if (options.resamples < 99 || options.resamples > 1'000'000) {
    throw UsageError("--resamples: expected 99 to 1000000");
  }
  drift.resamples = options.resamples;
  drift.seed = options.seed;
  drift.latency_counts = !options.ignore_latency;
  drift.allow = {options.allow.begin(), options.allow.end()};
  drift.privileged = {options.privileged.begin(), options.privileged.end()};
  Arm champion = ReadArm(options.champion, behaviour, "champion");
  Arm candidate = ReadArm(options.candidate, behaviour, "candidate");

  DriftSessionResult result;
  result.missing = champion.missing + candidate.missing;
  result.champion_format = champion.format;
  result.candidate_format = candidate.format;
  result.report = drift::MeasureDrift(std::move(champion.runs), std::move(candidate.runs), drift);
  result.json = drift::ToJson(result.report);
  result.json["format"] = "kedge-drift/1";
  result.json["champion"] = options.champion;
  result.json["candidate"] = options.candidate;
  result.json["missing"] = result.missing;
  if (!options.write_floors_file.empty()) {
    WriteFileAtomic(options.write_floors_file,
                    PrettyJson(drift::FloorsToJson(drift::FloorsFrom(result.report))) + "\n");
  }
  return result;
}

}  // namespace kedge::loop
