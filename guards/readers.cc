#include "guards/readers.h"

#include <algorithm>
#include <iterator>

#include "guards/labels/folded_views.h"

namespace kedge::guards {

void Readers::Narrow(const Place& readers, const Json& result) {
  std::set<std::string> named;
  std::vector<Placed> places;
  if (readers.Select(result, places)) {
    for (const Placed& place : places) {
      for (const Leaf& leaf : LeavesOf(*place.value, "")) named.insert(ViewsOf(leaf.text).folded);
    }
  }
  if (allowed_) {
    std::set<std::string> both;
    std::set_intersection(allowed_->begin(), allowed_->end(), named.begin(), named.end(),
                          std::inserter(both, both.end()));
    named = std::move(both);
  }
  allowed_ = std::move(named);
}

bool Readers::MayRead(const std::string& reader) const {
  return !allowed_ || allowed_->count(ViewsOf(reader).folded) != 0;
}

}  // namespace kedge::guards
