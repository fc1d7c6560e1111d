#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// The words of a text in lower case: runs of letters, digits and bytes beyond ASCII, after the
/// text was folded (text::MakeViews), so that look-alikes and invisible characters do not hide one.
/// `_` joins words: an identifier stays one.
std::vector<std::string> WordsOf(std::string_view text);

/// Calls `see` with every run of `count` words, joined by single spaces.
void ForEachPhrase(const std::vector<std::string>& words, std::size_t count,
                   const std::function<void(const std::string&)>& see);

}  // namespace kedge::guards
