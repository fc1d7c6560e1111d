#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::text {

/// A text as a detector should also read it: folded, stripped of invisible characters, or decoded.
struct View {
  std::string name;  ///< "text", "folded", "skeleton", "hidden", "base64", "base64+url", ...
  std::string text;
  /// For each byte of `text`, the byte offset in the original it came from; empty for the view
  /// "text" (identity). A decoded run maps every byte to the start of its encoded run.
  std::vector<std::uint32_t> origin;
  std::size_t source_begin = 0;  ///< span of the original that this view stands for
  std::size_t source_end = 0;
};

struct ViewLimits {
  int depth = 2;                     ///< encodings within encodings
  std::size_t growth = 4;            ///< total bytes of all views <= growth * input + 4096
  std::size_t max_bytes = 1U << 24;  ///< longer input is not viewed: see MakeViews
};

/// The views of `text`, "text" first. Pure printable ASCII without an encoded run yields "text" and
/// "folded" only and needs no Unicode data. "folded" is NFKC_Casefold after removing
/// Default_Ignorable_Code_Point, Cf, and combining marks (by property), white space squeezed;
/// "stripped" is the same with case and spacing kept, for patterns that need them; "skeleton" is
/// that with UTS #39 look-alikes of ASCII characters replaced; "hidden" holds what tag characters
/// and variation selectors spell; decoded views ("base64" for both alphabets, "hex", "url", "html",
/// "json", "rot13", "reversed", "spaced", "leet") appear only where a plausible run is found, and
/// are made of the stripped text. Deterministic, O(bytes). Throws Error(kBadData) when `text` is
/// longer than `limits.max_bytes` or the views outgrow `limits.growth`.
std::vector<View> MakeViews(std::string_view text, const ViewLimits& limits = {});

}  // namespace kedge::text
