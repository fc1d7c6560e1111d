// Sample, replay and gate on production traces of the retail suite, with the built program.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "harness/trace/jsonl.h"
#include "tests/cli/kedge_program.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ProgramResult;
using testing::RunKedge;

/// A copy of the retail suite whose gate has these families only.
void WriteSuite(const std::string& folder, const std::vector<std::string>& gate,
                const std::string& strata, int tasks_per_family) {
  std::filesystem::copy(testing::SourcePath("tasksuites/retail"), folder,
                        std::filesystem::copy_options::recursive);
  const std::string text = testing::ReadWholeFile(folder + "/suite.yaml");
  const std::size_t dev = text.find("  gate:"), vault = text.find("  vault:");
  const std::size_t groups = text.find("strata:"), noise = text.find("user_noise:");
  std::string listed, others;
  for (const char* name :
       {"cancel_pending", "change_address", "two_requests", "exchange_item", "return_item",
        "refund_order", "split_payment", "price_question", "stock_question", "identity_check",
        "outside_policy", "impossible_request"}) {
    const bool wanted = std::find(gate.begin(), gate.end(), name) != gate.end();
    (wanted ? listed : others) += std::string("  - ") + name + "\n";
  }
  std::string head = text.substr(0, dev);
  const std::size_t count = head.find("tasks_per_family: ");
  head.replace(count, head.find('\n', count) - count,
               "tasks_per_family: " + std::to_string(tasks_per_family));
  testing::WriteFile(folder + "/suite.yaml", head + others + "  gate:\n" + listed +
                                                 text.substr(vault, groups - vault) + strata +
                                                 text.substr(noise));
}

/// The candidate `tradeoff` wins on orders and loses on exchanges. The curated suite has no
/// exchanges; production is full of them.
class ProductionTracesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteSuite(File("curated"), {"cancel_pending", "change_address", "two_requests"},
               "strata:\n- {name: orders, weight: 1, families: [cancel_pending, change_address, "
               "two_requests]}\n",
               200);
    WriteSuite(File("live"), {"exchange_item", "return_item", "price_question"},
               "strata:\n- {name: live, weight: 1, families: [exchange_item, return_item, "
               "price_question]}\n",
               120);
    const ProgramResult run = RunKedge({"run", "--suite", File("live"), "--strategy",
                                        Strategy("champion"), "--out", File("run"), "--store", ""});
    ASSERT_EQ(run.code, 0) << run.err;
  }

  std::string File(const std::string& name) const { return folder_.File(name); }
  static std::string Strategy(const std::string& name) {
    return testing::SourcePath("tasksuites/retail/strategies/" + name);
  }

  Json Sample() {
    const ProgramResult result = RunKedge({"sample", File("run/traces.jsonl"), "--n", "240",
                                           "--out", File("sample.jsonl"), "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    return ParseJson(result.out);
  }

  std::vector<std::string> Gate(const std::string& out) const {
    return {"gate",
            "--suite",
            File("curated"),
            "--champion",
            Strategy("champion"),
            "--candidate",
            Strategy("candidate-tradeoff"),
            "--policy",
            testing::SourcePath("tasksuites/retail/kedge.yaml"),
            "--store",
            File(out + ".db"),
            "--out",
            File(out),
            "--json"};
  }

  const testing::TempFolder folder_;
};

TEST_F(ProductionTracesTest, ACandidateThatIsWorseInProductionIsBlockedWhateverTheSuiteSays) {
  const Json sample = Sample();
  EXPECT_EQ(sample["read"], 360);
  EXPECT_NEAR(sample["population"].get<double>(), 360, 1e-6);
  const ProgramResult suite_only = RunKedge(Gate("suite-only"));
  EXPECT_EQ(suite_only.code, 0) << suite_only.out << suite_only.err;

  std::vector<std::string> arguments = Gate("with-traces");
  for (const std::string& argument : {std::string("--traces"), File("sample.jsonl"),
                                      std::string("--traces-suite"), File("live")}) {
    arguments.push_back(argument);
  }
  const ProgramResult with_traces = RunKedge(arguments);
  EXPECT_EQ(with_traces.code, 1) << with_traces.out << with_traces.err;
  const Json verdict = ParseJson(with_traces.out);
  EXPECT_EQ(verdict["verdict"], "BLOCK");
  EXPECT_EQ(verdict["reasons"][0]["code"], "regression:production");
  EXPECT_NE(verdict["reasons"][0]["text"].get<std::string>().find("exchange_item"),
            std::string::npos);
  EXPECT_EQ(verdict["details"]["production"]["coverage"]["rebuilt"], 1.0);
}

TEST_F(ProductionTracesTest, ReplayTellsTheLanesApart) {
  Sample();
  const std::vector<std::string> base = {
      "replay",     "--traces",   File("sample.jsonl"), "--suite",
      File("live"), "--champion", Strategy("champion"), "--json"};
  const ProgramResult champion = RunKedge(base);
  EXPECT_EQ(champion.code, 0) << champion.err;
  const Json lanes = ParseJson(champion.out)["lanes"];
  EXPECT_EQ(lanes[1]["name"], "champion on tape");
  EXPECT_EQ(lanes[1]["fidelity"], 1.0) << "the agent that made the traces repeats them";
  EXPECT_EQ(lanes[1]["success"], lanes[0]["success"]);

  std::vector<std::string> forked = base;
  forked.insert(forked.end(), {"--candidate", Strategy("candidate-tradeoff")});
  const ProgramResult worse = RunKedge(forked);
  EXPECT_EQ(worse.code, 1) << worse.out;
  EXPECT_EQ(ParseJson(worse.out)["comparison"]["state"], "harm shown");

  forked.push_back("--no-fork");
  const ProgramResult refused = RunKedge(forked);
  EXPECT_EQ(refused.code, 2) << refused.out;
  const Json json = ParseJson(refused.out);
  EXPECT_TRUE(json["refused"].get<bool>());
  EXPECT_TRUE(json["comparison"].is_null());
  EXPECT_FALSE(json["lanes"][2]["divergences"].empty());
}

TEST_F(ProductionTracesTest, TracesOfAVariantAreRebuiltInThatVariantOnly) {
  const std::string suite = testing::SourcePath("tasksuites/retail");
  const ProgramResult run = RunKedge({"run", "--suite", suite, "--strategy", Strategy("champion"),
                                      "--variant", "3", "--out", File("v"), "--store", ""});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto world_agrees = [&](const std::string& variant) {
    const ProgramResult result =
        RunKedge({"replay", "--traces", File("v/traces.jsonl"), "--suite", suite, "--champion",
                  Strategy("champion"), "--variant", variant, "--json"});
    EXPECT_EQ(result.code, 0) << result.err;
    const Json json = ParseJson(result.out);
    EXPECT_EQ(json["lanes"][1]["scored"], json["world_agrees"]);
    return static_cast<double>(json["world_agrees"]) / static_cast<double>(json["traces"]);
  };
  EXPECT_EQ(world_agrees("3"), 1.0);
  EXPECT_LT(world_agrees("0"), 1.0);

  const auto rebuilt = [&](const std::string& variant) {
    std::vector<std::string> arguments = Gate("gate" + variant);
    arguments[2] = suite;
    arguments.insert(arguments.end(), {"--traces", File("v/traces.jsonl"), "--variant", variant});
    const ProgramResult result = RunKedge(arguments);
    EXPECT_NE(result.out, "") << result.err;
    return ParseJson(result.out)["details"]["production"]["coverage"]["rebuilt"].get<double>();
  };
  EXPECT_EQ(rebuilt("3"), 1.0);
  EXPECT_LT(rebuilt("0"), 1.0);
}

/// What replay says of the champion on an archive, trace by trace: those that left the tape.
struct OnTape {
  double fidelity = 0;
  std::set<std::string> left;
  std::int64_t scored = 0, world_agrees = 0;
};

OnTape Replayed(const std::string& archive, const std::string& suite, const std::string& champion) {
  const ProgramResult result =
      RunKedge({"replay", "--traces", archive, "--suite", suite, "--champion", champion, "--json",
                "--max-divergence", "1"});
  EXPECT_EQ(result.code, 0) << result.err;
  const Json json = ParseJson(result.out);
  const Json& lane = json["lanes"][1];
  OnTape out{lane["fidelity"], {}, lane["scored"], json["world_agrees"]};
  for (const Json& d : lane["divergences"]) out.left.insert(d["trace"].get<std::string>());
  return out;
}

/// Ids of the traces whose line differs between two archives.
std::set<std::string> Changed(const std::string& before, const std::string& after) {
  std::map<std::string, trace::Trace> originals;
  std::set<std::string> changed;
  EXPECT_EQ(trace::ReadJsonl(before, [&](trace::Trace&& t) { originals[t.id] = t; }).bad, 0);
  EXPECT_EQ(trace::ReadJsonl(after,
                             [&](trace::Trace&& t) {
                               if (originals.at(t.id) != t) changed.insert(t.id);
                             })
                .bad,
            0);
  return changed;
}

TEST_F(ProductionTracesTest, RedactionCostsNothingButTheTracesItChanged) {
  const std::string recorded = File("run/traces.jsonl"), redacted = File("redacted.jsonl");
  // Personal data of the world's people, in the words and in the arguments.
  const ProgramResult converted =
      RunKedge({"convert", recorded, redacted, "--to", "jsonl", "--redact", "default",
                "--redact-key", File("key"), "--json"});
  ASSERT_EQ(converted.code, 0) << converted.err;
  EXPECT_GT(ParseJson(converted.out)["redacted"]["email"], 0);
  EXPECT_EQ(testing::ReadWholeFile(redacted).find("@example.com"), std::string::npos);
  ASSERT_NE(testing::ReadWholeFile(recorded).find("@example.com"), std::string::npos);

  const std::set<std::string> changed = Changed(recorded, redacted);
  EXPECT_GT(changed.size(), 0u);
  EXPECT_LT(changed.size(), 180u) << "of 360: else the rest says nothing";
  const OnTape before = Replayed(recorded, File("live"), Strategy("champion"));
  const OnTape after = Replayed(redacted, File("live"), Strategy("champion"));
  EXPECT_EQ(before.fidelity, 1.0);
  for (const std::string& id : after.left) EXPECT_TRUE(changed.contains(id)) << id;
  // What is lost: tasks are known by their words, and the world by the values themselves.
  EXPECT_LE(after.scored, before.scored);
  EXPECT_GE(after.scored, before.scored - static_cast<std::int64_t>(changed.size()));
  EXPECT_LE(after.world_agrees, before.world_agrees);
}

TEST_F(ProductionTracesTest, SampleRedactsWhatItWrites) {
  const ProgramResult result = RunKedge({"sample", File("run/traces.jsonl"), "--n", "100", "--out",
                                         File("s.jsonl"), "--redact", "pii/v1", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_GT(ParseJson(result.out)["redacted"]["email"], 0);
  EXPECT_EQ(testing::ReadWholeFile(File("s.jsonl")).find("@example.com"), std::string::npos);
  EXPECT_EQ(RunKedge({"sample", File("run/traces.jsonl"), "--out", File("t.jsonl"), "--redact-key",
                      File("key")})
                .code,
            64)
      << "a key without packs";
  EXPECT_FALSE(std::filesystem::exists(File("t.jsonl")));
}

TEST(SampleCommandTest, BadCallsSayWhatIsWanted) {
  const testing::TempFolder folder;
  EXPECT_EQ(RunKedge({"sample"}).code, 64);
  EXPECT_EQ(RunKedge({"sample", "/no/such", "--out", folder.File("x")}).code, 66);
  testing::WriteFile(folder.File("junk"), "{\"a\":1}\n");
  EXPECT_EQ(RunKedge({"sample", folder.File("junk"), "--out", folder.File("x")}).code, 65);
  EXPECT_EQ(RunKedge({"sample", folder.File("junk"), "--out", folder.File("x"), "--n", "0"}).code,
            64);
  EXPECT_FALSE(std::filesystem::exists(folder.File("x")));
}

}  // namespace
}  // namespace kedge
