#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "harness/core/json.h"
#include "harness/process/run_once.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

const char* const kDashboard = "reports/grafana/kedge-dashboard.json";
const char* const kAlerts = "reports/prometheus/alerts.yml";

std::string Source(const std::string& path) {
  return testing::ReadWholeFile(testing::SourcePath(path));
}

std::set<std::string> Names(const std::string& text) {
  const std::regex name("kedge_[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) {
    names.insert(
        std::regex_replace(it->str(), std::regex("_seconds_(bucket|sum|count)$"), "_seconds"));
  }
  return names;
}

TEST(MonitoringFilesTest, OnlyMetricsThatExistAreAskedFor) {
  const std::set<std::string> known = Names(Source("harness/metrics/metrics.cc"));
  ASSERT_TRUE(known.contains("kedge_gate_verdict"));
  for (const char* path : {kDashboard, kAlerts}) {
    const std::set<std::string> used = Names(Source(path));
    EXPECT_FALSE(used.empty()) << path;
    for (const std::string& name : used) EXPECT_TRUE(known.contains(name)) << path << ": " << name;
  }
}

TEST(MonitoringFilesTest, EveryPanelOfTheDashboardAsksSomething) {
  const Json dashboard = Json::parse(Source(kDashboard));
  std::set<int> ids;
  for (const Json& panel : dashboard.at("panels")) {
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << panel.at("title");
    ASSERT_FALSE(panel.at("targets").empty()) << panel.at("title");
    for (const Json& target : panel.at("targets")) {
      EXPECT_NE(target.at("expr").get<std::string>().find("kedge_"), std::string::npos);
    }
  }
  EXPECT_GE(ids.size(), 6u);
}

int Promtool(const std::vector<std::string>& arguments, std::string& said) {
  process::ProcessOptions options;
  options.argv = {"promtool"};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.working_folder = testing::SourcePath("tests/reports");
  const process::RunResult result = process::RunOnce(options, "", std::chrono::seconds(60));
  said = result.output + result.stderr_tail;
  return result.status.value;
}

TEST(MonitoringFilesTest, PromtoolAcceptsTheAlertsAndTheyFireWhenTheyShould) {
  KEDGE_NEED("prometheus", !testing::FindProgram("promtool").empty(), "promtool is not installed");
  std::string said;
  EXPECT_EQ(Promtool({"check", "rules", testing::SourcePath(kAlerts)}, said), 0) << said;
  EXPECT_EQ(Promtool({"test", "rules", "alerts_test.yml"}, said), 0) << said;
}

/// Every expression of the dashboard, as a rules file, so that promtool parses it.
TEST(MonitoringFilesTest, PromtoolParsesEveryQueryOfTheDashboard) {
  KEDGE_NEED("prometheus", !testing::FindProgram("promtool").empty(), "promtool is not installed");
  const Json dashboard = Json::parse(Source(kDashboard));
  Json rules = Json::array();
  for (const Json& panel : dashboard.at("panels")) {
    for (const Json& target : panel.at("targets")) {
      std::string query = target.at("expr");
      for (const auto& [variable, value] :
           {std::pair("$suite", ".*"), std::pair("$__rate_interval", "5m")}) {
        for (std::size_t at; (at = query.find(variable)) != std::string::npos;) {
          query.replace(at, std::string(variable).size(), value);
        }
      }
      rules.push_back({{"record", "q:" + std::to_string(rules.size())}, {"expr", query}});
    }
  }
  const testing::TempFolder folder;
  const std::string file = folder.File("rules.yml");
  // JSON is YAML.
  testing::WriteFile(file,
                     Json{{"groups", Json::array({{{"name", "all"}, {"rules", rules}}})}}.dump());
  std::string said;
  EXPECT_EQ(Promtool({"check", "rules", file}, said), 0) << said;
}

}  // namespace
}  // namespace kedge::reports
