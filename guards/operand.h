#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guards/word.h"

namespace kedge::guards {

/// What an operand is for one event: values, or why there are none.
struct OperandValue {
  std::vector<Json> values;
  std::string_view code;  ///< an error's, else empty
  std::string message;
  std::string pointer;  ///< of the argument, where one is meant

  bool failed() const { return !code.empty(); }
};

/// One side of a comparison. As policies write it:
///
///     args:/total               result:/items/*/id        a place, * for all elements
///     fact:order[args:/id]:/total   fact:now:/value       a fact by key, or of a store without
///     keys event:text  event:seconds                           of the event itself allow:NAME
///     (only right of `in`) a named list 12, '12.50', true, text                             itself
///     {count: X} {keys: X} {seconds: X} {plus: [X, Y]} {minus: [X, Y]} {times: [X, Y]}
///
/// Arithmetic is exact in millionths. Immutable.
class Operand {
 public:
  virtual ~Operand() = default;
  virtual OperandValue Evaluate(const EventView& event) const = 0;

  /// Throws Error with file, line and field.
  static std::unique_ptr<Operand> Read(const Node& node, WordContext& context);
};

/// Seconds since 1970 of `2024-05-15[T ]15:00[:00][Z]` (taken as UTC); nullopt for all else.
std::optional<std::int64_t> ParseSeconds(std::string_view text);

}  // namespace kedge::guards
