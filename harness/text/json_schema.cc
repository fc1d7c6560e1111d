#include "harness/text/json_schema.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "harness/core/utf8.h"
#include "harness/text/decimal.h"
#include "harness/text/json_compare.h"
#include "harness/text/json_pointer.h"
#include "harness/text/json_schema_program.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMaxProblems = 64;
constexpr std::int64_t kMaxChecks = 1'000'000;
constexpr int kMaxCheckDepth = 1024;
constexpr std::size_t kShownBytes = 60;

// Where the value under check is; lives on the stack and is rendered only for a problem.
struct Place {
  const Place* parent = nullptr;
  const std::string* key = nullptr;  // of an object member, else
  std::size_t index = 0;             // of an array element
};

std::string Render(const Place& place) {
  if (place.parent == nullptr) return {};
  return AppendPointer(Render(*place.parent),
                       place.key != nullptr ? *place.key : std::to_string(place.index));
}

std::string Show(const Json& value) {
  if (value.is_array()) return "an array of " + std::to_string(value.size());
  if (value.is_object()) return "an object of " + std::to_string(value.size());
  return EscapeControls(Elide(DumpJson(value), kShownBytes));
}

bool IsWhole(double number) { return std::isfinite(number) && std::trunc(number) == number; }

std::uint8_t TypeOf(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return kNullBit;
    case Json::value_t::boolean:
      return kBooleanBit;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return kIntegerBit;
    case Json::value_t::number_float:
      return IsWhole(value.get<double>()) ? kIntegerBit : kFractionBit;
    case Json::value_t::string:
      return kStringBit;
    case Json::value_t::array:
      return kArrayBit;
    case Json::value_t::object:
      return kObjectBit;
    default:
      return 0;
  }
}

std::size_t CodePoints(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

std::string CountMessage(std::size_t found, std::string_view what, std::string_view bound,
                         std::size_t limit) {
  return std::to_string(found) + " " + std::string(what) + "; at " + std::string(bound) + " " +
         std::to_string(limit) + " allowed";
}

class Validation {
 public:
  // Without a list the first problem ends the walk.
  Validation(const JsonSchema::Program& program, std::vector<SchemaProblem>* problems)
      : program_(program), problems_(problems) {}

  bool Run(const Json& value) {
    const bool valid = Check(program_.root, value, Place{});
    if (!exhausted_) return valid;
    if (problems_ != nullptr) {
      problems_->push_back({"", "limit", "too large or too deep to check"});
    }
    return false;
  }

  bool exhausted() const { return exhausted_; }

 private:
  bool Check(SchemaIndex index, const Json& value, const Place& place) {
    if (--checks_left_ < 0 || depth_ >= kMaxCheckDepth) exhausted_ = true;
    if (exhausted_) return false;
    ++depth_;
    const bool valid = CheckNode(program_.nodes[static_cast<std::size_t>(index)], value, place);
    --depth_;
    return valid;
  }

  // Every part is checked unless nobody wants to know what else is wrong.
  bool CheckNode(const SchemaNode& node, const Json& value, const Place& place) {
    if (node.never) return Problem(place, "false", "no value is allowed here");
    const std::uint8_t type = TypeOf(value);
    if ((node.types & type) == 0) {
      return problems_ != nullptr &&
             Problem(place, "type",
                     "expected " + DescribeTypes(node.types) + ", found " + Show(value));
    }
    bool valid = Values(node, value, place);
    if (Stop(valid)) return false;
    valid &= ByType(node, type, value, place);
    if (Stop(valid)) return false;
    valid &= node.ref == kNoSchema || Check(node.ref, value, place);
    if (Stop(valid)) return false;
    return Combined(node, value, place) && valid;
  }

  bool Stop(bool valid) const { return !valid && problems_ == nullptr; }

  bool ByType(const SchemaNode& node, std::uint8_t type, const Json& value, const Place& place) {
    switch (type) {
      case kIntegerBit:
      case kFractionBit:
        return !node.number || Number(*node.number, value, place);
      case kStringBit:
        return !node.string || String(*node.string, value.get_ref<const std::string&>(), place);
      case kObjectBit:
        return !node.object || Object(*node.object, value, place);
      case kArrayBit:
        return !node.array || Array(*node.array, value, place);
      default:
        return true;
    }
  }

  bool Values(const SchemaNode& node, const Json& value, const Place& place) {
    if (node.constant && !EqualJson(*node.constant, value)) {
      return problems_ != nullptr &&
             Problem(place, "const", "expected " + Show(*node.constant) + ", found " + Show(value));
    }
    if (!node.enum_values) return true;
    for (const Json& allowed : *node.enum_values) {
      if (EqualJson(allowed, value)) return true;
    }
    return problems_ != nullptr && EnumProblem(*node.enum_values, value, place);
  }

  bool EnumProblem(const std::vector<Json>& allowed, const Json& value, const Place& place) {
    constexpr std::size_t kListed = 8;
    std::string list;
    for (std::size_t i = 0; i < allowed.size() && i < kListed; ++i) {
      list += (i == 0 ? "" : ", ") + Show(allowed[i]);
    }
    if (allowed.size() > kListed) list += ", ...";
    return Problem(place, "enum", Show(value) + " is not one of " + list);
  }

  bool Number(const NumberChecks& checks, const Json& value, const Place& place) {
    bool valid = true;
    if (!checks.minimum.is_null() && CompareJson(value, checks.minimum) < 0) {
      valid = Bound(place, "minimum", value, "at least", checks.minimum);
    }
    if (!checks.maximum.is_null() && CompareJson(value, checks.maximum) > 0) {
      valid = Bound(place, "maximum", value, "at most", checks.maximum);
    }
    if (!checks.exclusive_minimum.is_null() && CompareJson(value, checks.exclusive_minimum) <= 0) {
      valid = Bound(place, "exclusiveMinimum", value, "above", checks.exclusive_minimum);
    }
    if (!checks.exclusive_maximum.is_null() && CompareJson(value, checks.exclusive_maximum) >= 0) {
      valid = Bound(place, "exclusiveMaximum", value, "below", checks.exclusive_maximum);
    }
    if (!checks.multiple_of.is_null() && !IsMultiple(value, checks.multiple_of)) {
      valid = Bound(place, "multipleOf", value, "a multiple of", checks.multiple_of);
    }
    return valid;
  }

  bool Bound(const Place& place, std::string_view keyword, const Json& value,
             std::string_view relation, const Json& bound) {
    if (problems_ == nullptr) return false;
    return Problem(place, keyword,
                   Show(value) + " is not " + std::string(relation) + " " + Show(bound));
  }

  static bool IsMultiple(const Json& value, const Json& divisor) {
    if (value.is_number_integer() && divisor.is_number_unsigned()) {
      const auto unit = divisor.get<std::uint64_t>();
      if (value.is_number_unsigned()) return value.get<std::uint64_t>() % unit == 0;
      const auto number = value.get<std::int64_t>();
      const std::uint64_t size =
          number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
      return size % unit == 0;
    }
    return IsDecimalMultiple(value.get<double>(), divisor.get<double>());
  }

  bool String(const StringChecks& checks, const std::string& text, const Place& place) {
    bool valid = true;
    if (checks.min_length || checks.max_length) {
      const std::size_t length = CodePoints(text);
      if (checks.min_length && length < *checks.min_length) {
        valid = Count(place, "minLength", length, "characters", "least", *checks.min_length);
      }
      if (checks.max_length && length > *checks.max_length) {
        valid = Count(place, "maxLength", length, "characters", "most", *checks.max_length);
      }
    }
    if (checks.pattern && !checks.pattern->Matches(text)) {
      valid = problems_ != nullptr &&
              Problem(place, "pattern",
                      Show(text) + " does not match '" + checks.pattern->expression() + "'");
    }
    return valid;
  }

  bool Count(const Place& place, std::string_view keyword, std::size_t found, std::string_view what,
             std::string_view bound, std::size_t limit) {
    return problems_ != nullptr && Problem(place, keyword, CountMessage(found, what, bound, limit));
  }

  bool Object(const ObjectChecks& checks, const Json& value, const Place& place) {
    bool valid = true;
    if (checks.min_properties && value.size() < *checks.min_properties) {
      valid =
          Count(place, "minProperties", value.size(), "members", "least", *checks.min_properties);
    }
    if (checks.max_properties && value.size() > *checks.max_properties) {
      valid =
          Count(place, "maxProperties", value.size(), "members", "most", *checks.max_properties);
    }
    // Members and declared properties are both sorted by name: one merge, no look-ups.
    auto declared = checks.properties.begin();
    for (auto member = value.begin(); member != value.end(); ++member) {
      const std::string& name = member.key();
      while (declared != checks.properties.end() && declared->name < name) {
        valid &= Absent(*declared++, place);
        if (Stop(valid)) return false;
      }
      const bool known = declared != checks.properties.end() && declared->name == name;
      const SchemaIndex schema = known ? declared++->schema : kNoSchema;
      valid &= Member(checks, schema, name, *member, place);
      if (Stop(valid)) return false;
    }
    for (; declared != checks.properties.end(); ++declared) valid &= Absent(*declared, place);
    return valid;
  }

  bool Absent(const ObjectChecks::Property& property, const Place& place) {
    return !property.required || Problem(place, "required", "'" + property.name + "' is missing");
  }

  bool Member(const ObjectChecks& checks, SchemaIndex schema, const std::string& name,
              const Json& value, const Place& parent) {
    const Place place{&parent, &name, 0};
    bool valid = true;
    bool covered = schema != kNoSchema;
    if (covered) valid &= Check(schema, value, place);
    for (const auto& [pattern, pattern_schema] : checks.pattern_properties) {
      if (!pattern.Matches(name)) continue;
      covered = true;
      valid &= Check(pattern_schema, value, place);
    }
    if (!covered && checks.additional != kNoSchema) {
      valid &= Additional(checks.additional, value, place);
    }
    if (checks.names != kNoSchema) valid &= Name(checks.names, name, place);
    return valid;
  }

  bool Additional(SchemaIndex schema, const Json& value, const Place& place) {
    if (!program_.nodes[static_cast<std::size_t>(schema)].never) {
      return Check(schema, value, place);
    }
    return Problem(place, "additionalProperties", "this member is not declared");
  }

  bool Name(SchemaIndex schema, const std::string& name, const Place& place) {
    if (Holds(schema, Json(name), place)) return true;
    return Problem(place, "propertyNames", "this name is not allowed");
  }

  bool Array(const ArrayChecks& checks, const Json& value, const Place& place) {
    bool valid = true;
    if (checks.min_items && value.size() < *checks.min_items) {
      valid = Count(place, "minItems", value.size(), "elements", "least", *checks.min_items);
    }
    if (checks.max_items && value.size() > *checks.max_items) {
      valid = Count(place, "maxItems", value.size(), "elements", "most", *checks.max_items);
    }
    if (Stop(valid)) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const SchemaIndex schema = i < checks.prefix.size() ? checks.prefix[i] : checks.rest;
      if (schema == kNoSchema) continue;
      valid &= Check(schema, value[i], Place{&place, nullptr, i});
      if (Stop(valid)) return false;
    }
    if (checks.contains != kNoSchema) valid &= Contains(checks, value, place);
    if (checks.unique) valid &= Unique(value, place);
    return valid;
  }

  bool Contains(const ArrayChecks& checks, const Json& value, const Place& place) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
      found += Holds(checks.contains, value[i], Place{&place, nullptr, i});
    }
    bool valid = true;
    if (found < checks.min_contains) {
      valid = Count(place, checks.min_contains == 1 ? "contains" : "minContains", found,
                    "elements of the kind asked for", "least", checks.min_contains);
    }
    if (checks.max_contains && found > *checks.max_contains) {
      valid = Count(place, "maxContains", found, "elements of the kind asked for", "most",
                    *checks.max_contains);
    }
    return valid;
  }

  bool Unique(const Json& value, const Place& place) {
    std::vector<std::size_t> order(value.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return CompareJson(value[a], value[b]) < 0;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (!EqualJson(value[order[i - 1]], value[order[i]])) continue;
      return Problem(place, "uniqueItems",
                     "elements " + std::to_string(order[i - 1]) + " and " +
                         std::to_string(order[i]) + " are equal");
    }
    return true;
  }

  bool Combined(const SchemaNode& node, const Json& value, const Place& place) {
    bool valid = true;
    for (const SchemaIndex part : node.all_of) {
      valid &= Check(part, value, place);
      if (Stop(valid)) return false;
    }
    if (!node.any_of.empty() && Matching(node.any_of, value, place, 1) == 0) {
      valid = Problem(place, "anyOf", "matches none of the alternatives");
    }
    if (!node.one_of.empty()) valid &= OneOf(node, value, place);
    if (node.negated != kNoSchema && Holds(node.negated, value, place)) {
      valid = Problem(place, "not", "matches what is forbidden here");
    }
    if (node.condition != kNoSchema) {
      const SchemaIndex next =
          Holds(node.condition, value, place) ? node.consequence : node.alternative;
      valid &= next == kNoSchema || Check(next, value, place);
    }
    return valid;
  }

  bool OneOf(const SchemaNode& node, const Json& value, const Place& place) {
    const std::size_t matching = Matching(node.one_of, value, place, 2);
    if (matching == 1) return true;
    return Problem(place, "oneOf",
                   matching == 0 ? "matches none of the alternatives"
                                 : "matches more than one of the alternatives");
  }

  // How many of the alternatives hold, counting no further than `enough`.
  std::size_t Matching(const std::vector<SchemaIndex>& alternatives, const Json& value,
                       const Place& place, std::size_t enough) {
    std::size_t count = 0;
    for (const SchemaIndex alternative : alternatives) {
      count += Holds(alternative, value, place);
      if (count == enough) break;
    }
    return count;
  }

  // The bare answer: what a failed alternative complains of is no problem of the value.
  bool Holds(SchemaIndex index, const Json& value, const Place& place) {
    std::vector<SchemaProblem>* const saved = std::exchange(problems_, nullptr);
    const bool holds = Check(index, value, place);
    problems_ = saved;
    return holds;
  }

  bool Problem(const Place& place, std::string_view keyword, std::string message) {
    if (problems_ != nullptr && problems_->size() < kMaxProblems) {
      problems_->push_back({Render(place), std::string(keyword), std::move(message)});
    }
    return false;
  }

  const JsonSchema::Program& program_;
  std::vector<SchemaProblem>* problems_;
  std::int64_t checks_left_ = kMaxChecks;
  int depth_ = 0;
  bool exhausted_ = false;
};

}  // namespace

std::string DescribeTypes(std::uint8_t mask) {
  static constexpr std::pair<std::uint8_t, std::string_view> kNames[] = {
      {kNullBit, "null"},
      {kBooleanBit, "a boolean"},
      {kIntegerBit | kFractionBit, "a number"},
      {kIntegerBit, "an integer"},
      {kStringBit, "a string"},
      {kArrayBit, "an array"},
      {kObjectBit, "an object"}};
  std::string out;
  for (const auto& [bits, name] : kNames) {
    if ((mask & bits) != bits) continue;
    mask = static_cast<std::uint8_t>(mask & ~bits);
    out += (out.empty() ? "" : " or ") + std::string(name);
  }
  return out;
}

JsonSchema JsonSchema::Compile(const Json& schema, const std::string& source_name) {
  return JsonSchema(std::make_shared<const Program>(CompileSchema(schema, source_name)));
}

std::vector<SchemaProblem> JsonSchema::Validate(const Json& value) const {
  std::vector<SchemaProblem> problems;
  // The bare answer is quicker than collecting, and values are mostly valid.
  if (!Validation(*program_, nullptr).Run(value)) Validation(*program_, &problems).Run(value);
  return problems;
}

bool JsonSchema::IsValid(const Json& value) const {
  return Validation(*program_, nullptr).Run(value);
}

std::optional<bool> JsonSchema::Decide(const Json& value) const {
  Validation validation(*program_, nullptr);
  const bool valid = validation.Run(value);
  if (validation.exhausted()) return std::nullopt;
  return valid;
}

}  // namespace kedge::text
