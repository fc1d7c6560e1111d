#include "harness/text/derived_views.h"

#include <algorithm>
#include <functional>
#include <string>

#include "harness/core/error.h"
#include "harness/text/decoders.h"
#include "harness/text/disguised_words.h"
#include "harness/text/normal_views.h"

namespace kedge::text {
namespace {

constexpr std::size_t kAllowance = 4096;

// Gathers the views of one text; decoded ones are looked at in the same way until depth is used up.
class Deriver {
 public:
  Deriver(std::size_t bytes, const ViewLimits& limits)
      : budget_(limits.growth * bytes + kAllowance) {}

  void Derive(const View& base, const TextSigns& signs, std::uint32_t disguises, int depth) {
    if (signs.Plain() && disguises == 0) return;
    if (signs.ascii) {
      DeriveDecoded(base, signs, disguises, depth);
      return;
    }
    AddHidden(base, depth);
    const View stripped = Compose(base, "stripped", StripInvisible(base.text));
    TextSigns stripped_signs;
    FindSigns(stripped.text, stripped_signs);
    if (!stripped_signs.ascii) AddSkeleton(base, stripped.text);
    if (stripped.text != base.text) {
      views_.push_back(Charge(stripped));
      disguises |= DisguisesIn(stripped.text);
    }
    View as_base = stripped;
    as_base.name = base.name;
    DeriveDecoded(as_base, stripped_signs, disguises, depth);
  }

  std::vector<View> Take() { return std::move(views_); }

 private:
  using Decode = std::function<void(std::string_view, MappedText&)>;

  void DeriveDecoded(const View& base, const TextSigns& signs, std::uint32_t disguises, int depth) {
    if (depth == 0) return;
    const auto add = [&](const char* name, bool wanted, const Decode& decode) {
      if (wanted) AddDecoded(base, name, decode, depth);
    };
    using Text = std::string_view;
    add("base64", !signs.runs.empty(),
        [&](Text t, MappedText& out) { DecodeBase64(t, signs.runs, out); });
    add("hex", !signs.runs.empty(),
        [&](Text t, MappedText& out) { DecodeHex(t, signs.runs, out); });
    add("url", !signs.percents.empty(),
        [&](Text t, MappedText& out) { DecodePercent(t, signs.percents, out); });
    add("html", !signs.entities.empty(),
        [&](Text t, MappedText& out) { DecodeEntities(t, signs.entities, out); });
    add("json", !signs.escapes.empty(),
        [&](Text t, MappedText& out) { DecodeEscapes(t, signs.escapes, out); });
    add("spaced", signs.spaced, DecodeSpaced);
    add("rot13", (disguises & kRot13) != 0 && !base.name.ends_with("rot13"), DecodeRot13);
    add("reversed", (disguises & kReversed) != 0 && !base.name.ends_with("reversed"),
        DecodeReversed);
    add("leet", (disguises & kLeet) != 0 && !base.name.ends_with("leet"), DecodeLeet);
  }

  void AddDecoded(const View& base, const char* name, const Decode& decode, int depth) {
    MappedText decoded;
    decode(base.text, decoded);
    if (decoded.text.empty() || decoded.text == base.text) return;
    const View view = Charge(Compose(base, name, std::move(decoded)));
    views_.push_back(view);
    TextSigns signs;
    FindSigns(view.text, signs);
    Derive(view, signs, depth > 1 ? DisguisesIn(view.text) : 0, depth - 1);
  }

  void AddHidden(const View& base, int depth) {
    AddDecoded(base, "hidden", DecodeHidden, std::max(depth, 1));
  }

  void AddSkeleton(const View& base, const std::string& stripped) {
    MappedText skeleton = MakeSkeleton(base.text);
    if (skeleton.text == stripped) return;
    views_.push_back(Charge(Compose(base, "skeleton", std::move(skeleton))));
  }

  // Names the new view and maps it to the original.
  static View Compose(const View& base, const char* name, MappedText mapped) {
    View view;
    view.name = base.name == "text" ? name : base.name + "+" + name;
    view.text = std::move(mapped.text);
    view.origin = std::move(mapped.origin);
    const auto source = [&](std::uint32_t at) -> std::uint32_t {
      if (base.origin.empty()) return at;
      return at < base.origin.size() ? base.origin[at]
                                     : static_cast<std::uint32_t>(base.source_end);
    };
    for (std::uint32_t& at : view.origin) at = source(at);
    view.source_begin = base.source_begin;
    view.source_end = base.source_end;
    return view;
  }

  View Charge(View view) {
    if (view.text.size() > budget_) {
      throw BadData("the decoded views of a text outgrow their limit; it is encoded too often");
    }
    budget_ -= view.text.size();
    return view;
  }

  std::size_t budget_;
  std::vector<View> views_;
};

}  // namespace

std::vector<View> MakeDerivedViews(std::string_view text, const TextSigns& signs,
                                   std::uint32_t disguises, const ViewLimits& limits) {
  if (signs.Plain() && disguises == 0) return {};
  Deriver deriver(text.size(), limits);
  View base;
  base.name = "text";
  base.text = std::string(text);
  base.source_end = text.size();
  deriver.Derive(base, signs, disguises, limits.depth);
  return deriver.Take();
}

std::pair<std::size_t, std::size_t> LocateInSource(const View& view, std::size_t begin,
                                                   std::size_t end) {
  if (view.origin.empty() || begin >= end) return {begin, end};
  const auto [low, high] =
      std::minmax_element(view.origin.begin() + static_cast<std::ptrdiff_t>(begin),
                          view.origin.begin() + static_cast<std::ptrdiff_t>(end));
  std::size_t after = end;  // the next byte that comes from behind the last one
  while (after < view.origin.size() && view.origin[after] <= *high) ++after;
  if (after < view.origin.size()) return {*low, view.origin[after]};
  if (begin > 0 && view.origin[begin - 1] > *high) return {*low, view.origin[begin - 1]};
  return {*low, view.source_end};
}

}  // namespace kedge::text
