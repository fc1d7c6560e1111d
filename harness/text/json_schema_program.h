#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/text/json_schema.h"
#include "harness/text/pattern.h"

namespace kedge::text {

/// Index of a SchemaNode in a Program; kNoSchema where there is none.
using SchemaIndex = int;
inline constexpr SchemaIndex kNoSchema = -1;

/// Kinds of values, as bits of SchemaNode::types.
enum SchemaType : std::uint8_t {
  kNullBit = 1,
  kBooleanBit = 2,
  kIntegerBit = 4,  ///< a number without a fraction, 1.0 included
  kFractionBit = 8,
  kStringBit = 16,
  kArrayBit = 32,
  kObjectBit = 64,
  kAnyType = 127,
};

struct NumberChecks {
  Json minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;  // null = unchecked
};

struct StringChecks {
  std::optional<std::size_t> min_length, max_length;  // code points
  std::optional<Pattern> pattern;
};

struct ObjectChecks {
  struct Property {
    std::string name;
    SchemaIndex schema = kNoSchema;
    bool required = false;
  };
  std::vector<Property> properties;  // sorted by name, as objects are
  std::vector<std::pair<Pattern, SchemaIndex>> pattern_properties;
  SchemaIndex additional = kNoSchema;
  SchemaIndex names = kNoSchema;
  std::optional<std::size_t> min_properties, max_properties;
};

struct ArrayChecks {
  std::vector<SchemaIndex> prefix;
  SchemaIndex rest = kNoSchema;
  SchemaIndex contains = kNoSchema;
  std::size_t min_contains = 1;
  std::optional<std::size_t> max_contains, min_items, max_items;
  bool unique = false;
};

/// One schema, with the checks of a kind of value only where it has any.
struct SchemaNode {
  bool never = false;  ///< the schema `false`
  std::uint8_t types = kAnyType;
  std::optional<std::vector<Json>> enum_values;
  std::optional<Json> constant;
  std::unique_ptr<NumberChecks> number;
  std::unique_ptr<StringChecks> string;
  std::unique_ptr<ObjectChecks> object;
  std::unique_ptr<ArrayChecks> array;
  std::vector<SchemaIndex> all_of, any_of, one_of;
  SchemaIndex negated = kNoSchema;
  SchemaIndex condition = kNoSchema, consequence = kNoSchema, alternative = kNoSchema;
  SchemaIndex ref = kNoSchema;
};

struct JsonSchema::Program {
  std::vector<SchemaNode> nodes;
  SchemaIndex root = kNoSchema;
};

/// The compiler behind JsonSchema::Compile.
JsonSchema::Program CompileSchema(const Json& schema, const std::string& source_name);

/// The names of the types in `mask`, e.g. "string or null".
std::string DescribeTypes(std::uint8_t mask);

}  // namespace kedge::text
