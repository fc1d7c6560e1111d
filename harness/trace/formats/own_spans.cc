#include "harness/trace/formats/own_spans.h"

#include <map>
#include <string>
#include <utility>

#include "harness/trace/formats/span_kind.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

// The text of the one message in a list of messages, as the writer puts it there.
Json MessageText(const Json& attributes, const char* key) {
  const Json messages = ParseJson(TextAttribute(attributes, key));
  return messages.at(0).at("parts").at(0).at("content");
}

void PutIfText(const Json& attributes, const char* from, Json& out, const char* to) {
  const std::string text = TextAttribute(attributes, from);
  if (!text.empty()) out[to] = text;
}

Json ObservationStep(const Span& span, const char* own) {
  Json step = ParseJson(TextAttribute(span.attributes, own));
  Json& seen = step["observation"];
  seen["gen_ai.tool.call.result"] = TextAttribute(span.attributes, "gen_ai.tool.call.result");
  PutIfText(span.attributes, "gen_ai.tool.call.id", seen, "gen_ai.tool.call.id");
  PutIfText(span.attributes, "error.type", seen, "error.type");
  if (span.is_error()) seen["is_error"] = true;
  return step;
}

Json StepOf(const Span& span) {
  const Json& attributes = span.attributes;
  Json step = ParseJson(TextAttribute(attributes, kOwnStep));
  const Json kind = step.value("kind", Json());
  if (kind == "observation") return ObservationStep(span, kOwnStep);
  if (attributes.contains("gen_ai.output.messages")) {
    step["text"] = MessageText(attributes, "gen_ai.output.messages");
  } else if (attributes.contains("gen_ai.input.messages")) {
    step["text"] = MessageText(attributes, "gen_ai.input.messages");
  }
  if (kind == "tool_call") {
    Json& call = step["tool_call"];
    call["gen_ai.tool.name"] = TextAttribute(attributes, "gen_ai.tool.name");
    call["gen_ai.tool.call.arguments"] =
        ParseJson(TextAttribute(attributes, "gen_ai.tool.call.arguments"));
    PutIfText(attributes, "gen_ai.tool.call.id", call, "gen_ai.tool.call.id");
  }
  for (const char* key : {"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"}) {
    if (attributes.contains(key)) step[key] = attributes[key];
  }
  return step;
}

class OwnReader {
 public:
  explicit OwnReader(ReadReport& report) : report_(report) {}

  void Read(const Span& span) {
    if (span.attributes.contains(kOwnStep)) {
      Keep(span, kOwnStepIndex, [&span] { return StepOf(span); });
    }
    if (span.attributes.contains(kOwnObservation)) {
      Keep(span, kOwnObservationIndex, [&span] { return ObservationStep(span, kOwnObservation); });
    }
  }

  Trace Finish(const Span& root) && {
    Json trace = ParseJson(TextAttribute(root.attributes, kOwnTrace));
    if (!trace.is_object()) throw BadData("no trace").At({}, 0, kOwnTrace);
    Json& steps = trace["steps"] = Json::array();
    std::int64_t expected = 0;
    for (auto& [index, step] : steps_) {
      for (; expected < index && missing_ < kMaxMissing; ++expected, ++missing_) {
        report_.Odd(std::move(BadData("step " + std::to_string(expected) + " is missing")
                                  .At({}, 0, "span " + root.id)));
      }
      expected = index + 1;
      steps.push_back(std::move(step));
    }
    return TraceFromJson(trace);
  }

 private:
  template <typename Make>
  void Keep(const Span& span, const char* key, Make make) {
    try {
      const Json index = span.attributes.value(key, Json());
      if (!index.is_number_integer() || index < 0)
        throw BadData("expected a number").At({}, 0, key);
      steps_[index.get<std::int64_t>()] = make();
    } catch (const std::exception& error) {
      report_.Bad(std::move(BadData(error.what()).At({}, 0, "span " + span.id)));
    }
  }

  static constexpr std::int64_t kMaxMissing = 1000;

  ReadReport& report_;
  std::map<std::int64_t, Json> steps_;
  std::int64_t missing_ = 0;
};

}  // namespace

std::optional<Trace> TraceFromOwnSpans(const SpanTree& tree, ReadReport& report) {
  const Span* root = nullptr;
  for (const Span& span : tree.spans) {
    if (span.attributes.contains(kOwnTrace)) root = &span;
  }
  if (root == nullptr) return std::nullopt;
  OwnReader reader(report);
  for (const Span& span : tree.spans) {
    if (span.trace_id == root->trace_id) reader.Read(span);
  }
  return std::move(reader).Finish(*root);
}

}  // namespace kedge::trace
