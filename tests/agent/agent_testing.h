#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/agent/child_options.h"
#include "tests/process/process_testing.h"
#include "tests/testing/needs.h"

namespace kedge::agent {

/// Records what an agent asks for and answers with what the test set.
class FakeIo : public EpisodeIo {
 public:
  world::ToolResult CallTool(const std::string& name, const Json& arguments) override {
    calls.push_back(name + DumpJson(arguments));
    if (on_call) on_call();
    return result;
  }
  std::string AskUser(const std::string& question) override {
    questions.push_back(question);
    return reply;
  }
  void Record(trace::Step step) override { steps.push_back(std::move(step)); }

  std::vector<std::string> calls;
  std::vector<std::string> questions;
  std::vector<trace::Step> steps;
  world::ToolResult result = world::ToolResult::Ok(Json{{"found", 1}});
  std::string reply = "blue";
  std::function<void()> on_call;
};

strategy::Strategy TestStrategy();

/// An episode with a deadline that no healthy agent misses.
EpisodeStart Start(const std::string& instruction,
                   std::chrono::milliseconds deadline = std::chrono::seconds(20));

/// Options that run a Python file.
ChildAgentOptions PythonFile(const std::string& path);

/// A process agent in Python: `body` is the inside of `def episode(request, start):`, which must
/// answer. It has `send(**message)`, `ask(method, **params)` and `answer(request, text)`.
ChildAgentOptions ProcessAgentIn(const testing::TempFolder& folder, const std::string& body);

}  // namespace kedge::agent
