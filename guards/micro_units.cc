#include "guards/micro_units.h"

#include <charconv>

namespace kedge::guards {
namespace {

constexpr std::int64_t kOne = 1'000'000;
constexpr std::size_t kPlaces = 6;
constexpr std::size_t kShownPlaces = 2;

bool IsDigits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

std::optional<std::int64_t> FromShortest(double value) {
  char buffer[400];
  const auto done = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  if (done.ec != std::errc()) return std::nullopt;
  return ParseMicroUnits({buffer, static_cast<std::size_t>(done.ptr - buffer)});
}

}  // namespace

std::optional<std::int64_t> ParseMicroUnits(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point == text.npos ? "0" : text.substr(point + 1);
  if (!IsDigits(whole) || !IsDigits(decimals) || decimals.size() > kPlaces) return std::nullopt;
  std::int64_t micro = 0;
  const auto add_digit = [&micro](char digit) {
    return !__builtin_mul_overflow(micro, 10, &micro) &&
           !__builtin_add_overflow(micro, digit - '0', &micro);
  };
  for (const char digit : whole) {
    if (!add_digit(digit)) return std::nullopt;
  }
  for (std::size_t i = 0; i < kPlaces; ++i) {
    if (!add_digit(i < decimals.size() ? decimals[i] : '0')) return std::nullopt;
  }
  return negative ? -micro : micro;
}

std::optional<std::int64_t> MicroUnitsOf(const Json& value) {
  if (value.is_string()) return ParseMicroUnits(value.get_ref<const std::string&>());
  if (value.is_number_integer()) return ParseMicroUnits(value.dump());
  if (value.is_number_float()) return FromShortest(value.get<double>());
  return std::nullopt;
}

std::string FormatMicroUnits(std::int64_t micro) {
  const std::uint64_t size =
      micro < 0 ? 0 - static_cast<std::uint64_t>(micro) : static_cast<std::uint64_t>(micro);
  std::string decimals = std::to_string(size % kOne);
  decimals.insert(0, kPlaces - decimals.size(), '0');
  while (decimals.size() > kShownPlaces && decimals.back() == '0') decimals.pop_back();
  return (micro < 0 ? "-" : "") + std::to_string(size / kOne) + "." + decimals;
}

}  // namespace kedge::guards
