#include "tests/process/process_testing.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <thread>

namespace kedge::process {
namespace fs = std::filesystem;

Census TakeCensus() {
  Census census;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    (void)entry;
    ++census.descriptors;
  }
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::istringstream children(testing::ReadWholeFile(task.path().string() + "/children"));
    for (int pid; children >> pid;) ++census.children;
  }
  return census;
}

std::ostream& operator<<(std::ostream& out, const Census& census) {
  return out << census.descriptors << " descriptors, " << census.children << " children";
}

bool IsGone(int pid) { return ::kill(pid, 0) != 0; }

ProcessOptions Shell(const std::string& script) {
  ProcessOptions options;
  options.argv = {"/bin/sh", "-c", script};
  return options;
}

ProcessOptions Python(const std::string& program) {
  ProcessOptions options;
  options.argv = {fs::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", "-c", program};
  return options;
}

std::string AwaitFile(const std::string& path) {
  for (int i = 0; i < 500; ++i) {
    const std::string text = testing::ReadWholeFile(path);
    if (!text.empty() && text.back() == '\n') return text;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return {};
}

}  // namespace kedge::process
