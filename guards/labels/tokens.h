#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// What provenance compares: the parts of a folded text that could name something.

/// The words of `folded`: runs without white space, quotes, brackets, commas, semicolons and bars,
/// without punctuation at their ends. "pay <bob@x.org>, now!" has pay, bob@x.org and now.
std::vector<std::string_view> WordsOf(std::string_view folded);

/// The word without `http://`, `https://` or `mailto:` in front.
std::string_view WithoutScheme(std::string_view word);

/// The parts of a word between : = & ? # / and \ , when it has more than one.
std::vector<std::string_view> PiecesOf(std::string_view word);

/// How many characters (code points) it has.
std::size_t CharactersOf(std::string_view word);

/// True if the word looks like a place to send something to: a URL, an e-mail address, a host.
bool IsLink(std::string_view word);

/// True if the word looks like a name that a program gave: a link, or one with a digit or `_`.
bool IsIdentifier(std::string_view word);

}  // namespace kedge::guards
