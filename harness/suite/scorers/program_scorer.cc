#include <cstdlib>
#include <filesystem>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/process/program_path.h"
#include "harness/process/run_once.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/trace/trace_json.h"

namespace kedge::suite {
namespace {

constexpr std::size_t kMaxOutputBytes = 1 << 20;

// The program, and those of its arguments that are files (a script behind its interpreter).
std::string Fingerprint(const process::ProcessOptions& options) {
  Json digests = Json::array();
  for (const std::string& argument : options.argv) {
    const std::filesystem::path path = std::filesystem::path(options.working_folder) / argument;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
      digests.push_back(Sha256Hex(ReadFile(path.string())));
    }
  }
  return JsonDigest(digests);
}

/// Asks a program: the episode as JSON on its stdin, exit code 0 (pass) or 1 (fail), optionally
/// {"pass", "score", "why"} on its stdout.
class ProgramScorer : public Scorer {
 public:
  ProgramScorer(process::ProcessOptions options, std::chrono::milliseconds deadline)
      : options_(std::move(options)), deadline_(deadline), fingerprint_(Fingerprint(options_)) {}

  std::string fingerprint() const override { return fingerprint_; }

  trace::Score Run(const Task& task, const EpisodeEvidence& evidence) const override {
    const process::RunResult result =
        process::RunOnce(options_, DumpJson(Request(task, evidence)), deadline_);
    if (result.timed_out) throw Broken("did not end within its time limit");
    if (result.output_truncated) throw Broken("wrote too much");
    const bool judged = result.status.kind == process::ExitStatus::Kind::kExited &&
                        (result.status.value == 0 || result.status.value == 1);
    if (!judged) {
      throw Broken("ended with " + process::Describe(result.status) +
                   " (0 is pass, 1 is fail): " + EscapeControls(Elide(result.stderr_tail, 300)));
    }
    return Verdict(result.status.value == 0, result.output);
  }

 private:
  Error Broken(const std::string& what) const {
    return Error(ErrorKind::kUnavailable, "scorer program " + options_.argv[0] + " " + what);
  }

  static Json Request(const Task& task, const EpisodeEvidence& evidence) {
    return Json{{"format", "kedge-scorer/1"},
                {"task", ToJson(task)},
                {"final_text", evidence.final_text},
                {"difference", evidence.difference ? world::ToJson(*evidence.difference) : Json()},
                {"trace", evidence.trace == nullptr ? Json() : trace::ToJson(*evidence.trace)}};
  }

  // The exit code decides; the output, if any, refines it and may not contradict it.
  trace::Score Verdict(bool pass, const std::string& output) const {
    trace::Score score = PassIf(pass, "the program said no");
    if (output.find_first_not_of(" \t\r\n") == std::string::npos) return score;
    try {
      const Document document = Document::FromJson(output, "output of " + options_.argv[0]);
      const Node root = document.root();
      root.AllowKeys({"pass", "score", "why"});
      if (root.BoolOr("pass", pass) != pass) {
        throw root["pass"].Fail("this contradicts the exit code");
      }
      score.score = root.NumberOr("score", score.score, 0, 1);
      score.why = EscapeControls(Elide(root.StringOr("why", score.why), 500));
    } catch (const Error& error) {
      throw Broken(std::string("gave no valid verdict: ") + error.what());
    }
    return score;
  }

  process::ProcessOptions options_;
  std::chrono::milliseconds deadline_;
  std::string fingerprint_;
};

std::string Resolve(const Node& command, const std::string& name, const std::string& folder) {
  const bool relative = name.find('/') != std::string::npos && name.front() != '/';
  const char* path = std::getenv("PATH");
  try {
    return process::ResolveProgram(relative ? folder + "/" + name : name,
                                   path == nullptr ? "" : path);
  } catch (const Error& error) {
    throw Error(error.kind(), error.message())
        .At(command.source_name(), command.line(), command.path());
  }
}

}  // namespace

std::shared_ptr<const Scorer> MakeProgramScorer(const Node& spec, const std::string& folder) {
  spec.AllowKeys({"type", "command", "timeout_seconds"});
  const Node command = spec["command"];
  process::ProcessOptions options;
  options.argv = command.Strings();
  if (options.argv.empty() || options.argv[0].empty()) {
    throw command.Fail("expected the program and its arguments");
  }
  options.argv[0] = Resolve(command, options.argv[0], folder);
  options.working_folder = folder;
  options.limits.output_bytes = kMaxOutputBytes;
  const double seconds = spec.NumberOr("timeout_seconds", 30, 0.01, 3600);
  return std::make_shared<ProgramScorer>(
      std::move(options), std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

}  // namespace kedge::suite
