#include "tests/stats/oracle_runner.h"

namespace kedge::stats_oracle {
void AddGateAdapters(std::map<std::string, Adapter>&) {}
}  // namespace kedge::stats_oracle
