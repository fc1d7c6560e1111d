#include "harness/text/json_compare.h"

#include <cfloat>
#include <string>

namespace kedge::text {
namespace {

// Holds every int64, uint64 and double exactly.
static_assert(LDBL_MANT_DIG >= 64);

int Rank(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return 0;
    case Json::value_t::boolean:
      return 1;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return 2;
    case Json::value_t::string:
      return 3;
    case Json::value_t::array:
      return 4;
    case Json::value_t::object:
      return 5;
    default:
      return 6;
  }
}

long double Wide(const Json& number) {
  if (number.is_number_unsigned()) return static_cast<long double>(number.get<std::uint64_t>());
  if (number.is_number_integer()) return static_cast<long double>(number.get<std::int64_t>());
  return static_cast<long double>(number.get<double>());
}

std::strong_ordering CompareNumbers(const Json& left, const Json& right) {
  const long double a = Wide(left);
  const long double b = Wide(right);
  if (a < b) return std::strong_ordering::less;
  return a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering CompareArrays(const Json& left, const Json& right) {
  auto a = left.begin();
  auto b = right.begin();
  for (; a != left.end() && b != right.end(); ++a, ++b) {
    if (const auto order = CompareJson(*a, *b); order != 0) return order;
  }
  return left.size() <=> right.size();
}

std::strong_ordering CompareObjects(const Json& left, const Json& right) {
  auto a = left.begin();
  auto b = right.begin();
  for (; a != left.end() && b != right.end(); ++a, ++b) {
    if (const int order = a.key().compare(b.key()); order != 0) return order <=> 0;
    if (const auto order = CompareJson(*a, *b); order != 0) return order;
  }
  return left.size() <=> right.size();
}

}  // namespace

std::strong_ordering CompareJson(const Json& left, const Json& right) {
  const int rank = Rank(left);
  if (const auto order = rank <=> Rank(right); order != 0) return order;
  switch (rank) {
    case 1:
      return left.get<bool>() <=> right.get<bool>();
    case 2:
      return CompareNumbers(left, right);
    case 3:
      return left.get_ref<const std::string&>().compare(right.get_ref<const std::string&>()) <=> 0;
    case 4:
      return CompareArrays(left, right);
    case 5:
      return CompareObjects(left, right);
    default:
      return std::strong_ordering::equal;
  }
}

}  // namespace kedge::text
