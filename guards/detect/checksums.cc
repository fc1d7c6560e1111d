#include "guards/detect/checksums.h"

#include <array>
#include <utility>

#include "guards/detect/checksum_tools.h"

namespace kedge::guards {
namespace {

// ISO 13616 registry: characters by country.
constexpr std::array<std::pair<std::string_view, unsigned>, 88> kIbanLengths = {{
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27},
    {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28},
    {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
}};

// D5: multiplication and permutation of the dihedral group (Verhoeff 1969).
bool VerhoeffValid(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() < 2 || !id.IsDigits(0, id.size())) return false;
  static constexpr int kPermute[8][10] = {
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
      {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
      {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
      {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
  const auto multiply = [](int a, int b) {
    if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b) % 5;
    return b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5;
  };
  int check = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    check = multiply(check, kPermute[i % 8][id.Value(id.size() - 1 - i)]);
  }
  return check == 0;
}

bool IsinValid(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 12 || !id.IsDigits(11, 12) || id[0] <= '9' || id[1] <= '9') return false;
  // Letters become two digits; then Luhn from the right.
  std::array<int, 24> digits{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (id.Value(i) > 9) digits[size++] = id.Value(i) / 10;
    digits[size++] = id.Value(i) % 10;
  }
  int sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const int doubled = digits[size - 1 - i] * (i % 2 == 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 == 0;
}

bool LeiValid(std::string_view candidate) {  // ISO 17442
  const Identifier id(candidate);
  return id.size() == 20 && id.IsDigits(18, 20) && Mod97(id, 0, 20) == 1;
}

bool ImeiValid(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(15) && !id.IsUniform() && LuhnOver(id, 0, 15);
}

bool VinValid(std::string_view candidate) {  // ISO 3779 with the North American check digit
  const Identifier id(candidate);
  if (id.size() != 17) return false;
  static constexpr std::string_view kLetters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  static constexpr std::string_view kDigits = "12345678123457923456789";
  static constexpr int kWeights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    const std::size_t letter = kLetters.find(id[i]);
    if (letter == std::string_view::npos && id[i] > '9') return false;
    sum += kWeights[i] * (id[i] <= '9' ? id.Value(i) : kDigits[letter] - '0');
  }
  return id[8] == (sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11));
}

bool LooseLuhn(std::string_view candidate) {
  const Identifier id(candidate);
  return id.size() > 1 && id.IsDigits(0, id.size()) && !id.IsUniform() &&
         LuhnOver(id, 0, id.size());
}

template <typename Table>
Checksum FindIn(const Table& table, std::string_view name) {
  for (const NamedChecksum& entry : table) {
    if (entry.name == name) return entry.valid;
  }
  return nullptr;
}

template <typename Table>
void AppendNames(const Table& table, std::vector<std::string>& names) {
  for (const NamedChecksum& entry : table) names.emplace_back(entry.name);
}

}  // namespace

unsigned IbanLength(std::string_view country) {
  for (const auto& [code, length] : kIbanLengths) {
    if (code == country) return length;
  }
  return 0;
}

int Mod97(const Identifier& id, std::size_t begin, std::size_t end) {
  int rest = 0;
  for (std::size_t i = begin; i < end; ++i) {
    rest = (rest * (id.Value(i) > 9 ? 100 : 10) + id.Value(i)) % 97;
  }
  return rest;
}

bool Mod11_10(const Identifier& id) {
  int product = 10;
  for (std::size_t i = 0; i + 1 < id.size(); ++i) {
    const int sum = (id.Value(i) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == id.Value(id.size() - 1);
}

bool LuhnOver(const Identifier& id, std::size_t begin, std::size_t end) {
  int sum = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const int doubled = id.Value(i) * ((end - i) % 2 == 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 == 0;
}

bool LuhnValid(std::string_view candidate) {
  const Identifier id(candidate);
  return id.size() > 1 && id.IsDigits(0, id.size()) && LuhnOver(id, 0, id.size());
}

bool IbanValid(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() < 5 || !id.IsDigits(2, 4) || id.size() != IbanLength(id.text().substr(0, 2))) {
    return false;
  }
  int rest = Mod97(id, 4, id.size());
  for (std::size_t i = 0; i < 4; ++i) {
    rest = (rest * (id.Value(i) > 9 ? 100 : 10) + id.Value(i)) % 97;
  }
  return rest == 1;
}

const std::array<NamedChecksum, 8>& GeneralChecksums() {
  static constexpr std::array<NamedChecksum, 8> kTable = {{{"luhn", LooseLuhn},
                                                           {"iban", IbanValid},
                                                           {"verhoeff", VerhoeffValid},
                                                           {"isin", IsinValid},
                                                           {"lei", LeiValid},
                                                           {"imei", ImeiValid},
                                                           {"vin", VinValid},
                                                           {"payment-card", LuhnValid}}};
  return kTable;
}

Checksum FindChecksum(std::string_view name) {
  if (const Checksum found = FindIn(GeneralChecksums(), name)) return found;
  if (const Checksum found = FindIn(EuropeanChecksums(), name)) return found;
  return FindIn(OtherChecksums(), name);
}

std::vector<std::string> ChecksumNames() {
  std::vector<std::string> names;
  AppendNames(GeneralChecksums(), names);
  AppendNames(EuropeanChecksums(), names);
  AppendNames(OtherChecksums(), names);
  return names;
}

}  // namespace kedge::guards
