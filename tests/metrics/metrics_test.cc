#include "harness/metrics/metrics.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::metrics {
namespace {

gate::Verdict SampleVerdict() {
  gate::Verdict verdict;
  verdict.kind = gate::VerdictKind::kBlock;
  verdict.suite = "shop";
  verdict.delta = {0.02, -0.01, 0.05, 0.9};
  verdict.pairs.n = 320;
  verdict.error_budget_left = 0.85;
  gate::Component stratum;
  stratum.name = "stratum:orders";
  stratum.delta = {-0.2, -0.3, -0.1, 0.9};
  verdict.components.push_back(stratum);
  return verdict;
}

void Fill(Metrics& metrics) {
  metrics.On(EpisodeFinished{"shop", "orders", "champion", "success", 0.002});
  metrics.On(EpisodeFinished{"shop", "orders", "champion", "success", 0.004});
  metrics.On(EpisodeFinished{"shop", "orders", "candidate", "missing", 1});
  metrics.On(GuardTriggered{"no \"quotes\"\\", "candidate", "deny"});
  metrics.On(PhaseFinished{"run", 12});
  metrics.SetVerdict(SampleVerdict());
}

/// Headers and as many bytes of body as they announce.
bool IsComplete(const std::string& answer) {
  const std::size_t body = answer.find("\r\n\r\n");
  const std::size_t length = answer.find("Content-Length: ");
  if (body == std::string::npos || length == std::string::npos) return false;
  return answer.size() >= body + 4 + std::stoul(answer.substr(length + 16));
}

/// A bare HTTP/1.1 GET over a connection that is used `times` times.
std::vector<std::string> GetRepeatedly(int port, int times) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return {};
  std::vector<std::string> answers;
  for (int i = 0; i < times; ++i) {
    const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    if (write(fd, request.data(), request.size()) < 0) break;
    std::string answer;
    char buffer[4096];
    while (!IsComplete(answer)) {
      const ssize_t got = read(fd, buffer, sizeof(buffer));
      if (got <= 0) break;
      answer.append(buffer, static_cast<std::size_t>(got));
    }
    answers.push_back(answer);
  }
  close(fd);
  return answers;
}

TEST(MetricsTest, CountsEpisodesAndSetsTheVerdict) {
  Metrics metrics({"1.2.3", "abc"});
  Fill(metrics);
  const std::string text = metrics.Text();
  const auto has = [&](const std::string& line) {
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line << "\nin\n" << text;
  };
  has(R"(kedge_build_info{revision="abc",version="1.2.3"} 1)");
  has(R"(kedge_episodes_total{arm="champion",result="success",stratum="orders",suite="shop"} 2)");
  has(R"(kedge_episodes_total{arm="candidate",result="missing",stratum="orders",suite="shop"} 1)");
  has(R"(kedge_gate_verdict{suite="shop",verdict="BLOCK"} 1)");
  has(R"(kedge_gate_verdict{suite="shop",verdict="PROMOTE"} 0)");
  has(R"(kedge_gate_effect_ratio{bound="low",component="stratum:orders",suite="shop"} -0.3)");
  has(R"(kedge_error_budget_left_ratio{suite="shop"} 0.85)");
  has(R"(kedge_guard_violations_total{arm="candidate",guard="no \"quotes\"\\",verdict="deny"} 1)");
}

TEST(MetricsTest, CountsFromSeveralThreads) {
  Metrics metrics({"1", "r"});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        metrics.On(EpisodeFinished{"s", "a", "champion", "failure", 0.1});
      }
    });
  }
  threads.clear();
  EXPECT_NE(metrics.Text().find("suite=\"s\"} 2000\n"), std::string::npos);
}

TEST(MetricsTest, PromtoolAcceptsTheText) {
  const std::string promtool = testing::FindProgram("promtool");
  KEDGE_NEED("prometheus", !promtool.empty(), "promtool is not installed");
  testing::TempFolder folder;
  Metrics metrics({"1.2.3", "abc"});
  Fill(metrics);
  metrics.WriteTextFile(folder.File("kedge.prom"));
  const std::string command = promtool + " check metrics < " + folder.File("kedge.prom") + " > " +
                              folder.File("complaints") + " 2>&1";
  const int status = std::system(command.c_str());
  EXPECT_EQ(status, 0) << testing::ReadWholeFile(folder.File("complaints"));
  EXPECT_EQ(testing::ReadWholeFile(folder.File("complaints")), "");
}

TEST(MetricsTest, ServesScrapesOverOneConnection) {
  Metrics metrics({"1", "r"});
  Fill(metrics);
  const int port = metrics.Serve("127.0.0.1:0");
  const std::vector<std::string> answers = GetRepeatedly(port, 3);
  ASSERT_EQ(answers.size(), 3U);
  for (const std::string& answer : answers) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
    EXPECT_NE(answer.find("kedge_gate_pairs{suite=\"shop\"} 320"), std::string::npos);
  }
}

TEST(MetricsTest, RefusesWhatIsNoAddressAndWhatIsTaken) {
  Metrics first({"1", "r"});
  const int port = first.Serve("127.0.0.1:0");
  for (const char* wrong : {"", "9464", "localhost", "localhost:", "localhost:http", "h:70000"}) {
    Metrics metrics({"1", "r"});
    try {
      metrics.Serve(wrong);
      FAIL() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
  Metrics second({"1", "r"});
  try {
    second.Serve("127.0.0.1:" + std::to_string(port));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace kedge::metrics
