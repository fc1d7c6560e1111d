#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "harness/suite/suite.h"

namespace kedge::loop {

/// Which tasks of which suite.
struct SuitePart {
  std::string folder;
  std::map<std::string, std::string> data;  ///< as suite::SuiteOptions::data
  std::uint64_t variant = 0;                ///< of the world
  std::string split = "gate";               ///< "all" for every one
  std::uint64_t seed = 0;                   ///< 0: what suite.yaml says
  std::int64_t tasks_per_family = 0;        ///< 0: what suite.yaml says
};

/// Throws as Suite::Load.
std::shared_ptr<const suite::Suite> LoadSuitePart(const SuitePart& part);

}  // namespace kedge::loop
