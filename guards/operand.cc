#include "guards/operand.h"

#include <charconv>

#include "guards/micro_units.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
OperandValue Failed(std::string_view code, std::string message, std::string pointer = {}) {
  return {{}, code, std::move(message), std::move(pointer)};
}

class Literal : public Operand {
 public:
  explicit Literal(Json value) : value_(std::move(value)) {}
  OperandValue Evaluate(const EventView&) const override { return {{value_}, {}, {}, {}}; }

 private:
  Json value_;
};

// A place in the arguments or in the result.
class PlaceOperand : public Operand {
 public:
  PlaceOperand(Place place, bool of_result) : place_(std::move(place)), of_result_(of_result) {}

  OperandValue Evaluate(const EventView& event) const override {
    std::vector<Placed> found;
    const bool complete = place_.Select(of_result_ ? event.result() : event.arguments(), found);
    if (!complete) {
      return of_result_ ? Failed("absent_field", "the result has no " + place_.text())
                        : Failed("absent_argument", "the argument " + place_.text() + " is missing",
                                 place_.text());
    }
    OperandValue out;
    for (const Placed& placed : found) out.values.push_back(*placed.value);
    if (!of_result_ && !place_.has_star()) out.pointer = place_.text();
    return out;
  }

 private:
  Place place_;
  bool of_result_;
};

class FactOperand : public Operand {
 public:
  FactOperand(FactStoreId store, std::string name, std::unique_ptr<Operand> key, Place field)
      : store_(store), name_(std::move(name)), key_(std::move(key)), field_(std::move(field)) {}

  OperandValue Evaluate(const EventView& event) const override {
    std::vector<Json> keys{Json()};
    if (key_) {
      OperandValue key = key_->Evaluate(event);
      if (key.failed()) return key;
      keys = std::move(key.values);
    }
    OperandValue out;
    for (const Json& key : keys) {
      if (!Append(key, event.session().facts, out)) return out;
    }
    return out;
  }

 private:
  bool Append(const Json& key, const FactTable& facts, OperandValue& out) const {
    const Json* fact = facts.Find(store_, key);
    if (fact == nullptr) {
      out = facts.full()
                ? Failed("state_limit", "the session has more facts than can be remembered")
                : Failed("absent_fact",
                         "no " + name_ + (key_ ? " " + DumpJson(key) : "") + " was read before");
      return false;
    }
    std::vector<Placed> found;
    if (!field_.Select(*fact, found)) {
      out = Failed("absent_field", "what was read of " + name_ + " has no " + field_.text());
      return false;
    }
    for (const Placed& placed : found) out.values.push_back(*placed.value);
    return true;
  }

  FactStoreId store_;
  std::string name_;
  std::unique_ptr<Operand> key_;
  Place field_;
};

class EventOperand : public Operand {
 public:
  explicit EventOperand(bool seconds) : seconds_(seconds) {}
  OperandValue Evaluate(const EventView& event) const override {
    if (!seconds_) return {{event.text()}, {}, {}, {}};
    const std::int64_t nanos = event.event().unix_nanos;
    if (nanos == 0) return Failed("absent_time", "the event has no time");
    return {{nanos / kNanosPerSecond}, {}, {}, {}};
  }

 private:
  bool seconds_;
};

class CountOperand : public Operand {
 public:
  explicit CountOperand(std::unique_ptr<Operand> of) : of_(std::move(of)) {}
  // One container is counted by its members; several values by themselves.
  OperandValue Evaluate(const EventView& event) const override {
    OperandValue value = of_->Evaluate(event);
    if (value.failed()) return value;
    const bool container = value.values.size() == 1 && value.values[0].is_structured();
    value.values = {Json(container ? value.values[0].size() : value.values.size())};
    return value;
  }

 private:
  std::unique_ptr<Operand> of_;
};

class KeysOperand : public Operand {
 public:
  explicit KeysOperand(std::unique_ptr<Operand> of) : of_(std::move(of)) {}
  OperandValue Evaluate(const EventView& event) const override {
    OperandValue value = of_->Evaluate(event);
    if (value.failed()) return value;
    std::vector<Json> keys;
    for (const Json& one : value.values) {
      if (!one.is_object()) return Failed("type_clash", "keys: expected an object");
      for (const auto& [name, unused] : one.items()) keys.emplace_back(name);
    }
    value.values = std::move(keys);
    return value;
  }

 private:
  std::unique_ptr<Operand> of_;
};

class SecondsOperand : public Operand {
 public:
  explicit SecondsOperand(std::unique_ptr<Operand> of) : of_(std::move(of)) {}
  OperandValue Evaluate(const EventView& event) const override {
    OperandValue value = of_->Evaluate(event);
    if (value.failed()) return value;
    for (Json& one : value.values) {
      const auto seconds =
          one.is_string() ? ParseSeconds(one.get_ref<const std::string&>()) : std::nullopt;
      if (!seconds)
        return Failed("type_clash", "seconds: expected a time like 2024-05-15T15:00:00");
      one = *seconds;
    }
    return value;
  }

 private:
  std::unique_ptr<Operand> of_;
};

enum class Arithmetic { kPlus, kMinus, kTimes };

class ArithmeticOperand : public Operand {
 public:
  ArithmeticOperand(Arithmetic kind, std::vector<std::unique_ptr<Operand>> parts)
      : kind_(kind), parts_(std::move(parts)) {}

  OperandValue Evaluate(const EventView& event) const override {
    __int128 total = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      OperandValue part = parts_[i]->Evaluate(event);
      if (part.failed()) return part;
      const auto amount = part.values.size() == 1 ? MicroUnitsOf(part.values[0]) : std::nullopt;
      if (!amount) return Failed("type_clash", "expected one number on each side");
      total = i == 0 ? *amount : Combine(total, *amount);
      if (total > INT64_MAX || total < INT64_MIN) {
        return Failed("type_clash", "the result is out of range");
      }
    }
    return {{FormatMicroUnits(static_cast<std::int64_t>(total))}, {}, {}, {}};
  }

 private:
  __int128 Combine(__int128 left, std::int64_t right) const {
    if (kind_ == Arithmetic::kPlus) return left + right;
    return kind_ == Arithmetic::kMinus ? left - right : left * right / kMicro;
  }

  Arithmetic kind_;
  std::vector<std::unique_ptr<Operand>> parts_;
};

bool TakePrefix(std::string_view prefix, std::string_view& text) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::unique_ptr<Operand> ReadText(const Node& node, std::string_view text, WordContext& context);

// NAME[KEY]:/field, NAME:/field
std::unique_ptr<Operand> ReadFact(const Node& node, std::string_view text, WordContext& context) {
  const std::size_t name_end = text.find_first_of("[:");
  const std::string name(text.substr(0, name_end));
  const auto store = context.resources.facts.Find(name);
  if (!store) {
    const std::string near = NearestWord(name, context.resources.facts.names());
    throw node.Fail("no tool remembers anything as '" + name + "'" +
                    (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  text.remove_prefix(name.size());
  std::unique_ptr<Operand> key;
  if (TakePrefix("[", text)) {
    const std::size_t end = text.find("]");
    if (end == text.npos) throw node.Fail("expected fact:NAME[KEY]:/field");
    key = ReadText(node, text.substr(0, end), context);
    text.remove_prefix(end + 1);
  }
  bool keyed = false;
  for (const ToolCatalog::Tool& tool : context.catalog.tools()) {
    for (const Remember& remember : tool.remember)
      keyed |= remember.store == *store && remember.keyed;
  }
  if (keyed != (key != nullptr)) {
    throw node.Fail("'" + name + "' is remembered with" + (keyed ? "" : "out") + " a key");
  }
  if (!text.empty() && !TakePrefix(":", text)) throw node.Fail("expected fact:NAME[KEY]:/field");
  context.resources.uses_facts = true;
  return std::make_unique<FactOperand>(*store, name, std::move(key), Place::Read(node, text));
}

std::unique_ptr<Operand> ReadText(const Node& node, std::string_view text, WordContext& context) {
  if (TakePrefix("args:", text)) {
    return std::make_unique<PlaceOperand>(ReadArgumentPlace(node, std::string(text), context),
                                          false);
  }
  if (TakePrefix("result:", text)) {
    if (context.match.event != EventType::kToolResult) {
      throw node.Fail("only rules about tool_result have a result");
    }
    context.resources.uses_results = true;
    return std::make_unique<PlaceOperand>(Place::Read(node, text), true);
  }
  if (TakePrefix("fact:", text)) return ReadFact(node, text, context);
  if (TakePrefix("event:", text)) {
    if (text != "text" && text != "seconds")
      throw node.Fail("expected event:text or event:seconds");
    return std::make_unique<EventOperand>(text == "seconds");
  }
  return std::make_unique<Literal>(std::string(text));
}

std::unique_ptr<Operand> ReadFunction(const Node& node, WordContext& context) {
  node.AllowKeys({"count", "keys", "seconds", "plus", "minus", "times"});
  if (node.json().size() != 1)
    throw node.Fail("expected one of count, keys, seconds, plus, minus, times");
  const auto [name, of] = node.Members().front();
  if (name == "count") return std::make_unique<CountOperand>(Operand::Read(of, context));
  if (name == "keys") return std::make_unique<KeysOperand>(Operand::Read(of, context));
  if (name == "seconds") return std::make_unique<SecondsOperand>(Operand::Read(of, context));
  std::vector<std::unique_ptr<Operand>> parts;
  for (const Node& part : of.Items()) parts.push_back(Operand::Read(part, context));
  if (parts.size() < 2) throw of.Fail("expected two operands or more");
  const Arithmetic kind = name == "plus"    ? Arithmetic::kPlus
                          : name == "minus" ? Arithmetic::kMinus
                                            : Arithmetic::kTimes;
  return std::make_unique<ArithmeticOperand>(kind, std::move(parts));
}

// Digits at `at`, as many as `count`; -1 when there are others.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  const char* end = text.data() + at + count;
  const auto parsed = std::from_chars(text.data() + at, end, value);
  return parsed.ptr == end && text[at] != '-' ? value : -1;
}

// Howard Hinnant's days_from_civil.
std::int64_t DaysFromCivil(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t yoe = y - era * 400;
  const std::int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

}  // namespace

std::optional<std::int64_t> ParseSeconds(std::string_view text) {
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  const bool seconds = text.size() == 19;
  if (text.size() != 16 && !seconds) return std::nullopt;
  const bool shape = text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ') &&
                     text[13] == ':' && (!seconds || text[16] == ':');
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2);
  const int second = seconds ? Digits(text, 17, 2) : 0;
  if (!shape || year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  return DaysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

std::unique_ptr<Operand> Operand::Read(const Node& node, WordContext& context) {
  if (node.is_string()) return ReadText(node, node.String(), context);
  if (node.is_object()) return ReadFunction(node, context);
  return std::make_unique<Literal>(node.json());
}

}  // namespace kedge::guards
