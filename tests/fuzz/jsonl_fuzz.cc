// Any bytes as a line of an archive: what the fast way accepts the strict way reads the same, and
// what is read can be written and read again unchanged.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/error.h"
#include "harness/trace/fast_json.h"
#include "harness/trace/jsonl.h"
#include "harness/trace/trace_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kedge::trace::Trace fast;
  if (kedge::trace::ReadTraceFast(text, fast)) {
    try {
      if (kedge::trace::TraceFromJson(kedge::ParseJson(text)) != fast) std::abort();
    } catch (const kedge::Error&) {
      std::abort();
    }
  }
  const auto trace = kedge::trace::FromJsonLine(text, "fuzz", 1);
  if (!trace) return 0;
  const auto again = kedge::trace::FromJsonLine(kedge::trace::ToJsonLine(*trace), "fuzz", 1);
  if (!again || *again != *trace) std::abort();
  return 0;
}
