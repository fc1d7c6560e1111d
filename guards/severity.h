#pragma once

#include <string_view>

namespace kedge::guards {

/// How bad a violation is; independent of what is done about it (Verdict). Most severe first.
enum class Severity { kCritical, kHigh, kMedium, kLow, kInfo };

constexpr std::string_view kSeverityNames[] = {"critical", "high", "medium", "low", "info"};

constexpr std::string_view ToString(Severity severity) {
  return kSeverityNames[static_cast<int>(severity)];
}

}  // namespace kedge::guards
