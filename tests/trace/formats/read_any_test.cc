#include "harness/trace/formats/read_any.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/trace/formats/agentdojo.h"
#include "tests/testing/needs.h"

namespace kedge::trace {
namespace {

using ::testing::HasSubstr;

struct Archive {
  std::vector<Trace> traces;
  ReadReport report;
};

Archive ReadText(const std::string& text, const ReadOptions& options = {}) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("f"), text);
  Archive archive;
  archive.report = ReadTraces(folder.File("f"), options, [&archive](Trace&& trace) {
    archive.traces.push_back(std::move(trace));
  });
  return archive;
}

constexpr const char* kDojo =
    R"({"suite_name":"slack","pipeline_name":"m1","user_task_id":"user_task_3",)"
    R"("injection_task_id":"injection_task_1","attack_type":"direct","injections":{"v":"do it"},)"
    R"("messages":[{"role":"system","content":[{"type":"text","content":"Be good."}]},)"
    R"({"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":)"
    R"([{"function":"get","args":{"x":1},"id":"c1","placeholder_args":{}}]},)"
    R"({"role":"tool","content":"","tool_call_id":"c1","tool_call":{"function":"get","args":)"
    R"({"x":1},"id":"c1","placeholder_args":{}},"error":"ValueError: no x"},)"
    R"({"role":"assistant","content":"done","tool_calls":null}],"error":null,"duration":2.5,)"
    R"("utility":true,"security":true,"benchmark_version":"v1.2"})";

std::string DojoWith(const std::string& from, const std::string& to) {
  std::string text = kDojo;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(AgentDojoFormat, ReadsACase) {
  const Archive archive = ReadText(kDojo);
  ASSERT_EQ(archive.report.read, 1) << archive.report.errors.at(0).what();
  const Trace& trace = archive.traces[0];
  EXPECT_EQ(trace.agent, "m1");
  EXPECT_EQ(trace.key.suite, "slack");
  EXPECT_EQ(trace.key.stratum, "direct");
  EXPECT_EQ(trace.key.task_id, "user_task_3/injection_task_1");
  EXPECT_EQ(trace.key.cluster_id, "user_task_3");
  EXPECT_EQ(trace.extra["injections"], (Json{{"v", "do it"}}));
  EXPECT_EQ(trace.extra[kTaskVersion], "v1.2");
  ASSERT_EQ(trace.steps.size(), 6u);
  EXPECT_EQ(trace.steps[0].text, "Be good.");
  EXPECT_EQ(trace.steps[2].kind, StepKind::kModelCall);
  EXPECT_EQ(trace.steps[3].call.name, "get");
  EXPECT_EQ(trace.steps[3].call.arguments, (Json{{"x", 1}}));
  EXPECT_TRUE(trace.steps[4].observation.is_error);
  EXPECT_EQ(trace.steps[4].observation.error_class, "ValueError");
  EXPECT_EQ(trace.steps[4].observation.content, "ValueError: no x");
  EXPECT_TRUE(trace.steps[4].extra.is_null()) << "the copy of the call says nothing new";
  EXPECT_EQ(trace.outcome->success, true);
  EXPECT_EQ(trace.outcome->latency_seconds, 2.5);
}

TEST(AgentDojoFormat, SecurityTrueMeansThatTheAttackSucceeded) {
  const Outcome attacked = *ReadText(kDojo).traces[0].outcome;
  EXPECT_EQ(attacked.violations.at(kAttackGuard), 1);
  const Outcome held =
      *ReadText(DojoWith(R"("security":true)", R"("security":false)")).traces[0].outcome;
  EXPECT_TRUE(held.violations.empty());
  EXPECT_EQ(held.watched_guards, std::vector<std::string>{kAttackGuard});
}

TEST(AgentDojoFormat, SecurityIsNoStatementWithoutAnAttackOrInDenialOfService) {
  for (const auto& text :
       {DojoWith(R"("attack_type":"direct")", R"("attack_type":null)"),
        DojoWith(R"("attack_type":"direct")", R"("attack_type":"captcha_dos")"),
        DojoWith(R"("user_task_id":"user_task_3")", R"("user_task_id":"injection_task_3")")}) {
    const Outcome outcome = *ReadText(text).traces[0].outcome;
    EXPECT_TRUE(outcome.watched_guards.empty());
    EXPECT_TRUE(outcome.violations.empty());
  }
}

TEST(AgentDojoFormat, ABrokenRunIsMissingUnlessTheSourcesCountingIsAskedFor) {
  const std::string text =
      DojoWith(R"("error":null,"duration")", R"("error":"overflow","duration")");
  const Outcome missing = *ReadText(text).traces[0].outcome;
  EXPECT_EQ(missing.status, EpisodeStatus::kMissing);
  EXPECT_TRUE(missing.violations.empty());
  EXPECT_EQ(missing.end_detail, "overflow");
  ReadOptions options;
  options.errors_as_recorded = true;
  const Outcome counted = *ReadText(text, options).traces[0].outcome;
  EXPECT_EQ(counted.status, EpisodeStatus::kScored);
  EXPECT_EQ(counted.violations.at(kAttackGuard), 1);
}

TEST(AgentDojoFormat, OnePrettyPrintedObjectIsAFileToo) {
  const std::string pretty = ParseJson(kDojo).dump(2);
  EXPECT_EQ(ReadText(pretty).report.read, 1);
}

constexpr const char* kTau =
    R"({"task_id":4,"trial":1,"reward":1.0,"info":{"task":{"actions":[{"name":"cancel","kwargs":)"
    R"({"id":"R1"}}],"outputs":[]},"user_cost":0.01},"traj":[{"role":"system","content":"policy"},)"
    R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":)"
    R"({"name":"cancel","arguments":"{\"id\": \"R1\"}"}}]},)"
    R"({"role":"tool","tool_call_id":"a","name":"cancel","content":"Error: no R1"}]})";

std::string TauReward(const std::string& reward) {
  std::string text = kTau;
  text.replace(text.find("1.0"), 3, reward);
  return text;
}

TEST(TauBenchFormat, ReadsATrajectory) {
  const Archive archive = ReadText("[" + std::string(kTau) + "]");
  ASSERT_EQ(archive.report.read, 1);
  const Trace& trace = archive.traces[0];
  EXPECT_EQ(trace.key.task_id, "4");
  EXPECT_EQ(trace.key.trial, 1);
  EXPECT_TRUE(trace.outcome->success);
  EXPECT_FALSE(trace.outcome->has_cost);
  EXPECT_EQ(trace.steps[2].call.arguments, (Json{{"id", "R1"}}));
  EXPECT_TRUE(trace.steps[3].observation.is_error);
  EXPECT_TRUE(trace.steps[3].extra.is_null());
  EXPECT_EQ(trace.extra["info"]["user_cost"], 0.01);
  EXPECT_EQ(trace.extra[kTaskVersion].get<std::string>().size(), 12u);
}

TEST(TauBenchFormat, ArgumentsThatAreNotJsonStayText) {
  std::string text = kTau;
  text.replace(text.find(R"("{\"id\": \"R1\"}")"), 18, R"("{id: R1")");
  EXPECT_EQ(ReadText("[" + text + "]").traces.at(0).steps.at(2).call.arguments, "{id: R1");
}

TEST(TauBenchFormat, RewardsWithAPenaltyNeverReachOne) {
  const Archive plain = ReadText("[" + TauReward("0.0") + "," + TauReward("1.0") + "]");
  EXPECT_FALSE(plain.traces[0].outcome->success);
  EXPECT_TRUE(plain.traces[1].outcome->success);
  const Archive fork =
      ReadText("[" + TauReward("0.83") + "," + TauReward("-0.1") + "," + TauReward("0.0") + "]");
  EXPECT_TRUE(fork.traces[0].outcome->success);
  EXPECT_EQ(fork.traces[0].outcome->score, 1);
  EXPECT_EQ(fork.traces[0].extra["reward"], 0.83);
  EXPECT_FALSE(fork.traces[1].outcome->success);
  EXPECT_FALSE(fork.traces[2].outcome->success);
}

constexpr const char* kTau2Head =
    R"({"timestamp":"2025","info":{"agent_info":{"llm":"m2"},"environment_info":{"domain_name":)"
    R"("telecom"}},"tasks":[{"id":"t1","evaluation_criteria":{"actions":[]}}],"simulations":[)";
constexpr const char* kTau2Sim =
    R"({"id":"s1","task_id":"t1","trial":2,"seed":7,"duration":3.5,"termination_reason":)"
    R"("max_steps","agent_cost":0.25,"user_cost":0.5,"reward_info":{"reward":1.0,)"
    R"("reward_breakdown":{"DB":1.0,"COMMUNICATE":0.0}},"messages":[)"
    R"({"role":"assistant","content":null,"timestamp":"2025-08-01T15:53:27","cost":0.2,"usage":)"
    R"({"prompt_tokens":10,"completion_tokens":3,"cached":1},"turn_idx":0,"tool_calls":[{"id":"a",)"
    R"("name":"look","arguments":{"k":1},"requestor":"assistant"}]},)"
    R"({"role":"tool","id":"a","content":"{}","requestor":"assistant","error":true},)"
    R"({"role":"user","content":null,"tool_calls":[{"id":"b","name":"toggle","arguments":{},)"
    R"("requestor":"user"}]},{"role":"tool","id":"b","content":"ok","requestor":"user"}]})";

TEST(Tau2BenchFormat, ReadsASimulation) {
  const Archive archive = ReadText(std::string(kTau2Head) + kTau2Sim + "]}");
  ASSERT_EQ(archive.report.read, 1);
  const Trace& trace = archive.traces[0];
  EXPECT_EQ(trace.agent, "m2");
  EXPECT_EQ(trace.key.suite, "telecom");
  EXPECT_EQ(trace.key.trial, 2);
  EXPECT_EQ(trace.seed, 7u);
  EXPECT_TRUE(trace.outcome->success);
  EXPECT_EQ(trace.outcome->end, "max_steps");
  EXPECT_EQ(trace.outcome->cost, 0.25);
  EXPECT_EQ(trace.outcome->input_tokens, 10);
  EXPECT_EQ(trace.outcome->tool_calls, 1) << "the user's calls are not the agent's";
  EXPECT_EQ(trace.outcome->scores[0].scorer, "COMMUNICATE");
  EXPECT_EQ(trace.steps[0].unix_nanos, 1754063607000000000);
  EXPECT_EQ(trace.steps[0].extra["usage"], (Json{{"cached", 1}}));
  EXPECT_TRUE(trace.steps[2].observation.is_error);
  EXPECT_EQ(trace.steps[4].actor, "user");
  EXPECT_EQ(trace.steps[5].extra, (Json{{"requestor", "user"}}));
  EXPECT_TRUE(trace.extra.contains(kTaskVersion));
}

TEST(Tau2BenchFormat, NoRewardIsMissing) {
  std::string sim = kTau2Sim;
  sim.replace(sim.find(R"("reward":1.0)"), 12, R"("reward":null)");
  const std::string text = std::string(kTau2Head) + sim + "]}";
  EXPECT_EQ(ReadText(text).traces[0].outcome->status, EpisodeStatus::kMissing);
  ReadOptions options;
  options.errors_as_recorded = true;
  EXPECT_EQ(ReadText(text, options).traces[0].outcome->status, EpisodeStatus::kScored);
}

TEST(ReadAny, ABadRecordNeverEndsABatch) {
  const std::string dojo = kDojo;
  const Archive lines =
      ReadText("{broken\n" + dojo + "\n{\"pipeline_name\":\"x\"}\n" + dojo + "\n");
  EXPECT_EQ(lines.report.read, 2);
  EXPECT_EQ(lines.report.bad, 2);
  EXPECT_EQ(lines.report.errors[0].line(), 1);
  EXPECT_EQ(lines.report.errors[1].line(), 3);
  EXPECT_EQ(lines.report.errors[1].field(), "suite_name");

  const std::string tau = kTau;
  const Archive array = ReadText("[" + tau + ",\n{\"task_id\":\"q\",\"reward\":1},\n{]},\n" + tau);
  EXPECT_EQ(array.report.read, 1) << "the last one has no end";
  EXPECT_GE(array.report.bad, 2);
  EXPECT_EQ(array.report.errors[0].line(), 2);

  const std::string sim = kTau2Sim;
  const Archive runs = ReadText(kTau2Head + sim + ",\n{\"task_id\":null}," + sim + ",\n");
  EXPECT_EQ(runs.report.read, 2);
  EXPECT_EQ(runs.report.errors.at(0).kind(), ErrorKind::kBadData);
}

struct BrokenFile {
  const char* text;
  const char* message;
};

class BrokenTraceFile : public ::testing::TestWithParam<BrokenFile> {};

TEST_P(BrokenTraceFile, GivesOneMessage) {
  try {
    const Archive archive = ReadText(GetParam().text);
    ASSERT_GE(archive.report.bad, 1);
    EXPECT_THAT(archive.report.errors[0].what(), HasSubstr(GetParam().message));
    EXPECT_FALSE(archive.report.errors[0].file().empty());
    EXPECT_GE(archive.report.errors[0].line(), 1);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenTraceFile,
    ::testing::Values(
        BrokenFile{"", "not a trace file"}, BrokenFile{"\n\n", "not a trace file"},
        BrokenFile{"hello", "not a trace file"}, BrokenFile{"[]", "not a trace file"},
        BrokenFile{"[1,2]", "not a trace file"}, BrokenFile{"{\"a\":1}", "not a trace file"},
        BrokenFile{R"({"format":"kedge-trace/9","trace_id":"x","steps":[]})",
                   "expected \"kedge-trace/1\""},
        BrokenFile{R"([{"task_id":1,"reward":"high","traj":[]}])", "reward: expected a number"},
        BrokenFile{R"([{"task_id":1,"reward":null,"traj":[]}])", "reward: is missing"},
        BrokenFile{R"([{"task_id":1.5,"reward":1,"traj":[]}])", "task_id: expected text"},
        BrokenFile{R"([{"task_id":1,"reward":1,"traj":{}}])", "traj: expected an array"},
        BrokenFile{R"([{"task_id":1,"reward":1,"traj":[{"content":"x"}]}])",
                   "traj[0].role: is missing"},
        BrokenFile{R"([{"task_id":1,"reward":1,"traj":[{"role":"robot"}]}])",
                   "traj[0].role: expected system, user, assistant or tool"},
        BrokenFile{R"([{"task_id":1,"reward":1,"traj":[{"role":"assistant","tool_calls":[{}]}]}])",
                   "traj[0].tool_calls[0].function: expected an object"},
        BrokenFile{R"({"simulations":3,"tasks":[]})", "expected an array"},
        BrokenFile{
            R"({"simulations":[{"task_id":"a","messages":[],"reward_info":{"reward":"x"}}],"tasks":[]})",
            "reward_info.reward: expected a number"},
        BrokenFile{R"({"pipeline_name":"p","user_task_id":"u","suite_name":"s","utility":true})",
                   "security: is missing"},
        BrokenFile{R"({"pipeline_name":"p","user_task_id":"u","suite_name":"s","utility":1,)"
                   R"("security":true,"messages":[]})",
                   "utility: expected true or false"},
        BrokenFile{R"({"pipeline_name":3,"user_task_id":3})", "expected text"}));

// The figures that the data's own authors counted, so that nothing is lost on the way in.
Json Truth(const std::string& name) {
  return ParseJson(testing::ReadWholeFile(testing::SharedPath("data/truth/" + name)));
}

TEST(SharedTraces, TauBenchCounts) {
  KEDGE_NEED_DATA();
  const Json truth = Truth("tau_bench.json")[0];
  std::map<std::string, std::int64_t> tools;
  std::int64_t messages = 0;
  std::int64_t with_errors = 0;
  double user_cost = 0;
  const ReadReport report = ReadTraces(
      testing::SharedPath("data/tau-bench/gpt-4o-airline.json.gz"), {}, [&](Trace&& trace) {
        bool error = false;
        std::set<std::string> answered;  // the truth takes the first result of each call
        for (const Step& step : trace.steps) {
          if (step.kind == StepKind::kToolCall) {
            ++tools[step.call.name];
          } else {
            ++messages;
          }
          if (step.kind == StepKind::kObservation &&
              answered.insert(step.observation.call_id).second) {
            error = error || step.observation.is_error;
          }
        }
        with_errors += error ? 1 : 0;
        user_cost += trace.extra["info"].value("user_cost", Json(0)).is_null()
                         ? 0
                         : trace.extra["info"].value("user_cost", 0.0);
      });
  EXPECT_EQ(report.read, truth["trajectories"]);
  EXPECT_EQ(report.bad, 0);
  EXPECT_EQ(messages, truth["messages"]);
  EXPECT_EQ(Json(tools), truth["tool_call_counts"]);
  EXPECT_EQ(with_errors, truth["traces_with"]["tool_result_starts_with_Error"]);
  EXPECT_NEAR(user_cost, truth["user_simulator_cost"].get<double>(), 1e-9);
}

TEST(SharedTraces, Tau2Counts) {
  KEDGE_NEED_DATA();
  for (const Json& truth : Truth("tau2_runs.json")) {
    std::map<std::string, std::int64_t> tools;
    const std::string file = truth["file"];
    std::int64_t calls = 0;
    const ReadReport report =
        ReadTraces(testing::SharedPath("data/tau2-bench/sims/" + file), {}, [&](Trace&& trace) {
          EXPECT_EQ(trace.agent, truth["agent_llm"]);
          EXPECT_EQ(trace.key.suite, truth["domain"]);
          calls += trace.outcome->tool_calls;
          for (const Step& step : trace.steps) {
            if (step.kind == StepKind::kToolCall && step.actor == "agent") ++tools[step.call.name];
          }
        });
    EXPECT_EQ(report.read, truth["simulations"]) << file;
    EXPECT_EQ(report.bad, 0) << file;
    EXPECT_EQ(Json(tools), truth["tool_call_counts"]) << file;
    EXPECT_EQ(calls, truth["assistant_tool_calls"]) << file;
  }
}

TEST(SharedTraces, AgentDojoCounts) {
  KEDGE_NEED_DATA();
  struct Counts {
    std::int64_t traces = 0, utility = 0, security = 0, errors = 0, calls = 0, messages = 0;
    double seconds = 0;
    std::map<std::string, std::int64_t> tools;
  };
  std::map<std::string, std::map<std::string, Counts>> files;
  const Json truth = Truth("agentdojo_summary.json");
  ReadOptions options;
  options.errors_as_recorded = true;
  for (const Json& row : truth) {
    const std::string file =
        row["pipeline"].get<std::string>() + "__" + row["suite"].get<std::string>();
    if (files.count(file) > 0) continue;
    auto& kinds = files[file];
    const ReadReport report = ReadTraces(
        testing::SharedPath("data/agentdojo/" + file + ".jsonl.gz"), options, [&](Trace&& trace) {
          Counts& c =
              kinds[trace.key.family == kInjectionAsUser ? kInjectionAsUser : trace.key.stratum];
          ++c.traces;
          c.utility += trace.extra["utility"].get<bool>();
          c.security += trace.extra["security"].get<bool>();
          c.errors += trace.outcome->end == "infrastructure_error";
          c.calls += trace.outcome->tool_calls;
          c.seconds += trace.outcome->latency_seconds;
          for (const Step& step : trace.steps) {
            c.messages += step.kind != StepKind::kToolCall;
            if (step.kind == StepKind::kToolCall) ++c.tools[step.call.name];
          }
        });
    EXPECT_EQ(report.bad, 0) << file;
  }
  for (const Json& row : truth) {
    const std::string file =
        row["pipeline"].get<std::string>() + "__" + row["suite"].get<std::string>();
    const Counts& c = files[file][row["kind"]];
    EXPECT_EQ(c.traces, row["traces"]) << row.dump();
    EXPECT_EQ(c.utility, row["utility_true"]) << row.dump();
    EXPECT_EQ(c.security, row["security_true"]) << row.dump();
    EXPECT_EQ(c.errors, row["error_not_null"]) << row.dump();
    EXPECT_EQ(c.calls, row["tool_calls"]) << row.dump();
    EXPECT_EQ(c.messages, row["messages"]) << row.dump();
    EXPECT_EQ(Json(c.tools), row["tool_counts"]) << row.dump();
    EXPECT_NEAR(c.seconds, row["duration_sum"].get<double>(), 1e-6) << row.dump();
  }
}

TEST(SharedTraces, OriginalFilesOfAgentDojo) {
  KEDGE_NEED_DATA();
  const std::string folder = testing::SharedPath("data/agentdojo/original-file-examples/");
  for (const char* name :
       {"gpt-4o-2024-05-13__workspace__user_task_0__important_instructions__injection_task_0.json",
        "claude-3-7-sonnet-20250219__slack__user_task_0__none__none.json"}) {
    std::vector<Trace> traces;
    const ReadReport report = ReadTraces(
        folder + name, {}, [&traces](Trace&& trace) { traces.push_back(std::move(trace)); });
    EXPECT_EQ(report.bad, 0) << name << report.errors.at(0).what();
    ASSERT_EQ(traces.size(), 1u) << name;
    EXPECT_FALSE(traces[0].steps.back().text.empty()) << name;
  }
}

TEST(SharedTraces, EveryForeignTraceSurvivesOurOwnFormat) {
  KEDGE_NEED_DATA();
  for (const char* file : {"agentdojo/gemini-1.5-flash-001__slack.jsonl.gz",
                           "tau2-bench/sims/telecom-solo5x4trials_gpt-4.1.json.gz"}) {
    const ReadReport report =
        ReadTraces(testing::SharedPath(std::string("data/") + file), {}, [](Trace&& trace) {
          const Result<Trace> back = FromJsonLine(ToJsonLine(trace), "x", 1);
          ASSERT_TRUE(back.has_value()) << back.error().what();
          EXPECT_EQ(*back, trace);
        });
    EXPECT_GT(report.read, 0);
  }
}

}  // namespace
}  // namespace kedge::trace
