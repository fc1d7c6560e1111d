#pragma once

#include <string>
#include <string_view>

#include "harness/core/document.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {

/// Compiles `schema` (what `node` says, perhaps completed by the caller); a fault in it is reported
/// at the line and field of the part of `node` that it is in.
text::JsonSchema CompileSchemaNode(const Node& node, const Json& schema);

/// The part of `node` that a JSON Pointer names, or the nearest part around it.
Node NodeAt(const Node& node, std::string_view pointer);

/// Fails at every `pattern` and `patternProperties` inside a schema that is not anchored at its
/// beginning: an unanchored pattern accepts any text that merely contains what was meant. Does
/// what CheckPatterns does, too.
void CheckPatternsAnchored(const Node& schema);

/// The same for one expression.
void CheckAnchored(const Node& node, std::string_view expression);

/// Fails at every pattern inside a schema with a character class that spells a word: `[^example]`
/// excludes letters, not the word.
void CheckPatterns(const Node& schema);
/// The same for one expression.
void CheckClasses(const Node& node, std::string_view expression);

/// True if the expression begins with ^ or \A (after flags such as `(?i)`) and has no alternative
/// outside of a group, which the anchor would not reach: `^a|b`.
bool IsAnchored(std::string_view expression);

/// What a rule that asks for arguments means: a copy of `schema` in which every declared property
/// is required, down through properties, items, prefixItems and allOf, unless it says
/// `optional: true` (which is taken out).
Json WithRequiredProperties(const Json& schema);

}  // namespace kedge::guards
