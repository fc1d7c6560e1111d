#include "harness/trace/fast_json.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/trace/schema.h"
#include "harness/trace/structural_json.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

using schema::Need;
using schema::Range;

template <typename Object>
bool ReadObject(StructuralJson& json, Object& out);

bool Read(StructuralJson& json, Range, std::string& out) { return json.String(out); }
bool Read(StructuralJson& json, Range, bool& out) { return json.Bool(out); }
bool Read(StructuralJson& json, Range, std::uint64_t& out) { return json.Unsigned(out); }
bool Read(StructuralJson& json, Range, Json& out) { return json.Value(out); }

bool Read(StructuralJson& json, Range range, std::int64_t& out) {
  return json.Int(out) && (range != Range::kCount || out >= 0);
}

bool Read(StructuralJson& json, Range range, double& out) {
  if (!json.Double(out)) return false;
  switch (range) {
    case Range::kAny:
      return true;
    case Range::kCount:
      return out >= 0;
    case Range::kUnit:
      return out >= 0 && out <= 1;
    case Range::kAboveZeroToOne:
      return out > 0 && out <= 1;
  }
  return false;
}

bool Read(StructuralJson& json, Range range, schema::MaybeNumber<double, bool> out) {
  return out.is_known = Read(json, range, out.value);
}

bool Read(StructuralJson& json, Range, StepKind& out) {
  std::string_view text;
  if (!json.RawString(text)) return false;
  const auto kind = StepKindFromName(text);
  if (kind) out = *kind;
  return kind.has_value();
}

bool Read(StructuralJson& json, Range, EpisodeStatus& out) {
  std::string_view text;
  if (!json.RawString(text)) return false;
  out = text == "missing" ? EpisodeStatus::kMissing : EpisodeStatus::kScored;
  return text == "missing" || text == "scored";
}

bool Read(StructuralJson& json, Range, schema::Constant constant) {
  std::string_view text;
  return json.RawString(text) && text == constant.text;
}

bool Read(StructuralJson& json, Range, std::vector<std::string>& out) {
  return json.Array([&] { return json.String(out.emplace_back()); });
}

bool Read(StructuralJson& json, Range, std::map<std::string, int>& out) {
  return json.Object([&](std::string_view raw) {
    std::string key;
    std::int64_t count = 0;
    if (!json.Unescape(raw, key) || !json.Int(count) || count < 0 || count > INT32_MAX) {
      return false;
    }
    return out.emplace(std::move(key), static_cast<int>(count)).second;
  });
}

template <typename Item>
bool Read(StructuralJson& json, Range, std::vector<Item>& out) {
  out.reserve(json.CountElements());
  return json.Array([&] { return ReadObject(json, out.emplace_back()); });
}

template <typename Object>
requires requires { schema::Schema<Object>::kMembers; }
bool Read(StructuralJson& json, Range, Object& out) { return ReadObject(json, out); }

template <typename Value>
bool Read(StructuralJson& json, Range range, std::optional<Value>& out) {
  return Read(json, range, out.emplace());
}

/// How one member is read, by its place in the schema.
template <typename Object>
using Reader = bool (*)(StructuralJson&, Object&);

template <typename Object, std::size_t... kPlaces>
constexpr std::array<Reader<Object>, sizeof...(kPlaces)> ReadersOf(
    std::index_sequence<kPlaces...>) {
  return {[](StructuralJson& json, Object& out) {
    constexpr const auto& kMember = std::get<kPlaces>(schema::Schema<Object>::kMembers);
    return Read(json, kMember.range, kMember.get(out));
  }...};
}

template <typename Object, std::size_t... kPlaces>
constexpr std::array<std::string_view, sizeof...(kPlaces)> NamesOf(
    std::index_sequence<kPlaces...>) {
  return {std::get<kPlaces>(schema::Schema<Object>::kMembers).name...};
}

template <typename Object, std::size_t... kPlaces>
constexpr std::uint32_t RequiredOf(std::index_sequence<kPlaces...>) {
  return ((std::get<kPlaces>(schema::Schema<Object>::kMembers).need == Need::kRequired
               ? std::uint32_t{1} << kPlaces
               : 0) |
          ...);
}

template <typename Object>
bool ReadObject(StructuralJson& json, Object& out) {
  constexpr std::size_t kSize = schema::kSize<Object>;
  constexpr auto kPlaces = std::make_index_sequence<kSize>();
  static constexpr auto kNames = NamesOf<Object>(kPlaces);
  static constexpr auto kReaders = ReadersOf<Object>(kPlaces);
  constexpr std::uint32_t kRequired = RequiredOf<Object>(kPlaces);
  std::uint32_t seen = 0;
  std::size_t place = 0;
  const bool read = json.Object([&](std::string_view key) {
    // Canonical text has its names in the order of the schema, so the next is not far.
    std::size_t tried = 0;
    while (tried < kSize && kNames[place] != key) {
      place = place + 1 < kSize ? place + 1 : 0;
      ++tried;
    }
    if (tried == kSize || (seen >> place & 1) != 0) return false;
    seen |= std::uint32_t{1} << place;
    return kReaders[place](json, out);
  });
  return read && (seen & kRequired) == kRequired;
}

}  // namespace

Json ParseJsonFast(std::string_view text) {
  StructuralJson json(text);
  if (Json out; json.Begin() && json.Value(out) && json.AtEnd()) return out;
  return ParseJson(text);
}

bool ReadTraceFast(std::string_view text, Trace& out) {
  StructuralJson json(text);
  return json.Begin() && ReadObject(json, out) && json.AtEnd();
}

}  // namespace kedge::trace
