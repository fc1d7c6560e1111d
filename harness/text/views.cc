#include "harness/text/views.h"

#include "harness/core/error.h"
#include "harness/text/derived_views.h"
#include "harness/text/disguised_words.h"
#include "harness/text/normal_views.h"

namespace kedge::text {

std::vector<View> MakeViews(std::string_view text, const ViewLimits& limits) {
  if (text.size() > limits.max_bytes) {
    throw BadData("a text of " + std::to_string(text.size()) + " bytes is above the limit of " +
                  std::to_string(limits.max_bytes) + " for views");
  }
  TextSigns signs;
  FindSigns(text, signs);
  std::vector<View> views(2);
  views[0].name = "text";
  views[0].text = std::string(text);
  views[1].name = "folded";
  MappedText folded;
  FoldInto(text, folded);
  views[1].text = std::move(folded.text);
  views[1].origin = std::move(folded.origin);
  for (View& view : views) view.source_end = text.size();
  for (View& view : MakeDerivedViews(text, signs, DisguisesIn(text), limits)) {
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace kedge::text
