#include "harness/trace/formats/foreign_record.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include "harness/core/digest.h"

namespace kedge::trace {
namespace {

bool IsIdentifierChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// The text of a content block, or nullptr when it is not plain text.
const std::string* BlockText(const Json& block) {
  if (!block.is_object() || block.value("type", Json("text")) != "text") return nullptr;
  for (const char* key : {"text", "content"}) {
    const auto it = block.find(key);
    if (it != block.end() && it->is_string()) return &it->get_ref<const std::string&>();
  }
  return nullptr;
}

// `digits` decimal digits at `at`; false when there are fewer.
bool ReadDigits(std::string_view text, std::size_t at, std::size_t digits, std::int64_t& out) {
  if (at + digits > text.size()) return false;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + digits, out);
  return error == std::errc() && end == text.data() + at + digits && text[at] != '-';
}

// Nanoseconds of ".553803", moving `at` behind it.
std::int64_t ReadFraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  std::int64_t nanos = 0;
  std::int64_t unit = 100000000;
  for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
    nanos += unit * (text[at] - '0');
  }
  return nanos;
}

// Seconds east of UTC of "Z", "+02:00" or nothing; nullopt for anything else.
std::optional<std::int64_t> ReadOffset(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  const bool good = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                    ReadDigits(text, 1, 2, hours) && ReadDigits(text, 4, 2, minutes);
  if (!good) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

ForeignRecord::ForeignRecord(Json&& object, std::string path)
    : object_(std::move(object)), path_(std::move(path)) {
  if (!object_.is_object()) throw Bad({}, "expected an object");
}

Json ForeignRecord::Take(const char* key) {
  const auto it = object_.find(key);
  if (it == object_.end()) return nullptr;
  Json value = std::move(*it);
  object_.erase(it);
  return value;
}

std::string ForeignRecord::TakeText(const char* key) {
  Json value = Take(key);
  if (value.is_null()) return {};
  if (!value.is_string()) throw Bad(key, "expected text");
  return std::move(value.get_ref<std::string&>());
}

std::string ForeignRecord::NeedText(const char* key) {
  if (!object_.contains(key)) throw Bad(key, "is missing");
  std::string text = TakeText(key);
  if (text.empty()) throw Bad(key, "is empty");
  return text;
}

std::string ForeignRecord::NeedIdentifier(const char* key) {
  const auto it = object_.find(key);
  if (it == object_.end() || !it->is_number_integer()) return NeedText(key);
  return DumpJson(Take(key));
}

std::optional<double> ForeignRecord::TakeNumber(const char* key) {
  const Json value = Take(key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    throw Bad(key, "expected a number");
  }
  return value.get<double>();
}

std::int64_t ForeignRecord::TakeInt(const char* key) {
  const Json value = Take(key);
  if (value.is_null()) return 0;
  if (!value.is_number_integer()) throw Bad(key, "expected a whole number");
  return value.get<std::int64_t>();
}

std::optional<bool> ForeignRecord::TakeBool(const char* key) {
  const Json value = Take(key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_boolean()) throw Bad(key, "expected true or false");
  return value.get<bool>();
}

Json ForeignRecord::TakeArray(const char* key) {
  Json value = Take(key);
  if (value.is_null()) return Json::array();
  if (!value.is_array()) throw Bad(key, "expected an array");
  return value;
}

Json ForeignRecord::NeedArray(const char* key) {
  if (!object_.contains(key)) throw Bad(key, "is missing");
  return TakeArray(key);
}

std::string ForeignRecord::TakeContent(const char* key) {
  const auto it = object_.find(key);
  if (it == object_.end() || !it->is_array()) return TakeText(key);
  std::string text;
  bool all_text = true;
  for (const Json& block : *it) {
    const std::string* part = BlockText(block);
    all_text = all_text && part != nullptr;
    if (part == nullptr) continue;
    if (!text.empty()) text += '\n';
    text += *part;
  }
  if (all_text && it->size() <= 1) object_.erase(it);
  return text;
}

Json ForeignRecord::Rest() && {
  for (auto it = object_.begin(); it != object_.end();) {
    it = it->is_null() ? object_.erase(it) : std::next(it);
  }
  return object_.empty() ? Json() : std::move(object_);
}

Error ForeignRecord::Bad(std::string_view key, std::string message) const {
  return std::move(BadData(std::move(message)).At({}, 0, PathOf(key)));
}

std::string ForeignRecord::PathOf(std::string_view key) const {
  std::string path = path_;
  if (!path.empty() && !key.empty()) path += '.';
  return path.append(key);
}

std::int64_t ParseIsoTime(std::string_view text) {
  std::int64_t y = 0;
  std::int64_t mo = 0;
  std::int64_t d = 0;
  std::int64_t h = 0;
  std::int64_t mi = 0;
  std::int64_t s = 0;
  const bool digits = ReadDigits(text, 0, 4, y) && ReadDigits(text, 5, 2, mo) &&
                      ReadDigits(text, 8, 2, d) && ReadDigits(text, 11, 2, h) &&
                      ReadDigits(text, 14, 2, mi) && ReadDigits(text, 17, 2, s);
  const bool good = digits && text[4] == '-' && text[7] == '-' && y >= 1970 && y <= 2200 &&
                    h < 24 && mi < 60 && s <= 60;
  if (!good) return 0;
  std::size_t at = 19;
  const std::int64_t nanos = ReadFraction(text, at);
  const auto offset = ReadOffset(text.substr(at));
  if (!offset) return 0;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(y)),
                                         std::chrono::month(static_cast<unsigned>(mo)),
                                         std::chrono::day(static_cast<unsigned>(d)));
  if (!date.ok()) return 0;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86400 + h * 3600 + mi * 60 + s - *offset;
  return seconds * 1000000000 + nanos;
}

void ElideLongTexts(Json& value, std::size_t max_bytes) {
  if (value.is_structured()) {
    for (Json& item : value) ElideLongTexts(item, max_bytes);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > max_bytes) {
      value = Json{{"elided_bytes", text.size()}, {"sha256", Sha256Hex(text)}};
    }
  }
}

std::string DefinitionDigest(const Json& object, std::initializer_list<const char*> members) {
  Json picked = Json::object();
  for (const char* member : members) picked[member] = object.value(member, Json());
  return JsonDigest(picked).substr(0, 12);
}

std::string ErrorClassOf(std::string_view text) {
  const std::size_t end = text.find(':');
  if (end == std::string_view::npos || end == 0 || end > 40) return "error";
  const std::string_view name = text.substr(0, end);
  return std::all_of(name.begin(), name.end(), IsIdentifierChar) ? std::string(name) : "error";
}

}  // namespace kedge::trace
