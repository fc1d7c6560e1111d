#include "harness/agent/process_agent.h"

#include <gmock/gmock.h>

#include "harness/core/error.h"
#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

using kedge::testing::TempFolder;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ProcessAgentTest : public ::testing::Test {
 protected:
  EpisodeEnd Run(const std::string& body, EpisodeStart start = Start("do it")) {
    ProcessAgent agent(ProcessAgentIn(temp, body), TestStrategy());
    return agent.Run(start, io);
  }
  TempFolder temp;
  FakeIo io;
};

TEST_F(ProcessAgentTest, AnswersWithItsCosts) {
  const EpisodeEnd end = Run(
      "answer(request, start['instruction'] + '!', input_tokens=5, output_tokens=7, cost=0.25)");
  EXPECT_EQ(end.end, "answered") << end.detail;
  EXPECT_EQ(end.final_text, "do it!");
  EXPECT_EQ(end.input_tokens, 5);
  EXPECT_EQ(end.output_tokens, 7);
  EXPECT_TRUE(end.has_cost);
  EXPECT_EQ(end.cost, 0.25);
  EXPECT_FALSE(end.infrastructure);
}

TEST_F(ProcessAgentTest, CallsToolsAsksTheUserAndTells) {
  const EpisodeEnd end = Run(R"(
e = start['episode']
found = ask('tools/call', episode=e, name='find', arguments={'id': 3})['result']
colour = ask('user/ask', episode=e, question='Which colour?')['result']['text']
send(method='trace/event', params={'episode': e, 'kind': 'decision', 'decision':
     {'point': 'tool', 'chosen': 'find', 'options': ['find', 'stop'], 'reason': 'why not'}})
send(method='trace/event', params={'episode': e, 'kind': 'model_call', 'text': 'hm',
     'input_tokens': 10, 'output_tokens': 2, 'cost': 0.5})
answer(request, json.dumps(found) + colour))");
  EXPECT_EQ(end.end, "answered") << end.detail;
  EXPECT_EQ(end.final_text, R"({"content": {"found": 1}, "ok": true}blue)");
  EXPECT_THAT(io.calls, ElementsAre(R"(find{"id":3})"));
  EXPECT_THAT(io.questions, ElementsAre("Which colour?"));
  ASSERT_EQ(io.steps.size(), 2u);
  EXPECT_EQ(io.steps[0].kind, trace::StepKind::kDecision);
  EXPECT_EQ(io.steps[0].decision.chosen, "find");
  EXPECT_THAT(io.steps[0].decision.options, ElementsAre("find", "stop"));
  EXPECT_EQ(io.steps[1].kind, trace::StepKind::kModelCall);
  EXPECT_EQ(io.steps[1].actor, "agent");
  EXPECT_EQ(io.steps[1].output_tokens, 2);
  EXPECT_EQ(io.steps[1].cost, 0.5);
}

TEST_F(ProcessAgentTest, AFailingToolIsAResultNotAnError) {
  io.result = world::ToolResult::Failure("not_found", "no such order");
  const EpisodeEnd end =
      Run("answer(request, json.dumps(ask('tools/call', episode=start['episode'], name='find')))");
  EXPECT_EQ(end.final_text,
            R"({"id": "q", "jsonrpc": "2.0", "result": {"error_class": "not_found", )"
            R"("message": "no such order", "ok": false}})");
  EXPECT_THAT(io.calls, ElementsAre("find{}"));
}

TEST_F(ProcessAgentTest, WrongRequestsAreRefusedAndReachNothing) {
  const EpisodeEnd end = Run(R"(
e = start['episode']
replies = [ask('tools/call', episode='e0', name='find'),
           ask('tools/call', episode=e),
           ask('tools/call', episode=e, name='find', arguments=[1]),
           ask('tools/call', episode=e, name='find', argument={}),
           ask('user/ask', episode=e, question=7),
           ask('user/tell', episode=e)]
answer(request, '\n'.join(str(r['error']['code']) + ' ' + r['error']['message'] for r in replies)))");
  EXPECT_EQ(end.end, "answered") << end.detail;
  EXPECT_EQ(end.final_text,
            "-32602 params.episode: episode \"e0\" is not running\n"
            "-32602 params.name: is missing\n"
            "-32602 params.arguments: expected an object\n"
            "-32602 params.argument: unknown field\n"
            "-32602 params.question: expected text\n"
            "-32601 no method \"user/tell\"; there are tools/call and user/ask");
  EXPECT_TRUE(io.calls.empty());
  EXPECT_TRUE(io.questions.empty());
}

TEST_F(ProcessAgentTest, IsToldEverything) {
  EpisodeStart start = Start("line one\nline two \xe2\x82\xac");
  start.policy = "be kind";
  start.seed = ~std::uint64_t{0};
  world::ToolSpec tool;
  tool.name = "find";
  tool.description = "Finds.";
  tool.arguments = {{"type", "object"}, {"required", {"id"}}};
  tool.argument_types = {{"id", "order_id"}};
  start.tools = {tool};
  const strategy::Strategy strategy = TestStrategy();
  const EpisodeEnd end = Run("answer(request, json.dumps(start))", start);
  const Json told = ParseJson(end.final_text);
  EXPECT_EQ(told["episode"], "e1");
  EXPECT_EQ(told["instruction"], start.instruction);
  EXPECT_EQ(told["policy"], "be kind");
  EXPECT_EQ(told["tools"], Json::array({{{"name", "find"},
                                         {"description", "Finds."},
                                         {"arguments", tool.arguments},
                                         {"writes", false},
                                         {"argument_types", {{"id", "order_id"}}}}}));
  EXPECT_EQ(told["strategy"], (Json{{"name", "test"}, {"hash", strategy.hash()}}));
  EXPECT_EQ(told["seed"], (std::uint64_t{1} << 53) - 1) << "exact in every language";
  EXPECT_EQ(told["limits"],
            (Json{{"max_steps", 200}, {"max_tool_calls", 100}, {"deadline_ms", 20'000}}));
}

TEST_F(ProcessAgentTest, InitializeCarriesTheWholeStrategy) {
  testing::WriteFile(temp.File("agent.py"), R"(
import json, sys
first = json.loads(sys.stdin.readline())
print(json.dumps({'jsonrpc': '2.0', 'id': first['id'],
                  'result': {'protocol': 'kedge-agent/1', 'name': 'n', 'version': '1'}}), flush=True)
second = json.loads(sys.stdin.readline())
print(json.dumps({'jsonrpc': '2.0', 'id': second['id'],
                  'result': {'text': first['method'] + json.dumps(first['params'])}}), flush=True)
sys.stdin.read())");
  const strategy::Strategy strategy = TestStrategy();
  ProcessAgent agent(PythonFile(temp.File("agent.py")), strategy);
  const std::string text = agent.Run(Start("x"), io).final_text;
  ASSERT_EQ(text.substr(0, 10), "initialize");
  EXPECT_EQ(ParseJson(text.substr(10)),
            (Json{{"protocol", "kedge-agent/1"}, {"strategy", strategy.ToJson()}}));
}

TEST_F(ProcessAgentTest, OneWorkerServesManyEpisodes) {
  ProcessAgent agent(ProcessAgentIn(temp, "answer(request, str(os.getpid()))"), TestStrategy());
  const std::string first = agent.Run(Start("1"), io).final_text;
  for (int i = 0; i < 200; ++i) ASSERT_EQ(agent.Run(Start("n"), io).final_text, first);
}

TEST_F(ProcessAgentTest, AnErrorResponseIsAnAgentErrorAndKeepsTheWorker) {
  const ChildAgentOptions options = ProcessAgentIn(temp, R"(
if start['instruction'] == 'fail':
    send(id=request['id'], error={'code': -1, 'message': 'cannot', 'data': os.getpid()})
else:
    answer(request, str(os.getpid())))");
  ProcessAgent agent(options, TestStrategy());
  const std::string pid = agent.Run(Start("ok"), io).final_text;
  const EpisodeEnd end = agent.Run(Start("fail"), io);
  EXPECT_EQ(end.end, "agent_error");
  EXPECT_EQ(end.detail, "error -1: cannot");
  EXPECT_EQ(agent.Run(Start("ok"), io).final_text, pid);
}

TEST_F(ProcessAgentTest, WhatEndsTheEpisodePassesThroughAndTheNextIsFresh) {
  const ChildAgentOptions options = ProcessAgentIn(temp, R"(
if start['instruction'] == 'call':
    ask('tools/call', episode=start['episode'], name='find')
answer(request, str(os.getpid())))");
  ProcessAgent agent(options, TestStrategy());
  const std::string pid = agent.Run(Start("ok"), io).final_text;
  io.on_call = [] { throw EpisodeEnded{"step_limit", "200 steps"}; };
  EXPECT_THROW(agent.Run(Start("call"), io), EpisodeEnded);
  const EpisodeEnd end = agent.Run(Start("ok"), io);
  EXPECT_EQ(end.end, "answered");
  EXPECT_NE(end.final_text, pid);
}

TEST_F(ProcessAgentTest, AWorkerThatSpeaksBetweenEpisodesIsReplaced) {
  const ChildAgentOptions options = ProcessAgentIn(temp, R"(
line = json.dumps({'jsonrpc': '2.0', 'id': request['id'], 'result': {'text': str(os.getpid())}})
times = 2 if start['instruction'] == 'twice' else 1
raw((line + '\n').encode() * times))");
  ProcessAgent agent(options, TestStrategy());
  const EpisodeEnd first = agent.Run(Start("twice"), io);
  EXPECT_EQ(first.end, "answered");
  const EpisodeEnd second = agent.Run(Start("once"), io);
  EXPECT_EQ(second.end, "answered") << second.detail;
  EXPECT_NE(second.final_text, first.final_text);
  EXPECT_EQ(agent.Run(Start("once"), io).final_text, second.final_text);
}

TEST_F(ProcessAgentTest, ProcessorTimeIsPerEpisode) {
  ChildAgentOptions options = ProcessAgentIn(temp, R"(
end = time.process_time() + 0.7
while time.process_time() < end or start['instruction'] == 'forever': pass
answer(request, str(os.getpid())))");
  options.program.limits.cpu_seconds = 1;
  ProcessAgent agent(options, TestStrategy());
  const std::string pid = agent.Run(Start("work"), io).final_text;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(agent.Run(Start("work"), io).final_text, pid);
  const EpisodeEnd end = agent.Run(Start("forever"), io);
  EXPECT_EQ(end.end, "cpu_limit") << end.detail;
}

TEST_F(ProcessAgentTest, FingerprintIsTheCommand) {
  ChildAgentOptions options;
  options.program.argv = {"python3", "my agent.py"};
  EXPECT_EQ(ProcessAgentFactory(options).fingerprint(), R"(process ["python3","my agent.py"])");
}

TEST_F(ProcessAgentTest, FactoryMakesStartedAgents) {
  const ProcessAgentFactory factory(ProcessAgentIn(temp, "answer(request, 'made')"));
  EXPECT_EQ(factory.Make(TestStrategy())->Run(Start("x"), io).final_text, "made");
}

}  // namespace
}  // namespace kedge::agent
