#include "harness/text/code_point_forms.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::text {
namespace {

constexpr std::size_t kBlockSize = 256;
constexpr std::size_t kBlocks = 0x110000 / kBlockSize;
constexpr std::int32_t kBuffer = 128;  // UTF-16 units; no code point decomposes to more than 18

void CheckStatus(UErrorCode status) {
  if (U_FAILURE(status)) throw InternalError("Unicode data: " + std::string(u_errorName(status)));
}

// ICU's shared objects, opened once.
struct Unicode {
  const UNormalizer2* nfkd = nullptr;
  USpoofChecker* spoof = nullptr;

  static const Unicode& Get() {
    static const Unicode unicode;
    return unicode;
  }

 private:
  Unicode() {
    UErrorCode status = U_ZERO_ERROR;
    nfkd = unorm2_getNFKDInstance(&status);
    spoof = uspoof_open(&status);
    CheckStatus(status);
  }
};

bool IsHangulSyllable(UChar32 c) { return c >= 0xAC00 && c <= 0xD7A3; }

bool IsDropped(UChar32 c) {
  constexpr std::uint32_t kDropped = U_GC_CF_MASK | U_GC_MN_MASK | U_GC_ME_MASK;
  return (U_GET_GC_MASK(c) & kDropped) != 0 ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

void AppendKept(UChar32 c, std::u16string& out) {
  if (IsDropped(c)) return;
  const std::int32_t digit = u_charDigitValue(c);
  if (digit >= 0 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER) c = '0' + digit;
  if (u_isUWhiteSpace(c) && c > 0x7F) c = ' ';
  if (c > 0xFFFF) {
    out.push_back(U16_LEAD(c));
    out.push_back(U16_TRAIL(c));
  } else {
    out.push_back(static_cast<char16_t>(c));
  }
}

// NFKD of `text`, filtered.
std::u16string Strip(const std::u16string& text) {
  std::array<UChar, kBuffer> wide;
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      unorm2_normalize(Unicode::Get().nfkd, text.data(), static_cast<std::int32_t>(text.size()),
                       wide.data(), kBuffer, &status);
  CheckStatus(status);
  std::u16string out;
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U16_NEXT(wide.data(), i, length, c);
    AppendKept(c, out);
  }
  return out;
}

std::u16string FoldCase(const std::u16string& text) {
  std::array<UChar, kBuffer> wide;
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      u_strFoldCase(wide.data(), kBuffer, text.data(), static_cast<std::int32_t>(text.size()),
                    U_FOLD_CASE_DEFAULT, &status);
  CheckStatus(status);
  return {wide.data(), static_cast<std::size_t>(length)};
}

std::string ToUtf8(const std::u16string& text) {
  std::string out;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(text.size());) {
    UChar32 c = 0;
    U16_NEXT(text.data(), i, static_cast<std::int32_t>(text.size()), c);
    AppendUtf8(U_IS_SURROGATE(c) ? U'\uFFFD' : static_cast<char32_t>(c), out);
  }
  return out;
}

bool IsAscii(const std::u16string& text) {
  for (const char16_t c : text) {
    if (c > 0x7E) return false;
  }
  return !text.empty();
}

// The ASCII look-alike, or `stripped` when there is none. UTS #39 maps `m` to `rn` and `I` and `1`
// to `l`; a reader of a single look-alike character means `m`, and a capital means `I`.
std::u16string LookAlike(UChar32 c, const std::u16string& stripped) {
  if (stripped.empty() || IsAscii(stripped)) return stripped;
  std::array<UChar, kBuffer> wide;
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      uspoof_getSkeleton(Unicode::Get().spoof, 0, stripped.data(),
                         static_cast<std::int32_t>(stripped.size()), wide.data(), kBuffer, &status);
  CheckStatus(status);
  std::u16string skeleton = Strip({wide.data(), static_cast<std::size_t>(length)});
  if (!IsAscii(skeleton)) return stripped;
  if (skeleton == u"rn") return u"m";
  if (skeleton == u"l" && u_isUUppercase(c)) return u"I";
  return skeleton;
}

struct Entry {
  std::uint32_t begin = 0;
  std::uint8_t stripped = 0, folded = 0, skeleton = 0;  // bytes of each, one after the other
};

struct Block {
  std::array<Entry, kBlockSize> entries;
  std::string pool;
};

std::u16string OneCharacter(UChar32 c) {
  std::u16string out;
  if (c > 0xFFFF) {
    out.push_back(U16_LEAD(c));
    out.push_back(U16_TRAIL(c));
  } else {
    out.push_back(static_cast<char16_t>(c));
  }
  return out;
}

void AddEntry(UChar32 c, Block& block) {
  const std::u16string self = OneCharacter(c);
  const std::u16string stripped = IsHangulSyllable(c) ? self : Strip(self);
  const std::string forms[] = {ToUtf8(stripped),
                               ToUtf8(IsHangulSyllable(c) ? self : Strip(FoldCase(stripped))),
                               ToUtf8(LookAlike(c, stripped))};
  Entry& entry = block.entries[static_cast<std::size_t>(c) % kBlockSize];
  entry.begin = static_cast<std::uint32_t>(block.pool.size());
  entry.stripped = static_cast<std::uint8_t>(forms[0].size());
  entry.folded = static_cast<std::uint8_t>(forms[1].size());
  entry.skeleton = static_cast<std::uint8_t>(forms[2].size());
  for (const std::string& form : forms) block.pool += form;
}

std::unique_ptr<const Block> MakeBlock(std::size_t number) {
  auto block = std::make_unique<Block>();
  for (std::size_t i = 0; i < kBlockSize; ++i) {
    AddEntry(static_cast<UChar32>(number * kBlockSize + i), *block);
  }
  return block;
}

const Block& BlockOf(std::size_t number) {
  static std::array<std::atomic<const Block*>, kBlocks> ready{};
  if (const Block* block = ready[number].load(std::memory_order_acquire)) return *block;
  static std::mutex mutex;
  static std::array<std::unique_ptr<const Block>, kBlocks> owned;
  const std::lock_guard<std::mutex> lock(mutex);
  if (owned[number] == nullptr) {
    owned[number] = MakeBlock(number);
    ready[number].store(owned[number].get(), std::memory_order_release);
  }
  return *owned[number];
}

}  // namespace

CodePointForms FormsOf(char32_t code_point) {
  const Block& block = BlockOf(code_point / kBlockSize);
  const Entry& entry = block.entries[code_point % kBlockSize];
  const std::string_view all = std::string_view(block.pool).substr(entry.begin);
  CodePointForms forms;
  forms.stripped = all.substr(0, entry.stripped);
  forms.folded = all.substr(entry.stripped, entry.folded);
  forms.skeleton = all.substr(entry.stripped + entry.folded, entry.skeleton);
  return forms;
}

}  // namespace kedge::text
