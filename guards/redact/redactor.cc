#include "guards/redact/redactor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/text/ascii.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kDigestDigits = 12;
constexpr int kMaxRounds = 4;  // a placeholder may bring together what stood apart

// Separators and case tell no two numbers or addresses apart; of a secret every byte counts.
std::string SameValue(const Detection& found, std::string_view value) {
  if (found.kind == "secret") return std::string(value);
  std::string out;
  for (const char c : value) {
    if (c != ' ' && c != '-' && c != '\t') out.push_back(text::AsciiLower(c));
  }
  return out;
}

// Findings as disjoint ranges in order; the one that begins first names a range.
std::vector<Detection> Merge(std::vector<Detection> found) {
  std::vector<Detection> out;
  for (Detection& detection : found) {
    if (!out.empty() && detection.begin < out.back().end) {
      out.back().end = std::max(out.back().end, detection.end);
    } else if (detection.begin < detection.end) {
      out.push_back(std::move(detection));
    }
  }
  return out;
}

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool LooksLikeJson(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

// One redaction: scope and counts.
class Redactor::Pass {
 public:
  Pass(const Redactor& redactor, std::string_view scope, Counts* counts)
      : redactor_(redactor), scope_(scope), counts_(counts) {}

  void Text(std::string& text) const {
    if (LooksLikeJson(text)) {
      Json value;
      bool parsed = true;
      try {
        value = ParseJson(text);
      } catch (const Error&) {
        parsed = false;
      }
      if (parsed) {
        Json redacted = value;
        Value(redacted, {});
        if (redacted != value) text = DumpJson(redacted);
        // What only the whole text shows is not worth keeping its form for.
        if (Scan(text).empty()) return;
        Plain(text);
        if (!IsJson(text)) text = DumpJson(Json(Unreadable(text)));
        return;
      }
    }
    Plain(text);
  }

  // `name` is the key the value stands under: a password shows itself by its name.
  void Value(Json& value, const std::string& name) const {
    if (value.is_object()) {
      Object(value);
    } else if (value.is_array()) {
      for (Json& item : value) Value(item, name);
    } else if (value.is_string()) {
      std::string text = value.get<std::string>();
      Text(text);
      Named(text, name);
      value = std::move(text);
    } else if (value.is_number()) {
      std::string text = DumpJson(value);
      const std::string before = text;
      Plain(text);
      Named(text, name);
      if (text != before) value = std::move(text);
    }
  }

 private:
  void Object(Json& object) const {
    Json out = Json::object();
    for (auto& [key, value] : object.items()) {
      std::string name = key;
      Plain(name);
      Value(value, key);
      out[name] = std::move(value);
    }
    object = std::move(out);
  }

  void Plain(std::string& text) const {
    for (int round = 0; round < kMaxRounds; ++round) {
      std::vector<Detection> found = Scan(text);
      if (found.empty()) return;
      Replace(text, Merge(std::move(found)), 0, text.size());
    }
    if (!Scan(text).empty()) text = Unreadable(text);
  }

  // Finds what shows itself only as `name = "value"`.
  void Named(std::string& value, const std::string& name) const {
    if (name.empty() || value.empty() || value.front() == '<') return;
    const std::string prefix = name + " = \"";
    const std::string whole = prefix + value + "\"";
    std::vector<Detection> inside;
    for (Detection& found : Scan(whole)) {
      if (found.begin < prefix.size() || found.end > prefix.size() + value.size()) continue;
      found.begin -= prefix.size();
      found.end -= prefix.size();
      inside.push_back(std::move(found));
    }
    Replace(value, Merge(std::move(inside)), 0, value.size());
  }

  // Findings in order, or one over the whole text when it cannot be judged.
  std::vector<Detection> Scan(const std::string& text) const {
    try {
      return redactor_.pack_->Scan(text);
    } catch (const Error&) {
      Detection all;
      all.rule = "unreadable";
      all.kind = "secret";
      all.end = text.size();
      return {all};
    }
  }

  void Replace(std::string& text, const std::vector<Detection>& found, std::size_t begin,
               std::size_t end) const {
    std::string out;
    std::size_t at = begin;
    for (const Detection& detection : found) {
      const std::string_view value =
          std::string_view(text).substr(detection.begin, detection.end - detection.begin);
      // A detector counts bytes and may begin inside a character, which then goes with the value.
      std::size_t first = detection.begin;
      while (first > at && IsContinuationByte(text[first])) --first;
      out += std::string_view(text).substr(at, first - at);
      out += Placeholder(detection.rule, SameValue(detection, value));
      at = detection.end;
      while (at < end && IsContinuationByte(text[at])) ++at;
      if (counts_ != nullptr) ++(*counts_)[detection.rule];
    }
    out += std::string_view(text).substr(at, end - at);
    text = std::move(out);
  }

  std::string Placeholder(const std::string& rule, const std::string& value) const {
    const std::string keyed = scope_ + '\0' + value;
    return "<" + rule + ":" + redactor_.key_.Hex(keyed, kDigestDigits) + ">";
  }

  std::string Unreadable(const std::string& text) const { return Placeholder("unreadable", text); }

  static bool IsJson(const std::string& text) {
    try {
      ParseJson(text);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  const Redactor& redactor_;
  std::string scope_;
  Counts* counts_;
};

Redactor::Redactor(std::shared_ptr<const DetectorPack> pack, DigestKey key)
    : pack_(std::move(pack)), key_(std::move(key)) {}

std::string Redactor::RedactText(std::string_view text, std::string_view scope,
                                 Counts* counts) const {
  std::string out(text);
  Pass(*this, scope, counts).Text(out);
  return out;
}

Json Redactor::RedactJson(const Json& value, std::string_view scope, Counts* counts) const {
  Json out = value;
  Pass(*this, scope, counts).Value(out, {});
  return out;
}

trace::Trace Redactor::Redact(const trace::Trace& trace, Counts* counts) const {
  const Pass pass(*this, trace.id, counts);
  trace::Trace out = trace;
  for (std::string* name : {&out.id, &out.agent, &out.key.task_id, &out.key.cluster_id}) {
    pass.Text(*name);
  }
  pass.Text(out.principal);
  pass.Value(out.extra, {});
  for (trace::Step& step : out.steps) {
    pass.Text(step.text);
    for (std::string& option : step.decision.options) pass.Text(option);
    pass.Text(step.decision.chosen);
    pass.Text(step.decision.reason);
    pass.Value(step.call.arguments, {});
    pass.Text(step.observation.content);
    pass.Text(step.guard.message);
    pass.Value(step.extra, {});
  }
  if (out.outcome) {
    pass.Text(out.outcome->end_detail);
    for (trace::Score& score : out.outcome->scores) pass.Text(score.why);
  }
  return out;
}

}  // namespace kedge::guards
