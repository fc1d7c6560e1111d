#include "harness/trace/structural_json.h"

#include <simdjson.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "harness/core/error.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kFirstCapacity = std::size_t{1} << 20;

// What every text of a thread is looked through with; its memory grows to the longest's.
struct Workspace {
  Workspace() {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            kFirstCapacity, JsonLimits().max_depth, stage) != simdjson::SUCCESS) {
      throw InternalError("no memory for the JSON parser");
    }
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  std::vector<std::uint8_t> escaped;  // a text at the very end, with room to read beyond it
  std::vector<std::uint8_t> plain;
};

Workspace& ThreadWorkspace() {
  thread_local Workspace workspace;
  return workspace;
}

// `room` bytes or more, of whatever content.
std::uint8_t* WithRoom(std::vector<std::uint8_t>& bytes, std::size_t room) {
  if (bytes.size() < room) bytes.resize(2 * room);
  return bytes.data();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t SkipDigits(std::string_view text, std::size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

enum class NumberKind { kNone, kInteger, kReal };

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
NumberKind KindOf(std::string_view token) {
  std::size_t at = token.starts_with('-') ? 1 : 0;
  const std::size_t first = at;
  at = SkipDigits(token, at);
  if (at == first || (token[first] == '0' && at > first + 1)) return NumberKind::kNone;
  if (at == token.size()) return NumberKind::kInteger;
  if (token[at] == '.') {
    const std::size_t fraction = at + 1;
    at = SkipDigits(token, fraction);
    if (at == fraction) return NumberKind::kNone;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = SkipDigits(token, exponent);
    if (at == exponent) return NumberKind::kNone;
  }
  return at == token.size() ? NumberKind::kReal : NumberKind::kNone;
}

template <typename Number>
bool Convert(std::string_view token, Number& out) {
  const char* end = token.data() + token.size();
  const auto [last, problem] = std::from_chars(token.data(), end, out);
  return problem == std::errc() && last == end;
}

// A number too small for a double is an error to the strict parser, and so is what it may round.
bool ConvertReal(std::string_view token, double& out) {
  if (!Convert(token, out)) return false;
  if (std::isnormal(out)) return true;
  return out == 0 && token.substr(0, token.find_first_of("eE")).find_first_of("123456789") ==
                         std::string_view::npos;
}

#ifdef __SSE2__
// Which of 64 bytes are backslashes.
std::uint64_t Backslashes(const std::uint8_t* block) {
  const __m128i wanted = _mm_set1_epi8('\\');
  std::uint64_t mask = 0;
  for (int i = 48; i >= 0; i -= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
    mask =
        mask << 16 | static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
  }
  return mask;
}

std::uint8_t* CopyRun(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  for (std::size_t at = 0; at < size; at += 16) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at),
                     _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at)));
  }
  return to + size;
}

constexpr std::array<std::uint8_t, 256> kEscapes = [] {
  std::array<std::uint8_t, 256> table{};
  table['"'] = '"';
  table['\\'] = '\\';
  table['/'] = '/';
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}();

// parse_string for texts with no escapes but those of one letter, in half the time: the places of
// all escapes of a block are found before the first one is looked at. nullptr for other texts.
std::uint8_t* UnescapeLetters(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  std::size_t next = 0;
  for (std::size_t block = 0; block < size; block += 64) {
    std::uint64_t mask = Backslashes(from + block);
    if (size - block < 64) mask &= (std::uint64_t{1} << (size - block)) - 1;
    for (; mask != 0; mask &= mask - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(mask));
      if (at < next) continue;  // what a backslash before it escapes
      to = CopyRun(from + next, at - next, to);
      *to = kEscapes[from[at + 1]];
      if (*to++ == 0) return nullptr;
      next = at + 2;
    }
  }
  return CopyRun(from + next, size - next, to);
}
#else
std::uint8_t* UnescapeLetters(const std::uint8_t*, std::size_t, std::uint8_t*) { return nullptr; }
#endif

}  // namespace

bool StructuralJson::Begin() {
  // What the strict parser's limits forbid, or what versions of simdjson differ about.
  if (text_.size() > JsonLimits().max_bytes || text_.starts_with("\xEF\xBB\xBF")) return false;
  auto& stage = *ThreadWorkspace().stage;
  if (text_.size() > stage.capacity() && stage.set_capacity(text_.size()) != simdjson::SUCCESS) {
    return false;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text_.data());
  if (stage.stage1(bytes, text_.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
    return false;
  }
  indexes_ = stage.structural_indexes.get();
  count_ = stage.n_structural_indexes;
  return true;
}

// simdjson reads and writes whole blocks, and so beyond the end.
bool StructuralJson::Unescape(std::string_view raw, std::string& out) const {
  if (raw.empty() || std::memchr(raw.data(), '\\', raw.size()) == nullptr) {
    out.assign(raw);
    return true;
  }
  Workspace& work = ThreadWorkspace();
  const auto* from = reinterpret_cast<const std::uint8_t*>(raw.data());
  const auto left = static_cast<std::size_t>(text_.data() + text_.size() - raw.data());
  if (left < raw.size() + 1 + simdjson::SIMDJSON_PADDING) {
    std::uint8_t* copy = WithRoom(work.escaped, raw.size() + 1 + simdjson::SIMDJSON_PADDING);
    std::memcpy(copy, raw.data(), raw.size());
    copy[raw.size()] = '"';
    from = copy;
  }
  std::uint8_t* to = WithRoom(work.plain, raw.size() + simdjson::SIMDJSON_PADDING);
  const std::uint8_t* end = UnescapeLetters(from, raw.size(), to);
  if (end == nullptr) end = work.stage->parse_string(from, to);
  if (end == nullptr) return false;
  out.assign(reinterpret_cast<const char*>(to), static_cast<std::size_t>(end - to));
  return true;
}

// No branches but the loop's own: this is a second look at every place.
std::size_t StructuralJson::CountElements() const {
  if (Peek() != '[' || at_ + 1 == count_ || text_[indexes_[at_ + 1]] == ']') return 0;
  std::size_t elements = 1;
  int depth = 0;
  for (std::size_t i = at_; i < count_; ++i) {
    const char c = text_[indexes_[i]];
    depth += static_cast<int>(c == '[' || c == '{') - static_cast<int>(c == ']' || c == '}');
    elements += static_cast<std::size_t>(c == ',' && depth == 1);
    if (depth == 0) return elements;
  }
  return 0;
}

bool StructuralJson::Bool(bool& out) {
  const std::string_view token = Token();
  out = token == "true";
  return out || token == "false";
}

bool StructuralJson::Int(std::int64_t& out) {
  const std::string_view token = Token();
  return KindOf(token) == NumberKind::kInteger && Convert(token, out);
}

bool StructuralJson::Unsigned(std::uint64_t& out) {
  const std::string_view token = Token();
  return KindOf(token) == NumberKind::kInteger && Convert(token, out);
}

bool StructuralJson::Double(double& out) {
  Json number;
  if (!Number(number)) return false;
  out = number.get<double>();
  return true;
}

bool StructuralJson::Number(Json& out) {
  const std::string_view token = Token();
  switch (KindOf(token)) {
    case NumberKind::kNone:
      return false;
    case NumberKind::kReal: {
      double value = 0;
      if (!ConvertReal(token, value)) return false;
      out = value;
      return true;
    }
    case NumberKind::kInteger:
      break;
  }
  if (token.front() == '-') {
    std::int64_t value = 0;
    if (!Convert(token, value)) return false;
    out = value;
    return true;
  }
  std::uint64_t value = 0;
  if (!Convert(token, value)) return false;
  out = value;
  return true;
}

bool StructuralJson::Value(Json& out) {
  switch (Peek()) {
    case '{':
      return ObjectValue(out);
    case '[':
      return ArrayValue(out);
    case '"':
      out = std::string();
      return String(out.get_ref<std::string&>());
    case 't':
    case 'f': {
      bool value = false;
      if (!Bool(value)) return false;
      out = value;
      return true;
    }
    case 'n':
      out = nullptr;
      return Token() == "null";
    default:
      return Number(out);
  }
}

bool StructuralJson::ObjectValue(Json& out) {
  if (!out.is_object() || !out.empty()) out = Json::object();
  auto& members = out.get_ref<Json::object_t&>();
  std::size_t count = 0;
  return Object([&](std::string_view raw) {
    std::string key;
    if (!Unescape(raw, key)) return false;
    // Canonical text has its keys in this very order.
    const auto place = members.emplace_hint(members.end(), std::move(key), nullptr);
    return members.size() == ++count && Value(place->second);
  });
}

bool StructuralJson::ArrayValue(Json& out) {
  out = Json::array();
  auto& elements = out.get_ref<Json::array_t&>();
  return Array([&] { return Value(elements.emplace_back()); });
}

}  // namespace kedge::trace
