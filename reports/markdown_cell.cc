#include "reports/markdown_cell.h"

#include "harness/core/utf8.h"

namespace kedge::reports {

std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (const char c : EscapeControls(text)) {
    switch (c) {
      case '\n':
      case '\t':
        cell += ' ';
        break;
      case '&':
        cell += "&amp;";
        break;
      case '<':
        cell += "&lt;";
        break;
      case '>':
        cell += "&gt;";
        break;
      case '@':
        // An empty comment keeps "@name" from notifying someone.
        cell += "@<!-- -->";
        break;
      default:
        if (std::string_view("|\\`*_[]#!~$").find(c) != std::string_view::npos) cell += '\\';
        cell += c;
    }
  }
  return cell;
}

}  // namespace kedge::reports
