#include "harness/cli/sample_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/sample_session.h"

namespace kedge::cli {
namespace {

constexpr std::size_t kShownStrata = 20;
constexpr std::size_t kNameBytes = 90;

Json ToJson(const loop::SampledMeasure& measure) {
  Json json = {{"name", measure.name}};
  if (measure.stream) json["stream"] = *measure.stream;
  if (!measure.estimate) return json;
  json["estimate"] = measure.estimate->mean;
  json["se"] = measure.estimate->se;
  json["low"] = measure.estimate->low;
  json["high"] = measure.estimate->high;
  json["effective_n"] = measure.estimate->effective_n;
  return json;
}

class SampleCommand : public Command {
 public:
  std::string name() const override { return "sample"; }
  std::string summary() const override {
    return "Draw a stratified sample of traces with known inclusion probabilities";
  }

  std::vector<Argument> arguments() override {
    return {
        {"files", &session_.inputs, "Traces of any known format; - reads standard input", "FILE",
         true},
        {"--out", &session_.output_file, "Archive to write (kedge-trace/1)", "FILE", true},
        {"--n", &session_.n, "Traces to draw", "N"},
        {"--seed", &session_.seed, "Which traces are drawn", "N"},
        {"--by", &session_.dimensions,
         "What strata differ by: tools, outcome, error, length, principal, guards; all by default",
         "NAME ..."},
        {"--near", &session_.near,
         "Similarity of tool calls from which traces count as one; 0 keeps all", "SHARE"},
        {"--redact", &session_.redaction.packs,
         "Take out what these detector packs find; default: secrets, personal data, cards",
         "PACK ..."},
        {"--redact-key", &session_.redaction.key_file,
         "Key of the placeholders, made when absent; without it a random one that nobody keeps",
         "FILE"},
        {"--json", &json_, "Print counts and estimates as JSON"},
    };
  }

  // 0: all was read; 1: some of it; 65: nothing.
  int Run(Console& console) override {
    const loop::SampleSessionResult result = loop::RunSampleSession(session_);
    if (json_) {
      PrintJson(console, result);
    } else {
      Print(console, result);
    }
    for (const auto* errors : {&result.read.errors, &result.read.oddities}) {
      for (const Error& error : *errors) console.err << EscapeControls(error.what()) << "\n";
    }
    return result.read.bad > 0 ? 1 : 0;
  }

 private:
  void PrintJson(Console& console, const loop::SampleSessionResult& result) const {
    Json strata = Json::array(), measures = Json::array();
    for (const trace::SampledStratum& s : result.strata) {
      strata.push_back({{"name", s.name}, {"size", s.size}, {"drawn", s.drawn}});
    }
    for (const loop::SampledMeasure& m : result.measures) measures.push_back(ToJson(m));
    Json json = {{"format", "kedge-sample/1"},  {"read", result.read.read},
                 {"bad", result.read.bad},      {"odd", result.read.odd},
                 {"drawn", result.drawn},       {"near_duplicates", result.near_duplicates},
                 {"written", result.written},   {"population", result.population},
                 {"strata", std::move(strata)}, {"measures", std::move(measures)}};
    if (result.is_redacted) json["redacted"] = result.redacted;
    console.out << PrettyJson(json) << "\n";
  }

  static void Print(Console& console, const loop::SampleSessionResult& result) {
    console.out << fmt::format(
        "{} traces read ({} bad records), {} drawn from {} strata, {} near-duplicates merged, {} "
        "written\n\n",
        result.read.read, result.read.bad, result.drawn, result.strata.size(),
        result.near_duplicates, result.written);
    if (result.is_redacted) {
      console.out << "redacted: " << loop::ToString(result.redacted) << "\n\n";
    }
    PrintStrata(console, result.strata);
    console.out << fmt::format("\n{:<12} {:>12} {:>27} {:>12}\n", "mean of", "estimate",
                               "95 % interval", "the stream");
    for (const loop::SampledMeasure& m : result.measures) {
      if (!m.estimate || !m.stream) continue;
      console.out << fmt::format("{:<12} {:>12.5g} {:>27} {:>12.5g}\n", m.name, m.estimate->mean,
                                 fmt::format("[{:.5g}, {:.5g}]", m.estimate->low, m.estimate->high),
                                 *m.stream);
    }
  }

  static void PrintStrata(Console& console, std::vector<trace::SampledStratum> strata) {
    std::stable_sort(strata.begin(), strata.end(),
                     [](const auto& a, const auto& b) { return a.size > b.size; });
    console.out << fmt::format("{:>9} {:>7} {:>12}  {}\n", "traces", "drawn", "probability",
                               "stratum");
    for (std::size_t i = 0; i < std::min(strata.size(), kShownStrata); ++i) {
      const trace::SampledStratum& s = strata[i];
      console.out << fmt::format("{:>9} {:>7} {:>12.4f}  {}\n", s.size, s.drawn,
                                 static_cast<double>(s.drawn) / static_cast<double>(s.size),
                                 EscapeControls(Elide(s.name, kNameBytes)));
    }
    if (strata.size() > kShownStrata) {
      console.out << fmt::format("{:>9} more strata (--json shows all)\n",
                                 strata.size() - kShownStrata);
    }
  }

  loop::SampleSessionOptions session_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeSampleCommand() { return std::make_unique<SampleCommand>(); }

}  // namespace kedge::cli
