#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::agent_ref {

/// What a message gives to say: the texts that it puts in "double", 'single' or `back` quotes, then
/// the numbers that stand for themselves, each kind in the order of the text and each value once.
/// At most 16; none longer than 64 bytes, none with a control character, all well-formed UTF-8. The
/// message is anybody's text: what comes out is data and nothing else.
std::vector<std::string> QuotedWords(std::string_view message);

}  // namespace kedge::agent_ref
