// Any bytes as the files that are read as documents: each reader takes them or refuses them with an
// Error.

#include <cstdint>
#include <string_view>

#include "guards/detect/pack_reader.h"
#include "guards/event_reader.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/drift/watch.h"
#include "harness/gate/verdict.h"
#include "harness/service/service.h"

namespace {

template <typename Read>
void Try(Read read) {
  try {
    (void)read();
  } catch (const kedge::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Try([&] {
    const kedge::Document document = kedge::Document::FromYaml(text, "fuzz.yaml");
    Try([&] { return kedge::guards::ReadEvents(document.root()); });
    Try([&] { return kedge::service::ReadServiceOptions(document); });
    Try([&] { return kedge::guards::ReadRulePack({{"fuzz.yaml", std::string(text)}}); });
    return 0;
  });
  Try([&] {
    const kedge::Json json = kedge::ParseJson(text);
    Try([&] { return kedge::gate::VerdictFromJson(json, "fuzz.json"); });
    Try([&] { return kedge::drift::Watch::Restore(json, "fuzz.json"); });
    return 0;
  });
  return 0;
}
