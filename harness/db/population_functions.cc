#include "harness/db/population_functions.h"

#include <string>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::db {
namespace {

using Arguments = std::span<const Json>;

// The type is part of the key and the separator cannot occur in a JSON text, so different key
// lists never collide.
std::string Label(std::string_view function, Arguments keys) {
  std::string label(function);
  for (const Json& key : keys) {
    label += '\x1f';
    label += DumpJson(key);
  }
  return label;
}

void NeedArguments(std::string_view function, Arguments arguments, std::size_t least) {
  if (arguments.size() < least) {
    throw BadData(std::string(function) + "() needs at least " + std::to_string(least) +
                  " arguments; the last ones are the key of the draw");
  }
}

std::int64_t IntegerArgument(std::string_view function, const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  throw BadData(std::string(function) + "() needs an integer, got " + DumpJson(value));
}

std::int64_t DrawBelow(std::uint64_t seed, const std::string& label, std::uint64_t n) {
  return static_cast<std::int64_t>(Random(DeriveSeed(seed, label)).Below(n));
}

Json RandomInteger(std::uint64_t seed, const std::string& function, Arguments arguments) {
  NeedArguments(function, arguments, 3);
  const std::int64_t low = IntegerArgument(function, arguments[0]);
  const std::int64_t high = IntegerArgument(function, arguments[1]);
  if (low > high) throw BadData(function + "(): the lower limit is above the upper one");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == UINT64_MAX) throw BadData(function + "(): the range is too wide");
  return low + DrawBelow(seed, Label(function, arguments.subspan(2)), span + 1);
}

Json Pick(std::uint64_t seed, const std::string& function, Arguments arguments) {
  NeedArguments(function, arguments, 2);
  const std::int64_t n = IntegerArgument(function, arguments[0]);
  if (n < 1) throw BadData(function + "(n, ...): n must be at least 1");
  return DrawBelow(seed, Label(function, arguments.subspan(1)), static_cast<std::uint64_t>(n));
}

Json Money(Arguments arguments) {
  if (arguments[0].is_null()) return nullptr;
  const std::int64_t cents = IntegerArgument("money", arguments[0]);
  const std::uint64_t size =
      cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  const std::string fraction = std::to_string(size % 100);
  return (cents < 0 ? "-" : "") + std::to_string(size / 100) + (fraction.size() == 1 ? ".0" : ".") +
         fraction;
}

}  // namespace

void AddDrawFunctions(Database& database, const std::string& prefix, std::uint64_t seed) {
  database.AddFunction(prefix + "rnd", -1, [seed, name = prefix + "rnd"](Arguments keys) -> Json {
    NeedArguments(name, keys, 1);
    return UniformAt(seed, Label(name, keys));
  });
  database.AddFunction(prefix + "rnd_int", -1, [seed, name = prefix + "rnd_int"](Arguments a) {
    return RandomInteger(seed, name, a);
  });
  database.AddFunction(prefix + "pick", -1,
                       [seed, name = prefix + "pick"](Arguments a) { return Pick(seed, name, a); });
}

void AddMoneyFunction(Database& database) {
  database.AddFunction("money", 1, [](Arguments a) { return Money(a); });
}

}  // namespace kedge::db
