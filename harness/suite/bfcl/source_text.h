#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::suite::bfcl {

std::string_view Trimmed(std::string_view text);

/// Cuts source text of Python, Java or JavaScript at `separator`, but not inside of quotes and
/// brackets; the parts are trimmed. No parts for blank text.
std::vector<std::string> SplitTopLevel(std::string_view text, char separator);

/// The position of the bracket that closes the one at `open`; nullopt when there is none.
std::optional<std::size_t> ClosingBracket(std::string_view text, std::size_t open);

/// True if brackets are nested deeper than literals of agents ever are (64); such text is not read.
bool NestedTooDeep(std::string_view text);

/// The content of a text that is one literal in single or double quotes, its escapes resolved;
/// nullopt when it is none.
std::optional<std::string> Unquoted(std::string_view text);

/// `value` in double quotes.
std::string Quoted(std::string_view value);

}  // namespace kedge::suite::bfcl
