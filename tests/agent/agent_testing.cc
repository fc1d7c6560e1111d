#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

constexpr char kPrelude[] = R"(
import json, os, signal, sys, time

def send(**message):
    sys.stdout.write(json.dumps({'jsonrpc': '2.0', **message}) + '\n')
    sys.stdout.flush()

def answer(request, text, **more):
    send(id=request['id'], result={'text': text, **more})

def ask(method, **params):
    send(id='q', method=method, params=params)
    return json.loads(sys.stdin.readline())

def raw(data):
    os.write(1, data)

def episode(request, start):
)";

constexpr char kLoop[] = R"(
for line in sys.stdin:
    request = json.loads(line)
    if request['method'] == 'initialize':
        send(id=request['id'], result={'protocol': 'kedge-agent/1'})
    else:
        episode(request, request['params'])
)";

std::string Indented(const std::string& body) {
  std::string out = "    ";
  for (const char c : body) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out + "\n";
}

}  // namespace

strategy::Strategy TestStrategy() {
  return strategy::Strategy::FromLayers("test", {}, {}, Json::object());
}

EpisodeStart Start(const std::string& instruction, std::chrono::milliseconds deadline) {
  EpisodeStart start;
  start.episode_id = "e1";
  start.instruction = instruction;
  start.seed = 7;
  start.limits.deadline = deadline;
  return start;
}

ChildAgentOptions PythonFile(const std::string& path) {
  ChildAgentOptions options;
  options.program = process::Python("");
  options.program.argv = {options.program.argv[0], path};
  options.program.limits = ChildAgentOptions().program.limits;
  options.initialize_deadline = std::chrono::seconds(20);
  return options;
}

ChildAgentOptions ProcessAgentIn(const testing::TempFolder& folder, const std::string& body) {
  testing::WriteFile(folder.File("agent.py"), kPrelude + Indented(body) + kLoop);
  return PythonFile(folder.File("agent.py"));
}

}  // namespace kedge::agent
