#pragma once

#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "harness/suite/bfcl/python_value.h"

namespace kedge::suite::bfcl {

/// The language that a question's functions are declared in.
enum class Language { kPython, kJava, kJavaScript };

/// "python", "java", "javascript".
std::string_view ToString(Language language);

/// The type that a declared one ("integer", "HashMap", "tuple") stands for; nullopt for a type
/// that no rule is about (nested `any`, a type left out).
std::optional<ValueType> DeclaredType(Language language, const std::string& type);

/// True if elements of this type have a type of their own ("array", "tuple", "ArrayList").
bool HasElements(const std::string& type);

/// The value of Java or JavaScript source text under its declared type; text that is no literal of
/// the type stays text (a variable, an expression). `element_type` is for arrays.
Json FromSource(Language language, const std::string& source, const std::string& type,
                const std::string& element_type);

/// The reverse: source text that FromSource reads as `value`.
std::string ToSource(Language language, const Json& value, const std::string& type,
                     const std::string& element_type);

}  // namespace kedge::suite::bfcl
