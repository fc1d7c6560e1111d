#include "harness/cli/trace_commands.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/trace/formats/read_any.h"
#include "harness/trace/timeline.h"
#include "harness/trace/trace_diff.h"
#include "harness/trace/trace_json.h"

namespace kedge::cli {
namespace {

trace::TimelineOptions OptionsFor(const Console& console, std::int64_t width) {
  trace::TimelineOptions options;
  options.max_bytes = static_cast<std::size_t>(width);
  const char* no_color = std::getenv("NO_COLOR");
  const bool plain = no_color != nullptr && *no_color != '\0';
  const bool terminal = &console.out == &std::cout && isatty(STDOUT_FILENO) == 1;
  options.colour = !plain && terminal;
  if (winsize size{}; terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    options.columns = size.ws_col;
  }
  return options;
}

// Prints the findings; the exit code for a file of which `shown` traces were wanted and found.
int Finish(Console& console, const trace::ReadReport& report) {
  for (const auto* errors : {&report.errors, &report.oddities}) {
    for (const Error& error : *errors) console.err << EscapeControls(error.what()) << "\n";
  }
  if (report.bad == 0) return 0;
  return report.read == 0 ? static_cast<int>(ErrorKind::kBadData) : 1;
}

class TraceShowCommand : public Command {
 public:
  std::string name() const override { return "trace show"; }
  std::string summary() const override { return "Show traces as timelines"; }

  std::vector<Argument> arguments() override {
    return {{"file", &file_, "Traces of any known format", "FILE", true},
            {"--id", &id_, "Show only the trace of this id", "ID"},
            {"--width", &width_, "Bytes of a text to show", "N"},
            {"--json", &json_, "Print one JSON document per trace"}};
  }

  int Run(Console& console) override {
    if (width_ < 1) throw UsageError("--width: expected 1 or more");
    const trace::TimelineOptions options = OptionsFor(console, width_);
    bool any = false;
    const auto report = trace::ReadTraces(file_, {}, [&](trace::Trace&& trace) {
      if (!id_.empty() && trace.id != id_) return;
      if (json_) {
        console.out << DumpJson(trace::ToJson(trace)) << "\n";
      } else {
        console.out << (any ? "\n" : "") << trace::Timeline(trace, options);
      }
      any = true;
    });
    if (!id_.empty() && !any) {
      throw Error(ErrorKind::kMissingInput, "holds no trace of the id " + id_).At(file_);
    }
    return Finish(console, report);
  }

 private:
  std::string file_;
  std::string id_;
  std::int64_t width_ = 400;
  bool json_ = false;
};

trace::Trace FirstTrace(const std::string& file, const std::string& id) {
  std::optional<trace::Trace> found;
  (void)trace::ReadTraces(file, {}, [&](trace::Trace&& trace) {
    if (!found && (id.empty() || trace.id == id)) found = std::move(trace);
  });
  if (found) return std::move(*found);
  throw Error(ErrorKind::kMissingInput,
              id.empty() ? "holds no trace" : "holds no trace of the id " + id)
      .At(file);
}

class TraceDiffCommand : public Command {
 public:
  std::string name() const override { return "trace diff"; }
  std::string summary() const override { return "Compare two traces step by step"; }

  std::vector<Argument> arguments() override {
    return {{"a", &a_, "File of the first trace", "A", true},
            {"b", &b_, "File of the second trace", "B", true},
            {"--id", &id_, "Trace to take from A (the first one when left out)", "ID"},
            {"--id-b", &id_b_, "Trace to take from B (the same id as in A)", "ID"},
            {"--width", &width_, "Bytes of a text to show", "N"},
            {"--json", &json_, "Print the alignment as JSON"}};
  }

  int Run(Console& console) override {
    if (width_ < 1) throw UsageError("--width: expected 1 or more");
    const trace::Trace a = FirstTrace(a_, id_);
    const trace::Trace b = FirstTrace(b_, id_b_.empty() ? id_ : id_b_);
    const trace::TraceDiff diff = trace::Diff(a, b);
    if (json_) {
      PrintJson(console, diff);
    } else {
      PrintRows(console, a, b, diff);
    }
    return diff.first_divergence ? 1 : 0;
  }

 private:
  static Json IndexOf(const std::optional<std::size_t>& index) {
    return index ? Json(*index) : Json();
  }

  static void PrintJson(Console& console, const trace::TraceDiff& diff) {
    Json rows = Json::array();
    for (const trace::DiffRow& row : diff.rows) {
      rows.push_back({{"a", IndexOf(row.a)}, {"b", IndexOf(row.b)}});
    }
    console.out << DumpJson({{"first_divergence", IndexOf(diff.first_divergence)},
                             {"rows", std::move(rows)}})
                << "\n";
  }

  void PrintRows(Console& console, const trace::Trace& a, const trace::Trace& b,
                 const trace::TraceDiff& diff) const {
    const trace::TimelineOptions options = OptionsFor(console, width_);
    console.out << fmt::format("a {}\nb {}\n", EscapeControls(a.id), EscapeControls(b.id));
    if (!diff.first_divergence) {
      console.out << fmt::format("the same {} steps\n", a.steps.size());
      return;
    }
    const trace::DiffRow& first = diff.rows[*diff.first_divergence];
    console.out << fmt::format("first divergence after {} common steps, at step {} of {}\n",
                               *diff.first_divergence, first.a ? *first.a + 1 : *first.b + 1,
                               first.a ? "a" : "b");
    for (const trace::DiffRow& row : diff.rows) {
      const char mark = row.is_same() ? ' ' : row.a ? '-' : '+';
      const trace::Step& step = row.a ? a.steps[*row.a] : b.steps[*row.b];
      console.out << fmt::format("{} {:>4} {:>4}  {:<7} {}\n", mark,
                                 row.a ? std::to_string(*row.a + 1) : "",
                                 row.b ? std::to_string(*row.b + 1) : "",
                                 EscapeControls(step.actor), trace::StepLine(step, options));
    }
  }

  std::string a_;
  std::string b_;
  std::string id_;
  std::string id_b_;
  std::int64_t width_ = 160;
  bool json_ = false;
};

}  // namespace

std::vector<std::unique_ptr<Command>> MakeTraceCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<TraceShowCommand>());
  commands.push_back(std::make_unique<TraceDiffCommand>());
  return commands;
}

}  // namespace kedge::cli
