#include "harness/core/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "harness/core/utf8.h"

namespace kedge {
namespace {

std::atomic<LogLevel> g_log_level{LogLevel::kInfo};

std::string_view LogPrefix(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug: ";
    case LogLevel::kInfo:
      return "";
    case LogLevel::kWarning:
      return "warning: ";
    case LogLevel::kError:
      return "error: ";
  }
  return "";
}

}  // namespace

void SetLogLevel(LogLevel level) { g_log_level = level; }

void Log(LogLevel level, std::string_view text) {
  if (level < g_log_level.load()) return;
  std::string line(LogPrefix(level));
  // Continued lines are indented, so that no text can pass for a message of its own.
  for (const char c : EscapeControls(text)) line += c == '\n' ? "\n  " : std::string(1, c);
  line += '\n';
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace kedge
