#pragma once

#include <string>

#include "harness/process/child_process.h"
#include "tests/testing/needs.h"

namespace kedge::process {

/// What a process owns that must not grow.
struct Census {
  int descriptors = 0;
  int children = 0;  ///< living or zombie, of all threads
  bool operator==(const Census&) const = default;
};

Census TakeCensus();
std::ostream& operator<<(std::ostream& out, const Census& census);

/// True if no process with this number exists (a zombie counts as existing).
bool IsGone(int pid);

/// Options that run `script` in /bin/sh.
ProcessOptions Shell(const std::string& script);

/// Options that run a Python program given as text.
ProcessOptions Python(const std::string& program);

/// The text of a file once it is not empty; waits up to 5 s for it.
std::string AwaitFile(const std::string& path);

inline Deadline Soon() { return Deadline::After(std::chrono::seconds(10)); }

}  // namespace kedge::process
