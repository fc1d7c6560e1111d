#pragma once

#include <string>
#include <string_view>

namespace kedge {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Lines on standard error, "warning: ..." (info without a prefix). Thread-safe. Control characters
/// in `text` are escaped. Messages below the set level are dropped.
void Log(LogLevel level, std::string_view text);
void SetLogLevel(LogLevel level);

}  // namespace kedge
