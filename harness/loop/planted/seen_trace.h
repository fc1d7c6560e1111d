#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/trace/trace.h"

namespace kedge::loop {

/// What a planter must know of a trace to name it as a source of a rule.
struct SeenTrace {
  std::string id;
  std::string family;
  std::string principal;
  std::string outcome;                                   ///< as guidelines name it
  std::map<std::string, int> calls;                      ///< step of each tool's first call
  std::set<std::pair<std::string, std::string>> errors;  ///< tool and error class
};

SeenTrace See(const trace::Trace& trace);

/// The traces of archives, in their order. Throws Error.
std::vector<SeenTrace> SeeArchives(const std::vector<std::string>& files);

}  // namespace kedge::loop
