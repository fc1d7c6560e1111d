// Scanning with all shipped rules on the JSON text of a folder (KEDGE_BENCH_TEXT: a file; else a
// text made here), whole and in messages of 1 KiB.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "guards/detect/detector.h"
#include "harness/core/file.h"

namespace kedge::guards {
namespace {

const std::string& Text() {
  static const std::string text = [] {
    if (const char* path = std::getenv("KEDGE_BENCH_TEXT")) {
      return ReadFile(path, std::size_t{1} << 30);
    }
    std::string made;
    for (int i = 0; made.size() < (std::size_t{4} << 20); ++i) {
      made +=
          R"({"role": "tool", "content": "Order W)" + std::to_string(1000000 + i) +
          R"( ships on 2024-05-)" + std::to_string(10 + i % 20) +
          R"( to the address in the user's profile.", "tool_calls": [{"name": "get_order"}]},)" +
          "\n";
    }
    return made;
  }();
  return text;
}

void Scan(benchmark::State& state) {
  const auto pack = DetectorPack::Combine(
      {"secrets/v1", "pii/v1", "injection/v1", "hidden/v1", "markdown-egress/v1"});
  const std::string_view text = Text();
  const auto piece = static_cast<std::size_t>(state.range(0));
  std::size_t at = 0, bytes = 0;
  for (auto unused : state) {
    const std::string_view part = text.substr(at, piece);
    benchmark::DoNotOptimize(pack->Scan(part));
    bytes += part.size();
    at = at + piece < text.size() ? at + piece : 0;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(Scan)->Arg(1024)->Arg(4096)->Arg(65536);

}  // namespace
}  // namespace kedge::guards
