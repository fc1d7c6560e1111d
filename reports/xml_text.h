#pragma once

#include <string>
#include <string_view>

namespace kedge::reports {

/// `text` for an XML 1.0 or HTML text node or a double-quoted attribute: markup characters as
/// entities, control characters (illegal in XML) and bidi controls visible, invalid UTF-8 replaced.
std::string XmlEscape(std::string_view text);

}  // namespace kedge::reports
