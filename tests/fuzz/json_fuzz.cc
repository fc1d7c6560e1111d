// Any bytes as JSON: the fast way and the strict way agree, and what is read can be written and
// read again unchanged.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/trace/fast_json.h"

namespace {

template <typename Parse>
std::optional<kedge::Json> Try(Parse parse, std::string_view text) {
  try {
    return parse(text);
  } catch (const kedge::Error&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto strict = Try([](std::string_view t) { return kedge::ParseJson(t); }, text);
  const auto fast = Try(kedge::trace::ParseJsonFast, text);
  if (strict != fast) std::abort();
  if (!strict) return 0;
  const std::string written = kedge::CanonicalJson(*strict);
  if (kedge::CanonicalJson(kedge::ParseJson(written)) != written) std::abort();
  if (kedge::ParseJson(kedge::DumpJson(*strict)) != *strict) std::abort();
  return 0;
}
