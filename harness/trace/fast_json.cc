#include "harness/trace/fast_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t kFirstCapacity = std::size_t{1} << 20;

// What every record of a thread is parsed with; its memory grows to the longest record's.
simdjson::dom::parser& Parser() {
  thread_local simdjson::dom::parser parser;
  thread_local const bool ready =
      parser.allocate(kFirstCapacity, JsonLimits().max_depth) == simdjson::SUCCESS;
  if (!ready) throw InternalError("no memory for the JSON parser");
  return parser;
}

// What the limits of the strict parser forbid, or what simdjson versions differ about.
bool NeedsStrictReading(std::string_view text) {
  return text.size() > JsonLimits().max_bytes || text.starts_with("\xEF\xBB\xBF");
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether one of eight places from `at` on begins "e-" or "E-" (zero bytes of a word: Mycroft).
bool HoldsExponentSign(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t here = 0;
  std::uint64_t next = 0;
  std::memcpy(&here, at, sizeof here);
  std::memcpy(&next, at + 1, sizeof next);
  const std::uint64_t differs = ((here | 0x20 * kOnes) ^ 'e' * kOnes) | (next ^ '-' * kOnes);
  return ((differs - kOnes) & ~differs & 0x80 * kOnes) != 0;
}

// Whether a number that is read as 0 may have been written with a negative exponent or hundreds of
// zeros, be it in a number or in a text. Looks at eight bytes at once: this is the hot path.
bool MayHoldTinyNumbers(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  constexpr std::string_view kZeros = "0000000000000000000000000000000000000000";
  std::size_t at = 0;
  for (; at + kWord + 1 <= text.size(); at += kWord) {
    if (std::memcmp(&text[at], kZeros.data(), kWord) == 0 &&
        text.substr(at, kZeros.size()) == kZeros) {
      return true;
    }
    if (!HoldsExponentSign(&text[at])) continue;
    for (std::size_t i = std::max<std::size_t>(at, 1); i < at + kWord && i + 2 < text.size(); ++i) {
      const bool sign = (text[i] == 'e' || text[i] == 'E') && text[i + 1] == '-';
      if (sign && IsDigit(text[i - 1]) && IsDigit(text[i + 2])) return true;
    }
  }
  return text.substr(at).find('-') != std::string_view::npos;
}

class Converter {
 public:
  explicit Converter(std::string_view text) : text_(text) {}

  bool ToJson(const element& value, Json& out) {
    switch (value.type()) {
      case element_type::OBJECT:
        return ObjectToJson(value, out);
      case element_type::ARRAY:
        return ArrayToJson(value, out);
      case element_type::STRING:
        out = std::string(std::string_view(value));
        return true;
      case element_type::INT64:
        out = std::int64_t(value);
        return true;
      case element_type::UINT64:
        out = std::uint64_t(value);
        return true;
      case element_type::DOUBLE: {
        double number = 0;
        if (!Number(value, number)) return false;
        out = number;
        return true;
      }
      case element_type::BOOL:
        out = bool(value);
        return true;
      case element_type::NULL_VALUE:
        out = nullptr;
        return true;
    }
    return false;
  }

  bool Trace(const element& value, trace::Trace& out) {
    constexpr std::array<std::string_view, 17> kNames = {"cluster_id",
                                                         "extra",
                                                         "family",
                                                         "format",
                                                         "gen_ai.agent.name",
                                                         "inclusion_probability",
                                                         "outcome",
                                                         "principal",
                                                         "seed",
                                                         "split",
                                                         "steps",
                                                         "strategy.hash",
                                                         "stratum",
                                                         "suite",
                                                         "task_id",
                                                         "trace_id",
                                                         "trial"};
    bool has_format = false, has_id = false, has_steps = false;
    return Members(value, kNames,
                   [&](std::size_t name, const element& member) {
                     switch (name) {
                       case 0:
                         return Text(member, out.key.cluster_id);
                       case 1:
                         return ToJson(member, out.extra);
                       case 2:
                         return Text(member, out.key.family);
                       case 3:
                         return has_format =
                                    member.is_string() && std::string_view(member) == kTraceFormat;
                       case 4:
                         return Text(member, out.agent);
                       case 5:
                         return Number(member, out.inclusion_probability) &&
                                out.inclusion_probability > 0 && out.inclusion_probability <= 1;
                       case 6:
                         return ReadOutcome(member, out.outcome.emplace());
                       case 7:
                         return Text(member, out.principal);
                       case 8:
                         return member.get(out.seed) == simdjson::SUCCESS;
                       case 9:
                         return Text(member, out.split);
                       case 10:
                         return has_steps = Steps(member, out.steps);
                       case 11:
                         return Text(member, out.strategy);
                       case 12:
                         return Text(member, out.key.stratum);
                       case 13:
                         return Text(member, out.key.suite);
                       case 14:
                         return Text(member, out.key.task_id);
                       case 15:
                         return has_id = Text(member, out.id);
                       case 16:
                         return Int(member, out.key.trial);
                       default:
                         return false;
                     }
                   }) &&
           has_format && has_id && has_steps;
  }

 private:
  // Calls `read` with each member's place in `names`; false for an unknown or repeated name, and
  // when `read` says so.
  template <std::size_t N, typename Read>
  bool Members(const element& value, const std::array<std::string_view, N>& names, Read read) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return false;
    std::uint32_t seen = 0;
    std::size_t name = 0;
    for (const auto field : object) {
      // Canonical text has its names in the order of `names`, so the next is not far.
      std::size_t tried = 0;
      while (tried < N && names[name] != field.key) {
        name = name + 1 < N ? name + 1 : 0;
        ++tried;
      }
      if (tried == N) return false;
      if ((seen >> name & 1) != 0) return false;
      seen |= std::uint32_t{1} << name;
      if (!read(name, field.value)) return false;
    }
    return true;
  }

  bool ObjectToJson(const element& value, Json& out) {
    out = Json::object();
    auto& members = out.get_ref<Json::object_t&>();
    std::size_t count = 0;
    for (const auto field : simdjson::dom::object(value)) {
      // Canonical text has its keys in this very order.
      const auto place = members.emplace_hint(members.end(), field.key, nullptr);
      if (members.size() != ++count) return false;
      if (!ToJson(field.value, place->second)) return false;
    }
    return true;
  }

  bool ArrayToJson(const element& value, Json& out) {
    out = Json::array();
    auto& elements = out.get_ref<Json::array_t&>();
    const simdjson::dom::array array(value);
    elements.reserve(array.size());
    for (const element item : array) {
      if (!ToJson(item, elements.emplace_back())) return false;
    }
    return true;
  }

  static bool Text(const element& value, std::string& out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    out = text;
    return true;
  }

  static bool Bool(const element& value, bool& out) { return value.get(out) == simdjson::SUCCESS; }

  static bool Int(const element& value, std::int64_t& out) {
    return value.is_int64() && value.get(out) == simdjson::SUCCESS;
  }

  bool Number(const element& value, double& out) {
    if (!value.is_number() || value.get(out) != simdjson::SUCCESS) return false;
    // simdjson reads numbers too small for a double as 0.
    if (std::isnormal(out)) return true;
    if (out != 0) return false;
    if (!tiny_) tiny_ = MayHoldTinyNumbers(text_);
    return !*tiny_;
  }

  static bool Texts(const element& value, std::vector<std::string>& out) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return false;
    for (const element item : array) {
      if (!Text(item, out.emplace_back())) return false;
    }
    return true;
  }

  bool Steps(const element& value, std::vector<Step>& out) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return false;
    out.reserve(array.size());
    for (const element item : array) {
      if (!ReadStep(item, out.emplace_back())) return false;
    }
    return true;
  }

  bool ReadStep(const element& value, Step& out) {
    constexpr std::array<std::string_view, 12> kNames = {"actor",
                                                         "cost",
                                                         "decision",
                                                         "extra",
                                                         "gen_ai.usage.input_tokens",
                                                         "gen_ai.usage.output_tokens",
                                                         "guard",
                                                         "kind",
                                                         "observation",
                                                         "text",
                                                         "time_unix_nano",
                                                         "tool_call"};
    bool has_kind = false;
    return Members(value, kNames,
                   [&](std::size_t name, const element& member) {
                     switch (name) {
                       case 0:
                         return Text(member, out.actor);
                       case 1:
                         return Number(member, out.cost.emplace());
                       case 2:
                         return ReadDecision(member, out.decision);
                       case 3:
                         return ToJson(member, out.extra);
                       case 4:
                         return Int(member, out.input_tokens);
                       case 5:
                         return Int(member, out.output_tokens);
                       case 6:
                         return ReadGuard(member, out.guard);
                       case 7:
                         return has_kind = Kind(member, out.kind);
                       case 8:
                         return ReadObservation(member, out.observation);
                       case 9:
                         return Text(member, out.text);
                       case 10:
                         return Int(member, out.unix_nanos);
                       case 11:
                         return ReadCall(member, out.call);
                       default:
                         return false;
                     }
                   }) &&
           has_kind;
  }

  static bool Kind(const element& value, StepKind& out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    const auto kind = StepKindFromName(text);
    if (kind) out = *kind;
    return kind.has_value();
  }

  bool ReadCall(const element& value, ToolCall& out) {
    constexpr std::array<std::string_view, 3> kNames = {"gen_ai.tool.call.arguments",
                                                        "gen_ai.tool.call.id", "gen_ai.tool.name"};
    bool has_name = false, has_arguments = false;
    return Members(value, kNames,
                   [&](std::size_t name, const element& member) {
                     switch (name) {
                       case 0:
                         return has_arguments = ToJson(member, out.arguments);
                       case 1:
                         return Text(member, out.id);
                       case 2:
                         return has_name = Text(member, out.name);
                       default:
                         return false;
                     }
                   }) &&
           has_name && has_arguments;
  }

  bool ReadObservation(const element& value, Observation& out) {
    constexpr std::array<std::string_view, 4> kNames = {"error.type", "gen_ai.tool.call.id",
                                                        "gen_ai.tool.call.result", "is_error"};
    return Members(value, kNames, [&](std::size_t name, const element& member) {
      switch (name) {
        case 0:
          return Text(member, out.error_class);
        case 1:
          return Text(member, out.call_id);
        case 2:
          return Text(member, out.content);
        case 3:
          return Bool(member, out.is_error);
        default:
          return false;
      }
    });
  }

  bool ReadDecision(const element& value, Decision& out) {
    constexpr std::array<std::string_view, 5> kNames = {"chosen", "fired_rules", "options", "point",
                                                        "reason"};
    return Members(value, kNames, [&](std::size_t name, const element& member) {
      switch (name) {
        case 0:
          return Text(member, out.chosen);
        case 1:
          return Texts(member, out.fired_rules);
        case 2:
          return Texts(member, out.options);
        case 3:
          return Text(member, out.point);
        case 4:
          return Text(member, out.reason);
        default:
          return false;
      }
    });
  }

  bool ReadGuard(const element& value, GuardMark& out) {
    constexpr std::array<std::string_view, 3> kNames = {"id", "message", "verdict"};
    return Members(value, kNames, [&](std::size_t name, const element& member) {
      switch (name) {
        case 0:
          return Text(member, out.guard);
        case 1:
          return Text(member, out.message);
        case 2:
          return Text(member, out.verdict);
        default:
          return false;
      }
    });
  }

  bool ReadOutcome(const element& value, Outcome& out) {
    constexpr std::array<std::string_view, 15> kNames = {
        "cost",          "end",     "end_detail", "input_tokens",    "latency_seconds",
        "output_tokens", "score",   "scores",     "shadow_findings", "status",
        "steps",         "success", "tool_calls", "violations",      "watched_guards"};
    bool has_status = false, has_success = false, has_score = false;
    return Members(value, kNames,
                   [&](std::size_t name, const element& member) {
                     switch (name) {
                       case 0:
                         return (out.has_cost = Number(member, out.cost) && out.cost >= 0);
                       case 1:
                         return Text(member, out.end);
                       case 2:
                         return Text(member, out.end_detail);
                       case 3:
                         return Count(member, out.input_tokens);
                       case 4:
                         return Number(member, out.latency_seconds);
                       case 5:
                         return Count(member, out.output_tokens);
                       case 6:
                         return has_score = UnitNumber(member, out.score);
                       case 7:
                         return Scores(member, out.scores);
                       case 8:
                         return Violations(member, out.shadow_findings);
                       case 9:
                         return has_status = Status(member, out.status);
                       case 10:
                         return Count(member, out.steps);
                       case 11:
                         return has_success = Bool(member, out.success);
                       case 12:
                         return Count(member, out.tool_calls);
                       case 13:
                         return Violations(member, out.violations);
                       case 14:
                         return Texts(member, out.watched_guards);
                       default:
                         return false;
                     }
                   }) &&
           has_status && has_success && has_score;
  }

  bool ReadScore(const element& value, Score& out) {
    constexpr std::array<std::string_view, 4> kNames = {"pass", "score", "scorer", "why"};
    bool has_scorer = false, has_pass = false, has_score = false;
    return Members(value, kNames,
                   [&](std::size_t name, const element& member) {
                     switch (name) {
                       case 0:
                         return has_pass = Bool(member, out.pass);
                       case 1:
                         return has_score = UnitNumber(member, out.score);
                       case 2:
                         return has_scorer = Text(member, out.scorer);
                       case 3:
                         return Text(member, out.why);
                       default:
                         return false;
                     }
                   }) &&
           has_scorer && has_pass && has_score;
  }

  bool Scores(const element& value, std::vector<Score>& out) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return false;
    for (const element item : array) {
      if (!ReadScore(item, out.emplace_back())) return false;
    }
    return true;
  }

  static bool Status(const element& value, EpisodeStatus& out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    out = text == "missing" ? EpisodeStatus::kMissing : EpisodeStatus::kScored;
    return text == "missing" || text == "scored";
  }

  bool UnitNumber(const element& value, double& out) {
    return Number(value, out) && out >= 0 && out <= 1;
  }

  static bool Count(const element& value, std::int64_t& out) { return Int(value, out) && out >= 0; }

  static bool Violations(const element& value, std::map<std::string, int>& out) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return false;
    for (const auto field : object) {
      std::int64_t count = 0;
      if (!Count(field.value, count) || count > INT32_MAX) return false;
      if (!out.emplace(field.key, static_cast<int>(count)).second) return false;
    }
    return true;
  }
  const std::string_view text_;
  std::optional<bool> tiny_;
};

}  // namespace

Json ParseJsonFast(std::string_view text) {
  if (!NeedsStrictReading(text)) {
    element root;
    Json out;
    const bool parsed = Parser().parse(text.data(), text.size()).get(root) == simdjson::SUCCESS;
    if (parsed && Converter(text).ToJson(root, out)) return out;
  }
  return ParseJson(text);
}

bool ReadTraceFast(std::string_view text, Trace& out) {
  if (NeedsStrictReading(text)) return false;
  element root;
  if (Parser().parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return false;
  return Converter(text).Trace(root, out);
}

}  // namespace kedge::trace
