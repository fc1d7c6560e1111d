// Every real file is counted twice: by the readers and by count_traces.py, which shares no code.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "harness/trace/convert.h"
#include "harness/trace/formats/read_any.h"
#include "tests/testing/needs.h"

namespace kedge::trace {
namespace {

namespace fs = std::filesystem;

std::string OutputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string out;
  std::array<char, 4096> chunk{};
  while (const std::size_t got = fread(chunk.data(), 1, chunk.size(), pipe.get())) {
    out.append(chunk.data(), got);
  }
  return out;
}

std::vector<std::string> FilesBelow(const std::string& folder, const std::string& part) {
  std::vector<std::string> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(testing::SharedPath("data/" + folder))) {
    const std::string path = entry.path().string();
    if (entry.is_regular_file() && path.find(part) != std::string::npos) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Json CountsOf(const std::string& path) {
  Json counts = {{"traces", 0},      {"steps", 0},        {"tool_calls", 0},
                 {"tool_errors", 0}, {"input_tokens", 0}, {"output_tokens", 0}};
  const auto add = [&counts](const char* key, std::int64_t amount) {
    counts[key] = counts[key].get<std::int64_t>() + amount;
  };
  const ReadReport report = ReadTraces(path, {}, [&add](Trace&& trace) {
    add("traces", 1);
    add("steps", static_cast<std::int64_t>(trace.steps.size()));
    add("tool_calls", Count(trace).tool_calls);
    add("tool_errors", Count(trace).tool_errors);
    for (const Step& step : trace.steps) {
      add("input_tokens", step.input_tokens);
      add("output_tokens", step.output_tokens);
    }
  });
  EXPECT_EQ(report.bad, 0) << path;
  return counts;
}

struct Source {
  std::string folder;
  std::string part;  // of the path
  std::size_t files;
};

class ImportTest : public ::testing::TestWithParam<Source> {};

TEST_P(ImportTest, CountsEqualThoseOfAnIndependentScript) {
  KEDGE_NEED_DATA();
  const std::string script = testing::SourcePath("tests/trace/count_traces.py");
  const std::vector<std::string> files = FilesBelow(GetParam().folder, GetParam().part);
  ASSERT_EQ(files.size(), GetParam().files);
  for (const std::string& file : files) {
    const auto format = DetectTraceFormat(file);
    ASSERT_TRUE(format) << file;
    const std::string peer =
        OutputOf("python3 '" + script + "' " + std::string(ToString(*format)) + " '" + file + "'");
    ASSERT_NE(peer, "") << file;
    Json expected = ParseJson(peer);
    for (Json& count : expected) count = count.is_boolean() ? Json(int(count == true)) : count;
    EXPECT_EQ(CountsOf(file), expected) << file;
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllRealFiles, ImportTest,
    ::testing::Values(
        Source{"agentdojo", ".jsonl.gz", 24}, Source{"agentdojo", "original-file", 2},
        Source{"tau-bench", "gpt-4o-airline", 1}, Source{"tau2-bench", "/sims/", 8},
        Source{"mini-swe-agent", "traj", 2}, Source{"otel/agentevals", ".json", 5},
        Source{"otel/openinference", "vercel", 1}, Source{"eval-logs", "inspect_ai/2", 3},
        Source{"eval-logs", "inspect_ai/log_", 3}, Source{"eval-logs", ".test.json", 8},
        Source{"altk-evolve", "trajectory.json", 2}, Source{"bfcl", "_result.json", 13}),
    [](const auto& test) {
      std::string name = test.param.folder + "_" + test.param.part;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

TEST(ImportTest, WhatIsNoTraceIsRefused) {
  KEDGE_NEED_DATA();
  for (const char* file :
       {"data/eval-logs/adk-evalsets/hello_world_agent__test_config.json",
        "data/mini-swe-agent/results_summary.csv", "data/tau-bench/airline/data/users.json.gz"}) {
    EXPECT_FALSE(DetectTraceFormat(testing::SharedPath(file))) << file;
  }
}

// Whatever was read, each written format gives it back.
TEST(ImportTest, RealTracesSurviveEveryWrittenFormat) {
  KEDGE_NEED_DATA();
  for (const char* file : {"data/agentdojo/claude-3-opus-20240229__slack.jsonl.gz",
                           "data/agentdojo/claude-3-7-sonnet-20250219__slack.jsonl.gz",
                           "data/tau2-bench/sims/telecom-solo5x4trials_gpt-4.1.json.gz",
                           "data/otel/agentevals/helm.json.gz", "data/altk-evolve/trajectory.json",
                           "data/eval-logs/inspect_ai/log_tool_call_error.json",
                           "data/mini-swe-agent/original-example.traj.json.gz",
                           "data/bfcl/runs/claude-sonnet-4-5-20250929-FC/result/"
                           "BFCL_v4_simple_python_result.json.gz"}) {
    const std::string path = testing::SharedPath(file);
    if (!fs::exists(path)) continue;
    std::vector<Trace> original;
    ReadTraces(path, {}, [&original](Trace&& trace) { original.push_back(std::move(trace)); });
    for (const TargetFormat to : {TargetFormat::kJsonl, TargetFormat::kOtlp, TargetFormat::kAtif}) {
      const testing::TempFolder folder;
      std::string lines;
      for (const Trace& trace : original) lines += ToLine(trace, to) + "\n";
      testing::WriteFile(folder.File("t"), lines);
      std::vector<Trace> again;
      const ReadReport report = ReadTraces(
          folder.File("t"), {}, [&again](Trace&& trace) { again.push_back(std::move(trace)); });
      EXPECT_EQ(report.bad, 0) << (report.errors.empty() ? "" : report.errors[0].what());
      ASSERT_EQ(again.size(), original.size()) << file << " as " << int(to);
      for (std::size_t i = 0; i < original.size(); ++i) {
        ASSERT_EQ(ToJsonLine(again[i]), ToJsonLine(original[i])) << file << " as " << int(to);
      }
    }
  }
}

}  // namespace
}  // namespace kedge::trace
