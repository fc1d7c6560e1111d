#include <optional>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/suite/scorers/scorer.h"
#include "harness/text/json_compare.h"
#include "harness/text/json_schema.h"

namespace kedge::suite {
namespace {

constexpr std::string_view kFence = "```";

// The inside of the last ``` block of a text, without the language on its first line.
std::optional<std::string_view> LastFencedBlock(std::string_view text) {
  const std::size_t close = text.rfind(kFence);
  if (close == std::string_view::npos || close == 0) return std::nullopt;
  const std::size_t open = text.rfind(kFence, close - 1);
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view block = text.substr(open + kFence.size(), close - open - kFence.size());
  const std::size_t line_end = block.find('\n');
  return line_end == std::string_view::npos ? block : block.substr(line_end + 1);
}

std::optional<Json> Parsed(std::string_view text) {
  try {
    return ParseJson(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The answer as JSON: all of it, or its last fenced block.
std::optional<Json> JsonAnswer(const std::string& text) {
  if (auto whole = Parsed(text)) return whole;
  const auto block = LastFencedBlock(text);
  return block ? Parsed(*block) : std::nullopt;
}

trace::Score NoJson() { return PassIf(false, "the answer is not JSON"); }

std::string FirstDifference(const Json& expected, const Json& found) {
  const Json patch = Json::diff(found, expected);
  if (patch.empty()) return "the numbers differ";
  const Json& first = patch[0];
  const std::string path = first["path"].get<std::string>();
  const std::string place = path.empty() ? "the value" : path;
  const std::string operation = first["op"].get<std::string>();
  if (operation == "remove") return place + " is not expected";
  if (operation == "add") return place + " is missing";
  return place + " differs, expected " + Elide(DumpJson(first["value"]), 80);
}

class JsonEqualScorer : public Scorer {
 public:
  explicit JsonEqualScorer(Json value) : value_(std::move(value)) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const std::optional<Json> found = JsonAnswer(evidence.final_text);
    if (!found) return NoJson();
    if (text::EqualJson(*found, value_)) return PassIf(true, "");
    return PassIf(false, FirstDifference(value_, *found));
  }

 private:
  Json value_;
};

class JsonSchemaScorer : public Scorer {
 public:
  explicit JsonSchemaScorer(text::JsonSchema schema) : schema_(std::move(schema)) {}

  trace::Score Run(const Task&, const EpisodeEvidence& evidence) const override {
    const std::optional<Json> found = JsonAnswer(evidence.final_text);
    if (!found) return NoJson();
    const auto problems = schema_.Validate(*found);
    if (problems.empty()) return PassIf(true, "");
    const std::string& place = problems[0].instance_pointer;
    return PassIf(false, (place.empty() ? "" : place + ": ") + problems[0].message);
  }

 private:
  text::JsonSchema schema_;
};

}  // namespace

std::shared_ptr<const Scorer> MakeJsonEqualScorer(const Node& spec) {
  spec.AllowKeys({"type", "value"});
  return std::make_shared<JsonEqualScorer>(spec["value"].json());
}

std::shared_ptr<const Scorer> MakeJsonSchemaScorer(const Node& spec) {
  spec.AllowKeys({"type", "schema"});
  const Node schema = spec["schema"];
  try {
    return std::make_shared<JsonSchemaScorer>(text::JsonSchema::Compile(schema.json()));
  } catch (const Error& error) {
    throw schema.Fail((error.field().empty() ? "" : error.field() + ": ") + error.message());
  }
}

}  // namespace kedge::suite
