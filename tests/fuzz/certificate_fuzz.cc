// Any bytes as a certificate, with the digest put right or as it is: a gate takes it, says why not,
// or refuses it with an Error.

#include <cstdint>
#include <string>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/gate/certificate.h"
#include "tests/fuzz/input_file.h"

namespace {

constexpr std::int64_t kNow = 1'700'000'000'000'000'000;

std::string WithRightDigest(const std::string& text) {
  try {
    kedge::Json json = kedge::ParseJson(text);
    if (!json.is_object()) return text;
    json.erase("digest");
    json["digest"] = kedge::JsonDigest(json);
    return kedge::DumpJson(json);
  } catch (const kedge::Error&) {
    return text;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  if (!text.empty() && text.back() % 2 == 0) text = WithRightDigest(text);
  try {
    (void)kedge::gate::FindCertificateProblem(
        kedge::fuzz::InputFile(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 7,
        {"suite", "champion", "rules", "agent"}, kNow);
  } catch (const kedge::Error&) {
  }
  return 0;
}
