// A model behind TLS: trusted by its certificate authority, by its name, and with a certificate of
// the client's own where the server wants one.

#include <gtest/gtest.h>

#include "harness/llm/http_chat_model.h"
#include "harness/process/child_process.h"
#include "harness/process/run_once.h"
#include "tests/llm/fakes.h"
#include "tests/npm/npm_peers.h"

namespace kedge::llm {
namespace {

using Kind = ChatFailure::Kind;
using process::Deadline;
using std::chrono::seconds;

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KEDGE_NEED("npm", !testing::FindProgram("node").empty(), "no node");
    KEDGE_NEED("npm", !testing::FindProgram("openssl").empty(), "no openssl");
    MakeCertificate("server", "IP:127.0.0.1");
  }

  // A key and a certificate that signs itself: NAME.key, NAME.pem.
  void MakeCertificate(const std::string& name, const std::string& subject) {
    process::ProcessOptions options;
    options.argv = {"openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=kedge test",
                    "-addext",
                    "subjectAltName=" + subject,
                    "-keyout",
                    File(name + ".key"),
                    "-out",
                    File(name + ".pem")};
    const auto run = process::RunOnce(options, "", seconds(30));
    ASSERT_TRUE(run.status.ok()) << run.stderr_tail;
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  void Start(const std::string& certificate, const std::string& client_ca = "") {
    process::ProcessOptions options;
    options.argv = {"node", testing::NpmPath("tls_model_server.mjs"), File(certificate + ".key"),
                    File(certificate + ".pem")};
    if (!client_ca.empty()) options.argv.push_back(File(client_ca + ".pem"));
    server_.emplace(process::ChildProcess::Start(options));
    url_ = server_->ReadLine(Deadline::After(seconds(30)), 1000).line;
    ASSERT_TRUE(url_.starts_with("https://")) << server_->stderr_tail();
  }

  tl::expected<ChatResponse, ChatFailure> Ask(const net::HttpClientOptions& http) {
    HttpChatOptions options;
    options.url = url_ + "/v1";
    options.key = "sk-test";
    options.http = http;
    options.http.proxy = "none";
    return MakeHttpChatModel(options, ChatCompletionsFormat(), {}, log_.wait(), log_.clock)
        ->Complete(Question(), {});
  }

  // Refused at once: no second try makes a stranger trustworthy.
  void ExpectDistrust(const net::HttpClientOptions& http) {
    const auto response = Ask(http);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, Kind::kUnavailable) << response.error().text;
    EXPECT_EQ(response.error().attempts, 1) << response.error().text;
  }

  net::HttpClientOptions Trusting(const std::string& name) const {
    net::HttpClientOptions http;
    http.ca_file = File(name + ".pem");
    return http;
  }

  testing::TempFolder folder_;
  std::optional<process::ChildProcess> server_;
  std::string url_;
  WaitLog log_;
};

TEST_F(TlsTest, ItsCertificateAuthorityIsTrustedAndNoOther) {
  Start("server");
  const auto response = Ask(Trusting("server"));
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->text, "Done.");
  ExpectDistrust({});
  MakeCertificate("stranger", "IP:127.0.0.1");
  ExpectDistrust(Trusting("stranger"));
}

TEST_F(TlsTest, ACertificateForAnotherNameIsNotTrusted) {
  MakeCertificate("elsewhere", "DNS:model.example");
  Start("elsewhere");
  ExpectDistrust(Trusting("elsewhere"));
}

TEST_F(TlsTest, AClientShowsItsCertificateWhereItIsWanted) {
  MakeCertificate("client", "DNS:client.example");
  Start("server", "client");
  EXPECT_FALSE(Ask(Trusting("server")));
  net::HttpClientOptions http = Trusting("server");
  http.client_certificate = File("client.pem");
  http.client_key = File("client.key");
  const auto response = Ask(http);
  ASSERT_TRUE(response) << response.error().text;
  EXPECT_EQ(response->text, "Done.");
}

}  // namespace
}  // namespace kedge::llm
