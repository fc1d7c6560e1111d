#pragma once

#include <functional>
#include <string>

#include "reports/html_writer.h"

namespace kedge::reports {

/// Writes the frame of a page (head with style sheet and a policy that forbids every outside
/// request, main, foot) around `body`.
void WritePage(HtmlWriter& html, const std::string& title, const std::string& footer,
               const std::function<void()>& body);

/// A table with a caption and a header row; `rows` writes the <tr>s.
void WriteTable(HtmlWriter& html, const std::string& caption,
                std::initializer_list<const char*> columns, const std::function<void()>& rows);

}  // namespace kedge::reports
