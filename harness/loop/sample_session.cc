#include "harness/loop/sample_session.h"

#include <array>
#include <utility>

#include "harness/core/error.h"
#include "harness/text/minhash.h"
#include "harness/trace/archive_writer.h"
#include "harness/trace/formats/read_any.h"
#include "harness/trace/sampling/stratum.h"

namespace kedge::loop {
namespace {

constexpr double kLevel = 0.95;

using Measure = std::optional<double> (*)(const trace::Trace&);

bool IsJudged(const trace::Trace& trace) {
  return trace.outcome && trace.outcome->status == trace::EpisodeStatus::kScored;
}

std::optional<double> Tokens(const trace::Trace& trace) {
  double tokens = 0;
  for (const trace::Step& step : trace.steps) {
    tokens += static_cast<double>(step.input_tokens + step.output_tokens);
  }
  if (tokens == 0 && trace.outcome) {
    tokens = static_cast<double>(trace.outcome->input_tokens + trace.outcome->output_tokens);
  }
  return tokens > 0 ? std::optional(tokens) : std::nullopt;
}

const std::array<std::pair<const char*, Measure>, 6> kMeasures = {{
    {"success",
     [](const trace::Trace& trace) {
       return IsJudged(trace) ? std::optional(trace.outcome->success ? 1.0 : 0.0) : std::nullopt;
     }},
    {"tool_calls",
     [](const trace::Trace& trace) {
       return std::optional(static_cast<double>(Count(trace).tool_calls));
     }},
    {"tool_errors",
     [](const trace::Trace& trace) {
       return std::optional(static_cast<double>(Count(trace).tool_errors));
     }},
    {"steps",
     [](const trace::Trace& trace) {
       return std::optional(static_cast<double>(trace.steps.size()));
     }},
    {"tokens", Tokens},
    {"cost",
     [](const trace::Trace& trace) {
       return trace.outcome && trace.outcome->has_cost ? std::optional(trace.outcome->cost)
                                                       : std::nullopt;
     }},
}};

/// Weighted means over the whole stream, in constant memory.
class StreamMeans {
 public:
  void Add(const trace::Trace& trace) {
    const double weight = 1 / trace.inclusion_probability;
    for (std::size_t i = 0; i < kMeasures.size(); ++i) {
      const std::optional<double> value = kMeasures[i].second(trace);
      if (!value) continue;
      totals_[i] += weight * *value;
      weights_[i] += weight;
    }
  }

  std::optional<double> Mean(std::size_t i) const {
    return weights_[i] > 0 ? std::optional(totals_[i] / weights_[i]) : std::nullopt;
  }

 private:
  std::array<double, kMeasures.size()> totals_{}, weights_{};
};

std::optional<stats::MeanEstimate> Estimate(const trace::StratifiedSample& sample,
                                            Measure measure) {
  std::vector<stats::SampledUnits> strata;
  for (const trace::SampledStratum& stratum : sample.strata) {
    strata.push_back({static_cast<double>(stratum.drawn) / static_cast<double>(stratum.size), {}});
  }
  for (const trace::SampledTrace& drawn : sample.traces) {
    strata[drawn.stratum].units.push_back(
        {1 / drawn.trace.inclusion_probability, measure(drawn.trace)});
  }
  return stats::StratifiedMean(strata, kLevel);
}

/// Which traces another one stands for: per trace the index of that one, or its own.
std::vector<std::size_t> FindLeaders(const trace::StratifiedSample& sample, double near) {
  std::vector<std::size_t> leaders(sample.traces.size());
  std::vector<std::vector<std::size_t>> by_stratum(sample.strata.size());
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    leaders[i] = i;
    by_stratum[sample.traces[i].stratum].push_back(i);
  }
  if (near == 0) return leaders;
  for (const std::vector<std::size_t>& members : by_stratum) {
    std::vector<std::size_t> comparable;  // a trace without calls is like no other
    std::vector<text::MinHashSignature> signatures;
    for (const std::size_t member : members) {
      const std::vector<std::uint64_t> shingles =
          trace::ToolCallShingles(sample.traces[member].trace);
      if (shingles.empty()) continue;
      comparable.push_back(member);
      signatures.push_back(text::MinHash(shingles));
    }
    const std::vector<std::size_t> found = text::NearDuplicateLeaders(signatures, near);
    for (std::size_t i = 0; i < found.size(); ++i) leaders[comparable[i]] = comparable[found[i]];
  }
  return leaders;
}

void Describe(const trace::SampledStratum& stratum, std::int64_t stands_for, trace::Trace& trace) {
  Json sampling = {{"stratum", stratum.name},
                   {"stratum_size", stratum.size},
                   {"stratum_drawn", stratum.drawn},
                   {"stands_for", stands_for}};
  if (!trace.extra.is_object()) {
    trace.extra = trace.extra.is_null() ? Json::object() : Json{{"source", std::move(trace.extra)}};
  }
  trace.extra["sampling"] = std::move(sampling);
}

void Write(trace::StratifiedSample& sample, const SampleSessionOptions& options,
           const guards::Redactor* redactor, SampleSessionResult& result) {
  const std::vector<std::size_t> leaders = FindLeaders(sample, options.near);
  std::vector<double> weights(leaders.size(), 0);
  std::vector<std::int64_t> stands_for(leaders.size(), 0);
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    weights[leaders[i]] += 1 / sample.traces[i].trace.inclusion_probability;
    ++stands_for[leaders[i]];
  }
  trace::ArchiveWriter archive(options.output_file);
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    if (leaders[i] != i) {
      ++result.near_duplicates;
      continue;
    }
    trace::SampledTrace& drawn = sample.traces[i];
    drawn.trace.inclusion_probability = 1 / weights[i];
    Describe(sample.strata[drawn.stratum], stands_for[i], drawn.trace);
    if (redactor != nullptr) drawn.trace = redactor->Redact(drawn.trace, &result.redacted);
    archive.Write(drawn.trace);
    ++result.written;
    result.population += weights[i];
  }
  archive.Finish();
}

void Read(const std::string& input, const trace::TraceSink& sink, trace::ReadReport& report) {
  const trace::ReadReport found =
      input == "-" ? trace::ReadJsonl("/dev/stdin", sink) : trace::ReadTraces(input, {}, sink);
  report.read += found.read;
  report.AddFindings(found);
}

}  // namespace

SampleSessionResult RunSampleSession(const SampleSessionOptions& options) {
  if (!(options.near >= 0 && options.near <= 1)) {
    throw UsageError("--near: expected 0 (off) or a similarity up to 1");
  }
  const trace::StratumOptions dimensions = options.dimensions.empty()
                                               ? trace::StratumOptions{}
                                               : trace::StratumOptionsFrom(options.dimensions);
  const auto redactor = MakeRedactor(options.redaction);
  trace::StratifiedSampler sampler(options.n, options.seed);
  StreamMeans means;
  SampleSessionResult result;
  for (const std::string& input : options.inputs) {
    Read(
        input,
        [&](trace::Trace&& trace) {
          means.Add(trace);
          const std::string stratum = trace::StratumOf(trace, dimensions);
          const std::string coarse = trace::CoarseStratumOf(trace);
          sampler.Add(std::move(trace), stratum, coarse);
        },
        result.read);
  }
  if (sampler.seen() == 0) {
    if (!result.read.errors.empty()) throw Error(result.read.errors.front());
    throw BadData("the inputs hold no trace");
  }
  trace::StratifiedSample sample = sampler.Finish();
  result.drawn = static_cast<std::int64_t>(sample.traces.size());
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    result.measures.push_back(
        {kMeasures[i].first, Estimate(sample, kMeasures[i].second), means.Mean(i)});
  }
  result.is_redacted = redactor != nullptr;
  Write(sample, options, redactor.get(), result);
  result.strata = std::move(sample.strata);
  return result;
}

}  // namespace kedge::loop
