#include "harness/text/hidden_characters.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::text {
namespace {

constexpr int kMaxMarks = 2;

bool IsPlainAscii(unsigned char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t'; }

bool IsMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

// Why a character must not stand in a text, or nullptr.
const char* Objection(UChar32 c) {
  if (c < 0x80) return IsPlainAscii(static_cast<unsigned char>(c)) ? nullptr : "control character";
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return "invisible character";
  const std::uint32_t category = U_GET_GC_MASK(c);
  if ((category & U_GC_CF_MASK) != 0) return "invisible format character";
  if ((category & U_GC_CC_MASK) != 0) return "control character";
  if ((category & U_GC_CO_MASK) != 0) return "private-use character";
  if ((category & (U_GC_CN_MASK | U_GC_CS_MASK)) != 0) return "unassigned character";
  if ((category & U_GC_Z_MASK) != 0) return "unusual space";
  return nullptr;
}

// Scripts that one language writes together.
bool IsEastAsian(UScriptCode script) {
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
         script == USCRIPT_HANGUL || script == USCRIPT_BOPOMOFO;
}

class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::optional<HiddenCharacter> Run() {
    while (next_ < text_.size()) {
      const std::size_t at = next_;
      const UChar32 c = Decode();
      const char* what = Objection(c);
      if (what == nullptr && IsZalgo(c)) what = "stack of combining marks";
      if (what == nullptr && MixesScripts(c)) what = "letters of two scripts in one word";
      if (what != nullptr) return HiddenCharacter{at, static_cast<char32_t>(c), what};
    }
    return std::nullopt;
  }

 private:
  // The text is well-formed.
  UChar32 Decode() {
    const auto lead = static_cast<unsigned char>(text_[next_++]);
    if (lead < 0x80) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    UChar32 c = lead & (0x3F >> more);
    for (int i = 0; i < more; ++i) {
      c = (c << 6) | (static_cast<unsigned char>(text_[next_++]) & 0x3F);
    }
    return c;
  }

  bool IsZalgo(UChar32 c) {
    marks_ = IsMark(c) ? marks_ + 1 : 0;
    return marks_ > kMaxMarks;
  }

  bool MixesScripts(UChar32 c) {
    if (!u_isalpha(c)) {
      if (!IsMark(c)) word_script_ = USCRIPT_COMMON;
      return false;
    }
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    if (U_FAILURE(status)) return true;
    if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) return false;
    const UScriptCode before = std::exchange(word_script_, script);
    return before != USCRIPT_COMMON && before != script &&
           !(IsEastAsian(before) && IsEastAsian(script));
  }

  std::string_view text_;
  std::size_t next_ = 0;
  int marks_ = 0;
  UScriptCode word_script_ = USCRIPT_COMMON;
};

// Byte offset of the first character that normalisation would change; npos when there is none.
std::size_t FirstNotNormal(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&status);
  std::vector<UChar> wide(text.size() + 1);
  std::int32_t length = 0;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  const std::int32_t normal = unorm2_spanQuickCheckYes(nfc, wide.data(), length, &status);
  const bool whole = unorm2_isNormalized(nfc, wide.data(), length, &status) != 0;
  if (U_FAILURE(status)) throw InternalError("Unicode data: " + std::string(u_errorName(status)));
  if (whole) return std::string_view::npos;
  std::int32_t bytes = 0;
  u_strToUTF8(nullptr, 0, &bytes, wide.data(), normal, &status);
  return static_cast<std::size_t>(bytes);
}

}  // namespace

std::optional<HiddenCharacter> FindHiddenCharacter(std::string_view text) {
  std::size_t plain = 0;
  while (plain < text.size() && IsPlainAscii(static_cast<unsigned char>(text[plain]))) ++plain;
  if (plain == text.size()) return std::nullopt;
  if (text.size() > (std::size_t{1} << 30)) return HiddenCharacter{0, 0, "text above 1 GiB"};
  if (!IsValidUtf8(text)) return HiddenCharacter{plain, 0, "malformed UTF-8"};
  if (auto found = Scan(text).Run()) return found;
  const std::size_t not_normal = FirstNotNormal(text);
  if (not_normal == std::string_view::npos) return std::nullopt;
  return HiddenCharacter{not_normal, 0, "character that is not in its composed form (NFC)"};
}

}  // namespace kedge::text
