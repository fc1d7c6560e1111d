#pragma once

#include <string>
#include <string_view>

namespace kedge::reports {

/// Outside text inside a line or table cell of Markdown: no markup, no line breaks, no cell ends,
/// nobody mentioned.
std::string MarkdownCell(std::string_view text);

}  // namespace kedge::reports
