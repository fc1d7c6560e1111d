// Any bytes as a message, an argument and a result: what is redacted holds its promises.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "guards/redact/redactor.h"
#include "harness/core/utf8.h"
#include "harness/trace/jsonl.h"

namespace {

kedge::trace::Trace TraceOf(const std::string& text) {
  kedge::trace::Trace trace;
  trace.id = "t";
  kedge::trace::Step& said = trace.steps.emplace_back();
  said.actor = "user";
  said.text = text;
  kedge::trace::Step& call = trace.steps.emplace_back();
  call.kind = kedge::trace::StepKind::kToolCall;
  call.call = {"1", "find", {{"what", text}}};
  kedge::trace::Step& seen = trace.steps.emplace_back();
  seen.kind = kedge::trace::StepKind::kObservation;
  seen.observation.call_id = "1";
  seen.observation.content = text;
  return trace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pack =
      kedge::guards::DetectorPack::Combine({"secrets/v1", "pii/v1", "pii-cards/v1"});
  static const kedge::guards::Redactor redactor(pack, kedge::DigestKey::Random());
  const std::string text =
      kedge::ReplaceInvalidUtf8(std::string_view(reinterpret_cast<const char*>(data), size));
  const kedge::trace::Trace trace = TraceOf(text);
  const kedge::trace::Trace once = redactor.Redact(trace);
  if (redactor.Redact(once) != once) std::abort();
  if (pack->Find("secrets/v1") == nullptr || !pack->Scan(once.steps[0].text).empty()) std::abort();
  if (once.steps[0].text != once.steps[1].call.arguments["what"]) std::abort();
  const auto again = kedge::trace::FromJsonLine(kedge::trace::ToJsonLine(once), "fuzz", 1);
  if (!again || *again != once) std::abort();
  return 0;
}
