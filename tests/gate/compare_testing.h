#pragma once

#include <string>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "tests/testing/needs.h"

namespace kedge::gate {

/// Outcomes from CSV text, read the way a file is.
inline agent::RecordedOutcomes FromCsv(const std::string& text, const std::string& name = "f.csv") {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File(name), text);
  return agent::ReadRecorded(folder.File(name));
}

/// "task_id,success" rows: task i succeeds where `pattern[i % size]` is '1'.
inline std::string CsvOf(const std::string& pattern, int tasks) {
  std::string text = "task_id,success\n";
  for (int i = 0; i < tasks; ++i) {
    text += "t" + std::to_string(i) + "," + pattern[static_cast<std::size_t>(i) % pattern.size()] +
            "\n";
  }
  return text;
}

}  // namespace kedge::gate
