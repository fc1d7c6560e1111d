#include "harness/cli/replay_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/cli/agents.h"
#include "harness/cli/data_folders.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/replay_session.h"

namespace kedge::cli {
namespace {

class ReplayCommand : public Command {
 public:
  std::string name() const override { return "replay"; }
  std::string summary() const override {
    return "Replay recorded traces against strategies, as far as the tape can be trusted";
  }

  std::vector<Argument> arguments() override {
    return {
        {"--traces", &session_.traces, "Recorded traces of any known format", "FILE", true},
        {"--suite", &session_.suite_folder, "Suite whose world has the traces' tools", "FOLDER",
         true},
        {"--champion", &session_.champion_folder, "Strategy in production", "FOLDER", true},
        {"--candidate", &session_.candidate_folder, "Strategy to compare with it", "FOLDER"},
        {"--policy", &session_.policy_file, "Limits and guards (kedge.yaml)", "FILE"},
        {"--agent", &agent_,
         "reference, llm:MODEL.yaml, process:PROGRAM ARG... or command:PROGRAM ARG...", "SPEC"},
        {"--max-divergence", &max_divergence_,
         "Share of diverging traces above which outcomes say nothing; the policy's when negative",
         "SHARE"},
        {"--order-free", &session_.order_free,
         "Tools that change nothing, besides those that the world says only read", "TOOL ..."},
        {"--no-fork", &no_fork_, "Never ask the world; the tape alone answers"},
        {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
        {"--suite-seed", &session_.suite_seed, "Population and tasks; the suite's own when 0", "N"},
        {"--variant", &session_.variant, "Draw of the world's parameters that the traces saw", "N"},
        {"--show", &show_, "How many divergences of a lane to show", "N"},
        {"--json", &json_, "Print lanes and divergences as JSON"},
    };
  }

  // 0: nothing speaks against the candidate; 1: harm or a broken hard guard; 2: too far from the
  // tape to say anything.
  int Run(Console& console) override {
    const std::unique_ptr<agent::AgentFactory> agents = MakeAgents(agent_);
    session_.fork = !no_fork_;
    session_.data = ReadDataFolders(data_);
    if (max_divergence_ >= 0) session_.max_divergence = max_divergence_;
    const loop::ReplaySessionResult result =
        loop::RunReplaySession(session_, *agents, SystemClock());
    if (json_) {
      console.out << PrettyJson(loop::ToJson(result)) << "\n";
    } else {
      Print(console, result);
    }
    if (!result.hard_guards_broken.empty()) return 1;
    if (result.refused) return 2;
    return result.comparison && result.comparison->state == "harm shown" ? 1 : 0;
  }

 private:
  void Print(Console& console, const loop::ReplaySessionResult& result) const {
    console.out << fmt::format(
        "{} traces, {} cannot be replayed; the world gives the recorded answers of {}\n\n",
        result.traces, result.unreplayable, result.world_agrees);
    console.out << fmt::format("{:<18} {:>7} {:>8} {:>9} {:>7} {:>7} {:>6} {:>7} {:>6} {:>7}\n",
                               "lane", "traces", "fidelity", "diverged", "exact", "schema", "order",
                               "world", "scored", "success");
    for (const loop::ReplayLane& lane : result.lanes) {
      console.out << fmt::format(
          "{:<18} {:>7} {:>7.1f}% {:>8.1f}% {:>7} {:>7} {:>6} {:>7} {:>6} {:>7}\n", lane.name,
          lane.traces, 100 * lane.fidelity, 100 * lane.divergence_share, lane.exact,
          lane.normalised, lane.order_free, lane.from_world, lane.scored,
          lane.success ? fmt::format("{:.1f}%", 100 * *lane.success) : "-");
    }
    for (const loop::ReplayLane& lane : result.lanes) PrintDetails(console, lane);
    PrintConclusion(console, result);
  }

  void PrintDetails(Console& console, const loop::ReplayLane& lane) const {
    for (const auto& [guard, traces] : lane.violations) {
      console.out << fmt::format("\n{}: {} broken in {} traces", lane.name, EscapeControls(guard),
                                 traces);
    }
    for (const auto& [guard, traces] : lane.shadow_findings) {
      console.out << fmt::format("\n{}: {} (shadow: only recorded) in {} traces", lane.name,
                                 EscapeControls(guard), traces);
    }
    if (!lane.violations.empty() || !lane.shadow_findings.empty()) console.out << "\n";
    const auto shown = std::min<std::size_t>(
        lane.divergences.size(), static_cast<std::size_t>(std::max<std::int64_t>(show_, 0)));
    if (shown == 0) return;
    console.out << "\n" << lane.name << " left the tape:\n";
    for (std::size_t i = 0; i < shown; ++i) {
      const loop::LaneDivergence& d = lane.divergences[i];
      console.out << EscapeControls(fmt::format(
                         "  {} step {}{}: {}", d.trace_id, d.step + 1,
                         d.call > 0 ? fmt::format(", its call {}", d.call) : "", d.detail))
                  << "\n";
    }
    if (lane.divergences.size() > shown) {
      console.out << fmt::format("  and {} more\n", lane.divergences.size() - shown);
    }
  }

  static void PrintConclusion(Console& console, const loop::ReplaySessionResult& result) {
    for (const std::string& guard : result.hard_guards_broken) {
      console.out << fmt::format("\nThe candidate broke {}; none is allowed.\n",
                                 EscapeControls(guard));
    }
    if (result.refused) {
      console.out << fmt::format(
          "\nNo verdict: more than {:.1f} % of the traces (by weight) left the tape in a lane.\n",
          100 * result.max_divergence);
    }
    if (!result.comparison) return;
    const gate::Component& c = *result.comparison;
    console.out << fmt::format(
        "\ncandidate - champion over {} traces scored in both: {:+.1f} points [{:+.1f}, {:+.1f}], "
        "{} (margin {:.1f})\n",
        c.n, 100 * c.delta.estimate, 100 * c.delta.low, 100 * c.delta.high, c.state,
        100 * c.margin);
  }

  loop::ReplaySessionOptions session_;
  std::string agent_ = "reference";
  std::vector<std::string> data_;
  double max_divergence_ = -1;
  bool no_fork_ = false;
  std::int64_t show_ = 5;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeReplayCommand() { return std::make_unique<ReplayCommand>(); }

}  // namespace kedge::cli
