// oracle_check FILE: recomputes every case of an oracle file and prints what differs.
#include <cstdio>
#include <exception>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/stats/oracle_runner.h"

namespace {

int Run(const char* path) {
  const std::string text = kedge::ReadFile(path);
  const kedge::stats_oracle::Summary summary =
      kedge::stats_oracle::CheckDocument(kedge::ParseJson(text, path));
  for (const auto& d : summary.differences) {
    std::printf("%s  %s  %s: got %s, want %s\n", d.statistic.c_str(), d.case_id.c_str(),
                d.field.empty() ? "(case)" : d.field.c_str(), d.got.c_str(), d.want.c_str());
  }
  std::printf("%lld statistics, %lld cases, %lld values: %zu differences\n",
              static_cast<long long>(summary.statistics), static_cast<long long>(summary.cases),
              static_cast<long long>(summary.values), summary.differences.size());
  return summary.differences.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: oracle_check FILE\n");
    return static_cast<int>(kedge::ErrorKind::kUsage);
  }
  try {
    return Run(argv[1]);
  } catch (const kedge::Error& e) {
    std::fprintf(stderr, "oracle_check: %s\n", e.what());
    return e.exit_code();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "oracle_check: %s\n", e.what());
    return static_cast<int>(kedge::ErrorKind::kInternal);
  }
}
