#include "tests/cli/kedge_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::testing {
namespace {

std::string Program() {
  const char* build = std::getenv("KEDGE_BUILD_DIR");
  if (build == nullptr) throw InternalError("KEDGE_BUILD_DIR is not set; run through ctest");
  return std::string(build) + "/kedge";
}

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& out,
            const std::string& err) {
  std::vector<std::string> words = {Program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int out_fd = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_fd = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(out_fd, STDOUT_FILENO);
  dup2(err_fd, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

ProgramResult RunKedge(const std::vector<std::string>& arguments) {
  const TempFolder folder;
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = Spawn(arguments, folder.File("out"), folder.File("err"));
  const auto deadline = start + std::chrono::minutes(2);
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(pid, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ProgramResult result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.out = ReadWholeFile(folder.File("out"));
  result.err = ReadWholeFile(folder.File("err"));
  return result;
}

bool RunAndKillKedge(const std::vector<std::string>& arguments, std::chrono::microseconds delay) {
  const pid_t pid = Spawn(arguments, "/dev/null", "/dev/null");
  std::this_thread::sleep_for(delay);
  int status = 0;
  const bool running = waitpid(pid, &status, WNOHANG) == 0;
  if (running) {
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  return running;
}

void WriteEchoSuite(const std::string& folder, int tasks) {
  WriteFile(folder + "/suite.yaml", "format: kedge-suite/1\nsuite: echo\ntasks: tasks.jsonl\n");
  std::string lines;
  for (int i = 0; i < tasks; ++i) {
    const std::string n = std::to_string(i);
    lines += R"({"id":"t)" + n + R"(","instruction":"say )" + n + R"(","tell":["say )" + n +
             R"("],"scorers":[{"type":"regex","pattern":"say"},{"type":"contains","value":")" + n +
             "\"}]}\n";
  }
  WriteFile(folder + "/tasks.jsonl", lines);
}

std::vector<std::string> RetailGate(const std::string& candidate, const std::string& folder) {
  const std::string retail = SourcePath("tasksuites/retail");
  return {"gate",
          "--suite",
          retail,
          "--champion",
          retail + "/strategies/champion",
          "--candidate",
          retail + "/strategies/" + candidate,
          "--policy",
          retail + "/kedge.yaml",
          "--store",
          folder + "/kedge.db",
          "--out",
          folder + "/out"};
}

Json ReadJsonFile(const std::string& path) { return ParseJson(ReadWholeFile(path), path); }

}  // namespace kedge::testing
