#include "guards/labels/folded_views.h"

namespace kedge::guards {

FoldedViews ViewsOf(std::string_view text) {
  FoldedViews views;
  views.folded = text;
  for (char& c : views.folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return views;
}

}  // namespace kedge::guards
