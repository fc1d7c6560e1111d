#include "guards/labels/folded_views.h"

#include "harness/text/views.h"

namespace kedge::guards {

FoldedViews ViewsOf(std::string_view text) {
  FoldedViews out;
  for (text::View& view : text::MakeViews(text)) {
    if (view.name == "folded") {
      out.folded = std::move(view.text);
    } else if (view.name != "text" && view.name != "stripped") {
      out.decoded.push_back(AsciiFolded(view.text));
    }
  }
  return out;
}

std::string AsciiFolded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace kedge::guards
