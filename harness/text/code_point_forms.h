#pragma once

#include <string_view>

namespace kedge::text {

/// How one code point reads in the normalised views. The views live as long as the program.
struct CodePointForms {
  /// NFKD without Default_Ignorable_Code_Point, Cf, Mn and Me (by property); decimal digits of any
  /// script as ASCII digits, any white space as U+0020. Hangul syllables stay whole.
  std::string_view stripped;
  /// Full case folding of `stripped`, normalised again: what NFKC_Casefold gives, without marks.
  std::string_view folded;
  /// `stripped`, or the ASCII characters that UTS #39's confusables data says it looks like.
  std::string_view skeleton;
};

/// Forms of a Unicode scalar value >= 0x80. Computed for 256 code points at a time on first use and
/// kept; safe to call from many threads.
CodePointForms FormsOf(char32_t code_point);

}  // namespace kedge::text
