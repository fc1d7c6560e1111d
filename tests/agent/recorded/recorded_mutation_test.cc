// Damaged files of every format: whatever happens to the bytes, the reader either returns outcomes
// that hold their promises or throws one kedge::Error.
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <tuple>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/testing/needs.h"

namespace kedge::agent {
namespace {

const std::vector<std::string>& Samples() {
  static const std::vector<std::string> kSamples = {
      "task_id,success,trial,cluster,cost,guard:g\na,1,0,\"c,1\",0.5,1\nb,0,0,c2,,0\n",
      "{\"task_id\":\"a\",\"score\":0.5,\"guards\":{\"g\":1}}\n{\"task_id\":\"b\",\"score\":1}\n",
      "{\"subject_id\":\"s\",\"responses\":{\"a\":1,\"b\":{\"successes\":1,\"trials\":3}}}\n",
      R"({"suite_name":"s","pipeline_name":"p","user_task_id":"u1","injection_task_id":"i",)"
      R"("attack_type":"direct","messages":[{"role":"assistant","content":null,"tool_calls":)"
      R"([{"function":"f","args":{"x":[1,2]},"id":"c"}]},{"role":"tool","content":"r",)"
      R"("tool_call_id":"c","error":null}],"error":null,"utility":true,"security":false})"
      "\n",
      R"([{"task_id":1,"trial":0,"reward":1.0,"traj":[{"role":"user","content":"hi"},)"
      R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}],)"
      R"("info":{"task":{"actions":[],"outputs":[]}}},{"task_id":2,"reward":0,"traj":[]}])",
      R"({"info":{"agent_info":{"llm":"m"}},"tasks":[{"id":"t","evaluation_criteria":{}}],)"
      R"("simulations":[{"id":"x","task_id":"t","trial":0,"reward_info":{"reward":1.0},)"
      R"("messages":[{"role":"user","content":"a","usage":{"prompt_tokens":1}}]}]})",
      R"({"format":"kedge-trace/1","trace_id":"a","task_id":"t","steps":[{"kind":"message"}],)"
      R"("outcome":{"status":"scored","success":true,"score":1}})"
      "\n"};
  return kSamples;
}

std::string Damage(std::string text, Random& random) {
  static constexpr std::string_view kBytes{"{}[]\",:\\\n\r\t 01.e-#nN\xff\0\x1b", 23};
  for (std::uint64_t edits = 1 + random.Below(3); edits > 0 && !text.empty(); --edits) {
    const auto at = static_cast<std::size_t>(random.Below(text.size()));
    const char byte = kBytes[static_cast<std::size_t>(random.Below(kBytes.size()))];
    switch (random.Below(5)) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + random.Below(8));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text.insert(at, text.substr(random.Below(text.size()), random.Below(40)));
    }
  }
  return text;
}

void ExpectPromisesKept(const RecordedOutcomes& outcomes) {
  EXPECT_FALSE(outcomes.runs.empty());
  std::set<std::tuple<std::string, std::string, std::string, std::string, std::int64_t>> seen;
  for (const RecordedRun& run : outcomes.runs) {
    const trace::EpisodeKey& key = run.record.key;
    EXPECT_FALSE(key.task_id.empty());
    EXPECT_GE(run.record.outcome.score, 0);
    EXPECT_LE(run.record.outcome.score, 1);
    EXPECT_TRUE(
        seen.emplace(key.suite, key.stratum, key.task_id, run.task_version, key.trial).second);
  }
}

TEST(DamagedFiles, AreReadOrRefusedButNeverWorse) {
  const testing::TempFolder folder;
  Random random(20261122);
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 3500; ++i) {
    const std::string& sample = Samples()[static_cast<std::size_t>(i) % Samples().size()];
    testing::WriteFile(folder.File("f"), Damage(sample, random));
    try {
      ExpectPromisesKept(ReadRecorded(folder.File("f")));
      ++read;
    } catch (const Error& error) {
      ++refused;
      EXPECT_EQ(error.kind(), ErrorKind::kBadData) << error.what();
      EXPECT_NE(std::string(error.what()).find(folder.path()), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(read, 100);
  EXPECT_GT(refused, 1000);
}

TEST(DamagedFiles, TheSamplesThemselvesAreRead) {
  const testing::TempFolder folder;
  for (const std::string& sample : Samples()) {
    testing::WriteFile(folder.File("f"), sample);
    EXPECT_NO_THROW(ExpectPromisesKept(ReadRecorded(folder.File("f")))) << sample;
  }
}

}  // namespace
}  // namespace kedge::agent
