// The guard proxy between the official MCP client and an official MCP server.

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "guards/monitor.h"
#include "guards/trace_events.h"
#include "harness/core/file.h"
#include "harness/process/child_process.h"
#include "harness/trace/formats/read_any.h"
#include "tests/npm/npm_peers.h"

namespace kedge::service {
namespace {

using namespace std::chrono_literals;
using kedge::testing::NpmPath;
using process::Deadline;
using ::testing::HasSubstr;

constexpr const char* kPolicy = R"(version: guards/v1
tools:
  write_file: {effect: write}
  read_text_file: {effect: read}
  list_directory: {effect: read}
  move_file: {effect: write}
  create_directory: {effect: write}
rules:
- id: notes-only
  why: The agent keeps notes and nothing else.
  severity: high
  match: {tool: write_file}
  require: {args: {properties: {path: {type: string, pattern: '^/.*\.txt$'}}}}
  examples:
    deny: [[{call: write_file, args: {path: /a.sh}}]]
    allow: [[{call: write_file, args: {path: /a.txt}}]]
- id: never-move
  severity: high
  match: {tool: move_file}
  forbid: {args: {}}
  examples: {deny: [[{call: move_file}]], allow: [[{call: write_file}]]}
- id: ask-before-folders
  severity: medium
  match: {tool: create_directory}
  verdict: ask
  forbid: {args: {}}
  examples: {ask: [[{call: create_directory}]], allow: [[{call: write_file}]]}
- id: no-keys
  severity: critical
  match: {event: tool_result, tool: read_text_file}
  forbid: {detect: {packs: secrets/v1}}
  verdict: redact
  examples:
    redact: [[{result: read_text_file, value: 'key ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX'}]]
    allow: [[{result: read_text_file, value: nothing}]]
)";

// The token of the example above is 40 characters in the public format; this one is another.
constexpr const char* kToken = "ghp_9zY8xW7vU6tS5rQ4pO3nM2lK1jI0hG9fE8dC";

std::string Program() {
  const char* folder = std::getenv("KEDGE_BUILD_DIR");
  return std::string(folder != nullptr ? folder : "build/ci") + "/kedge";
}

class GuardProxyNpmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KEDGE_NEED_NPM();
    std::filesystem::create_directories(files_);
    kedge::testing::WriteFile(policy_, kPolicy);
    kedge::testing::WriteFile(files_ + "/keys.txt", std::string("my token is ") + kToken + "\n");
  }

  std::vector<std::string> Proxy(std::vector<std::string> more = {}) const {
    std::vector<std::string> out = {Program(),     "guard",
                                    "proxy",       policy_,
                                    "--record",    folder_.File("traces"),
                                    "--approvals", folder_.File("approved")};
    out.insert(out.end(), more.begin(), more.end());
    for (const std::string& word :
         {std::string("--"), std::string("node"),
          NpmPath("node_modules/@modelcontextprotocol/server-filesystem/dist/index.js"), files_}) {
      out.push_back(word);
    }
    return out;
  }

  Json CallAll() const {
    const auto call = [](const char* tool, Json arguments) {
      return Json::array({tool, std::move(arguments)});
    };
    return Json::array(
        {call("write_file", {{"path", files_ + "/a.txt"}, {"content", "hello"}}),
         call("write_file", {{"path", files_ + "/a.sh"}, {"content", "hello"}}),
         call("read_text_file", {{"path", files_ + "/keys.txt"}}),
         call("move_file", {{"source", files_ + "/a.txt"}, {"destination", files_ + "/b.txt"}}),
         call("create_directory", {{"path", files_ + "/d"}}),
         call("edit_file", {{"path", files_ + "/a.txt"}, {"edits", Json::array()}})});
  }

  Json Session(std::vector<std::string> arguments, const Json& calls) const {
    setenv("CALLS", calls.dump().c_str(), 1);
    return kedge::testing::RunNode("world_session.mjs", std::move(arguments));
  }

  Json SessionOverPipes(const Json& calls, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = Proxy(std::move(more));
    arguments.insert(arguments.begin(), "stdio");
    return Session(std::move(arguments), calls);
  }

  void CheckSession(const Json& seen) const {
    ASSERT_TRUE(seen.is_object());
    std::set<std::string> names;
    for (const Json& tool : seen["tools"]) names.insert(tool["name"].get<std::string>());
    EXPECT_EQ(names, (std::set<std::string>{"write_file", "read_text_file", "list_directory",
                                            "create_directory"}));
    const Json& results = seen["results"];
    ASSERT_EQ(results.size(), 6U);
    const auto text = [&](std::size_t i) { return results[i].dump(); };
    EXPECT_FALSE(results[0].value("isError", false)) << text(0);
    EXPECT_EQ(kedge::testing::ReadWholeFile(files_ + "/a.txt"), "hello");
    EXPECT_TRUE(results[1].value("isError", false)) << text(1);
    EXPECT_THAT(text(1), HasSubstr("notes-only"));
    EXPECT_FALSE(std::filesystem::exists(files_ + "/a.sh"));
    EXPECT_THAT(text(2), HasSubstr("[redacted:no-keys]"));
    EXPECT_THAT(text(2), ::testing::Not(HasSubstr(kToken)));
    EXPECT_TRUE(results[3].value("isError", false)) << text(3);
    EXPECT_TRUE(results[4].value("isError", false)) << text(4);
    EXPECT_THAT(text(4), HasSubstr("touch "));
    EXPECT_TRUE(results[5].value("isError", false)) << text(5);
    EXPECT_THAT(text(5), HasSubstr("unknown_tool"));
  }

  // What was recorded draws the same verdicts when it is judged again.
  void CheckRecord() const {
    std::vector<trace::Trace> traces;
    (void)trace::ReadTraces(folder_.File("traces/traces-00000001.jsonl"), {},
                            [&](trace::Trace&& trace) { traces.push_back(std::move(trace)); });
    ASSERT_EQ(traces.size(), 1U);
    EXPECT_THAT(DumpJson(traces[0].extra), HasSubstr("policy_digest"));
    guards::Monitor monitor(guards::Policy::Load(policy_));
    monitor.Reset(traces[0].id);
    std::vector<std::string> again, recorded;
    for (const guards::Event& event : guards::EventsOf(traces[0])) {
      if (event.type != guards::EventType::kToolCall) continue;
      for (const guards::Finding& finding : monitor.Observe(event).findings) {
        again.push_back(finding.rule);
      }
    }
    for (const trace::Step& step : traces[0].steps) {
      if (step.kind == trace::StepKind::kGuard && step.guard.guard != "no-keys") {
        recorded.push_back(step.guard.guard);
      }
    }
    EXPECT_EQ(again, recorded);
    EXPECT_THAT(recorded, ::testing::ElementsAre("notes-only", "never-move", "ask-before-folders",
                                                 "unknown_tool"));
  }

  kedge::testing::TempFolder folder_{};
  const std::string files_ = folder_.File("files");
  const std::string policy_ = folder_.File("policy.yaml");
};

TEST_F(GuardProxyNpmTest, GuardsTheFileSystemServerOverPipes) {
  CheckSession(SessionOverPipes(CallAll()));
  CheckRecord();
}

TEST_F(GuardProxyNpmTest, GuardsTheFileSystemServerOverHttp) {
  process::ProcessOptions options;
  options.argv = Proxy({"--http", "127.0.0.1:0"});
  process::ChildProcess proxy = process::ChildProcess::Start(options);
  const std::string url(proxy.ReadLine(Deadline::After(30s), 1000).line);
  ASSERT_THAT(url, HasSubstr("http://127.0.0.1:")) << proxy.stderr_tail();
  CheckSession(Session({"http", url}, CallAll()));
  (void)proxy.Stop(1s);
  CheckRecord();
}

TEST_F(GuardProxyNpmTest, AServerBehindHttpIsGuardedToo) {
  process::ProcessOptions options;
  options.argv = {"node", NpmPath("everything_http.mjs")};
  process::ChildProcess server = process::ChildProcess::Start(options);
  const std::string url(server.ReadLine(Deadline::After(30s), 1000).line);
  kedge::testing::WriteFile(policy_, R"(version: guards/v1
tools: {echo: {effect: read}}
rules:
- id: short
  severity: low
  match: {tool: echo}
  require: {args: {properties: {message: {type: string, maxLength: 5}}}}
  examples:
    deny: [[{call: echo, args: {message: abcdef}}]]
    allow: [[{call: echo, args: {message: abcde}}]]
)");
  const Json seen =
      Session({"stdio", Program(), "guard", "proxy", policy_, "--upstream", url},
              ParseJson(R"([["echo", {"message": "hi"}], ["echo", {"message": "hello you"}]])"));
  ASSERT_TRUE(seen.is_object());
  EXPECT_EQ(seen["tools"].size(), 1U);
  EXPECT_EQ(seen["results"][0]["content"][0]["text"], "Echo: hi");
  EXPECT_THAT(seen["results"][1].dump(), HasSubstr("short"));
}

TEST_F(GuardProxyNpmTest, AnApprovalLetsTheSameCallPass) {
  // The binding depends on the session's name, which no one can foresee: approve while it runs.
  process::ProcessOptions options;
  options.argv = Proxy();
  process::ChildProcess proxy = process::ChildProcess::Start(options);
  int id = 0;
  const auto ask = [&](const std::string& method, const Json& params) {
    const Json request = {{"jsonrpc", "2.0"}, {"id", ++id}, {"method", method}, {"params", params}};
    (void)proxy.Write(request.dump() + "\n", Deadline::After(30s));
    return ParseJson(proxy.ReadLine(Deadline::After(30s), 1 << 20).line);
  };
  (void)ask("initialize", {{"protocolVersion", "2025-06-18"},
                           {"capabilities", Json::object()},
                           {"clientInfo", {{"name", "t"}, {"version", "1"}}}});
  const Json call = {{"name", "create_directory"}, {"arguments", {{"path", files_ + "/d"}}}};
  const std::string refusal =
      ask("tools/call", call)["result"]["content"][0]["text"].get<std::string>();
  const std::size_t at = refusal.find("touch ");
  ASSERT_NE(at, refusal.npos) << refusal;
  kedge::testing::WriteFile(refusal.substr(at + 6), "");
  const Json granted = ask("tools/call", call);
  EXPECT_FALSE(granted["result"].value("isError", false)) << granted;
  EXPECT_TRUE(std::filesystem::is_directory(files_ + "/d"));
  EXPECT_TRUE(ask("tools/call", call)["result"].value("isError", false))
      << "one approval, one call";
  EXPECT_TRUE(proxy.Stop(10s).ok());
}

TEST_F(GuardProxyNpmTest, AChangedDefinitionIsNeitherShownNorCalled) {
  const std::string pins = folder_.File("pins.json");
  const Json calls = Json::array(
      {Json::array({"write_file", {{"path", files_ + "/a.txt"}, {"content", "hello"}}})});
  const Json first = SessionOverPipes(calls, {"--pins", pins});
  EXPECT_FALSE(first["results"][0].value("isError", false)) << first["results"];
  Json changed = ParseJson(ReadFile(pins));
  ASSERT_TRUE(changed.contains("write_file"));
  changed["write_file"] = std::string(64, 'a');
  kedge::testing::WriteFile(pins, changed.dump());
  const Json second = SessionOverPipes(calls, {"--pins", pins});
  for (const Json& tool : second["tools"]) EXPECT_NE(tool["name"], "write_file");
  EXPECT_TRUE(second["results"][0].value("isError", false)) << second["results"];
  EXPECT_THAT(second["results"][0].dump(), HasSubstr("definition"));
}

}  // namespace
}  // namespace kedge::service
