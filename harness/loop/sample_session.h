#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/loop/redaction.h"
#include "harness/stats/stratified_mean.h"
#include "harness/trace/jsonl.h"
#include "harness/trace/sampling/stratified_sampler.h"

namespace kedge::loop {

/// One `kedge sample`.
struct SampleSessionOptions {
  std::vector<std::string> inputs;  ///< traces of any format; "-" is standard input, kedge-trace/1
  std::string output_file;
  std::int64_t n = 200;
  std::uint64_t seed = 1;
  std::vector<std::string> dimensions;  ///< of the strata (trace::StratumOptionsFrom); empty: all
  double near = 0.9;           ///< similarity of calls from which traces count as one; 0: none do
  RedactionOptions redaction;  ///< of what is written
};

/// A mean over the traces of the stream: as the sample estimates it, and as it is.
struct SampledMeasure {
  std::string name;  ///< "success", "tool_calls", "tool_errors", "steps", "tokens", "cost"
  std::optional<stats::MeanEstimate> estimate;  ///< nullopt: no drawn trace says it
  std::optional<double> stream;                 ///< nullopt: no trace says it
};

struct SampleSessionResult {
  trace::ReadReport read;
  std::vector<trace::SampledStratum> strata;
  std::int64_t drawn = 0;            ///< before near-duplicates went
  std::int64_t near_duplicates = 0;  ///< left out; a trace that is kept stands for them
  std::int64_t written = 0;
  double population = 0;  ///< sum of the weights: what the sample stands for
  bool is_redacted = false;
  guards::Redactor::Counts redacted;
  std::vector<SampledMeasure> measures;
};

/// Draws a stratified sample in one pass and constant memory (1.5 n traces; formats of spans hold a
/// file) and writes it as kedge-trace/1, whole or not at all. Every trace carries its inclusion
/// probability and, in `extra.sampling`, its stratum. Of traces of one stratum that made nearly the
/// same calls one is written, with the weight of all. Damage in the inputs is in the report.
/// Throws Error(kUsage) for bad options and Error(kBadData) when there is no trace to draw.
SampleSessionResult RunSampleSession(const SampleSessionOptions& options);

}  // namespace kedge::loop
