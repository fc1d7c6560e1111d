#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::suite::bfcl {

/// The types that the leaderboard's rules tell apart; those of Python.
enum class ValueType { kNone, kBool, kInt, kFloat, kText, kList, kDict };

ValueType TypeOf(const Json& value);
/// `a == b` of Python: numbers by value, true as 1, lists and dicts member by member.
bool EqualValues(const Json& left, const Json& right);
/// What texts are compared by: lower case, without blanks and , . / - _ * ^, with " for '.
std::string FoldedText(std::string_view text);
/// A text folded, everything else as it is.
Json FoldedValue(const Json& value);
/// The value of a Python literal (numbers, texts, True, False, None, lists, tuples, dicts);
/// nullopt for everything else: names, calls, arithmetic.
std::optional<Json> PythonLiteral(std::string_view text);

}  // namespace kedge::suite::bfcl
