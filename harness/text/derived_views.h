#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/text/text_signs.h"
#include "harness/text/views.h"

namespace kedge::text {

/// What MakeViews adds to "text" and "folded": for callers that fold by themselves and have already
/// passed over the text. `signs` are of `text`, `disguises` the WordDisguise bits to undo. Throws
/// Error(kBadData) when the views would outgrow `limits`: nobody can judge such a text.
std::vector<View> MakeDerivedViews(std::string_view text, const TextSigns& signs,
                                   std::uint32_t disguises, const ViewLimits& limits);

/// Where bytes [begin, end) of a view's text come from: [first, second) of the original.
std::pair<std::size_t, std::size_t> LocateInSource(const View& view, std::size_t begin,
                                                   std::size_t end);

}  // namespace kedge::text
