#include "harness/core/json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/json_number.h"
#include "harness/core/utf8.h"

namespace kedge {
namespace {

// Orders UTF-8 as UTF-16 does: the same, except that U+10000 and above (lead bytes F0-F4, in UTF-16
// surrogates D800-DFFF) come before U+E000-U+FFFF (lead bytes EE and EF).
bool Utf16Less(const std::string& a, const std::string& b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() || in_b == b.end()) return in_a == a.end() && in_b != b.end();
  const auto weight = [](char c) {
    const unsigned byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x20 : byte;
  };
  return weight(*in_a) < weight(*in_b);
}

class CanonicalWriter {
 public:
  explicit CanonicalWriter(std::string& out) : out_(out) {}

  void Write(const Json& value) {
    switch (value.type()) {
      case Json::value_t::object:
        return WriteObject(value.get_ref<const Json::object_t&>());
      case Json::value_t::array:
        return WriteArray(value.get_ref<const Json::array_t&>());
      case Json::value_t::string:
        return WriteString(value.get_ref<const std::string&>());
      case Json::value_t::boolean:
        out_ += value.get<bool>() ? "true" : "false";
        return;
      case Json::value_t::number_integer:
        out_ += std::to_string(value.get<std::int64_t>());
        return;
      case Json::value_t::number_unsigned:
        out_ += std::to_string(value.get<std::uint64_t>());
        return;
      case Json::value_t::number_float:
        return WriteFloat(value.get<double>());
      case Json::value_t::null:
        out_ += "null";
        return;
      case Json::value_t::binary:
      case Json::value_t::discarded:
        break;
    }
    throw BadData("a value that JSON cannot express");
  }

 private:
  void WriteObject(const Json::object_t& members) {
    std::vector<const Json::object_t::value_type*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return Utf16Less(a->first, b->first); });
    out_ += '{';
    for (const auto* member : sorted) {
      if (member != sorted.front()) out_ += ',';
      WriteString(member->first);
      out_ += ':';
      Write(member->second);
    }
    out_ += '}';
  }

  void WriteArray(const Json::array_t& elements) {
    out_ += '[';
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (i > 0) out_ += ',';
      Write(elements[i]);
    }
    out_ += ']';
  }

  void WriteString(const std::string& text) {
    if (!IsValidUtf8(text)) throw BadData("invalid UTF-8 in a string that is to be hashed");
    out_ += '"';
    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
      out_.append(text, written, at - written);
      WriteEscape(c);
      written = at + 1;
    }
    out_.append(text, written).append(1, '"');
  }

  void WriteEscape(char c) {
    constexpr std::string_view kRaw = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
    constexpr char kHex[] = "0123456789abcdef";
    out_ += '\\';
    if (const std::size_t found = kRaw.find(c); found != kRaw.npos) {
      out_ += kNames[found];
    } else {
      out_.append("u00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    }
  }

  void WriteFloat(double value) {
    if (!std::isfinite(value)) throw BadData("NaN or infinity cannot be written as JSON");
    AppendEcmaNumber(value, out_);
  }

  std::string& out_;
};

}  // namespace

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string PrettyJson(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string CanonicalJson(const Json& value) {
  std::string out;
  CanonicalWriter(out).Write(value);
  return out;
}

std::string JsonDigest(const Json& value) { return Sha256Hex(CanonicalJson(value)); }

}  // namespace kedge
