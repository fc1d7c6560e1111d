// Any bytes as a cassette, with the hashes of its requests put right or as they are: it is opened
// or refused with an Error, and every answer in it is found.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/llm/cassette.h"
#include "tests/fuzz/input_file.h"

namespace {

// Also collects the hashes of all requests.
std::string WithRightHashes(std::string_view text, std::vector<std::string>& hashes) {
  std::string fixed;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    try {
      kedge::Json json = kedge::ParseJson(line);
      if (json.is_object() && json.contains("request")) {
        json["hash"] = kedge::JsonDigest(json["request"]);
        hashes.push_back(json["hash"]);
        line = kedge::DumpJson(json);
      }
    } catch (const kedge::Error&) {
    }
    fixed += line + "\n";
  }
  return fixed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> hashes;
  const bool help = !text.empty() && text.back() % 2 == 0;
  if (help) text = WithRightHashes(text, hashes);
  try {
    const auto cassette = kedge::llm::Cassette::Open(
        kedge::fuzz::InputFile(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
        false);
    for (const std::string& hash : hashes) {
      if (cassette->Find(hash) == nullptr) std::abort();
    }
    if (help && cassette->size() > hashes.size()) std::abort();
  } catch (const kedge::Error&) {
  }
  return 0;
}
