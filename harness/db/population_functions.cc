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

Json RandomInteger(std::uint64_t seed, Arguments arguments) {
  NeedArguments("rnd_int", arguments, 3);
  const std::int64_t low = IntegerArgument("rnd_int", arguments[0]);
  const std::int64_t high = IntegerArgument("rnd_int", arguments[1]);
  if (low > high) throw BadData("rnd_int(): the lower limit is above the upper one");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == UINT64_MAX) throw BadData("rnd_int(): the range is too wide");
  return low + DrawBelow(seed, Label("rnd_int", arguments.subspan(2)), span + 1);
}

Json Pick(std::uint64_t seed, Arguments arguments) {
  NeedArguments("pick", arguments, 2);
  const std::int64_t n = IntegerArgument("pick", arguments[0]);
  if (n < 1) throw BadData("pick(n, ...): n must be at least 1");
  return DrawBelow(seed, Label("pick", arguments.subspan(1)), static_cast<std::uint64_t>(n));
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

void AddPopulationFunctions(Database& database, std::uint64_t seed) {
  database.AddFunction("rnd", -1, [seed](Arguments keys) -> Json {
    NeedArguments("rnd", keys, 1);
    return UniformAt(seed, Label("rnd", keys));
  });
  database.AddFunction("rnd_int", -1, [seed](Arguments a) { return RandomInteger(seed, a); });
  database.AddFunction("pick", -1, [seed](Arguments a) { return Pick(seed, a); });
  database.AddFunction("money", 1, [](Arguments a) { return Money(a); });
}

}  // namespace kedge::db
