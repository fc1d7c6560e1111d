#include "reports/xml_text.h"

#include "harness/core/utf8.h"

namespace kedge::reports {

std::string XmlEscape(std::string_view text) {
  std::string escaped;
  for (const char c : EscapeControls(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace kedge::reports
