// Check digits of European identifiers, as the issuing authorities publish them.
#include <algorithm>

#include "guards/detect/checksum_tools.h"

namespace kedge::guards {
namespace {

bool GbNhs(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10) || id.IsUniform()) return false;
  const int check = 11 - id.Weighted({10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return check != 10 && check % 11 == id.Value(9);
}

bool GbUtr(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10)) return false;
  static constexpr std::string_view kChecks = "21987654321";
  return id[0] ==
         kChecks[static_cast<std::size_t>(id.Weighted({6, 7, 8, 9, 10, 5, 4, 3, 2}, 1) % 11)];
}

bool GbNino(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 9 || !id.IsDigits(2, 8) || id[8] < 'A' || id[8] > 'D') return false;
  static constexpr std::string_view kNever = "DFIQUV";
  const std::string_view prefix = id.text().substr(0, 2);
  if (prefix[0] <= '9' || prefix[1] <= '9') return false;
  return kNever.find(prefix[0]) == std::string_view::npos && prefix[1] != 'O' &&
         kNever.find(prefix[1]) == std::string_view::npos && prefix != "BG" && prefix != "GB" &&
         prefix != "NK" && prefix != "KN" && prefix != "TN" && prefix != "NT" && prefix != "ZZ";
}

bool DeTaxId(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11) || id[0] == '0') return false;
  // One digit of the first ten stands there twice or three times, the others at most once.
  int most = 0, repeated = 0;
  for (char digit = '0'; digit <= '9'; ++digit) {
    const int count =
        static_cast<int>(std::count(id.text().begin(), id.text().begin() + 10, digit));
    most = std::max(most, count);
    repeated += count > 1 ? 1 : 0;
  }
  return repeated == 1 && most <= 3 && Mod11_10(id);
}

int SevenThreeOne(const Identifier& id, std::size_t begin, std::size_t end) {
  static constexpr int kWeights[] = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += kWeights[(i - begin) % 3] * id.Value(i);
  return sum % 10;
}

bool DeIdCard(std::string_view candidate) {  // ICAO 9303 weights over nine characters
  const Identifier id(candidate);
  return id.size() == 10 && id.IsDigits(9, 10) && SevenThreeOne(id, 0, 9) == id.Value(9);
}

bool DePension(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 12 || !id.IsDigits(0, 8) || id[8] <= '9' || !id.IsDigits(9, 12)) return false;
  const int letter = id[8] - 'A' + 1;
  const int values[] = {id.Value(0), id.Value(1), id.Value(2), id.Value(3),
                        id.Value(4), id.Value(5), id.Value(6), id.Value(7),
                        letter / 10, letter % 10, id.Value(9), id.Value(10)};
  static constexpr int kWeights[] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const int product = values[i] * kWeights[i];
    sum += product / 10 + product % 10;
  }
  return sum % 10 == id.Value(11) && id.IsDate(2, 4);
}

bool FrNir(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 15 || !id.IsDigits(0, 5) || !id.IsDigits(7, 15)) return false;
  long long number = id.Number(0, 5);
  if (id.IsDigits(5, 7)) {
    number = number * 100 + id.Number(5, 7);
  } else if (id[5] == '2' && (id[6] == 'A' || id[6] == 'B')) {  // Corsica
    number = number * 100 + (id[6] == 'A' ? 19 : 18);
  } else {
    return false;
  }
  number = number * 1000000 + id.Number(7, 13);
  return 97 - number % 97 == id.Number(13, 15);
}

bool FrSiren(std::string_view candidate) {
  const Identifier id(candidate);
  return (id.IsNumber(9) || id.IsNumber(14)) && !id.IsUniform() && LuhnOver(id, 0, id.size());
}

constexpr std::string_view kSpanish = "TRWAGMYFPDXBNJZSQVHLCKE";

bool EsDni(std::string_view candidate) {
  const Identifier id(candidate);
  return id.size() == 9 && id.IsDigits(0, 8) &&
         id[8] == kSpanish[static_cast<std::size_t>(id.Number(0, 8) % 23)];
}

bool EsNie(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 9 || id[0] < 'X' || id[0] > 'Z' || !id.IsDigits(1, 8)) return false;
  const long long number = (id[0] - 'X') * 10000000LL + id.Number(1, 8);
  return id[8] == kSpanish[static_cast<std::size_t>(number % 23)];
}

bool EsCif(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 9 || !id.IsDigits(1, 8) ||
      std::string_view("ABCDEFGHJNPQRSUVW").find(id[0]) == std::string_view::npos) {
    return false;
  }
  int sum = 0;
  for (std::size_t i = 1; i < 8; ++i) {
    const int value = id.Value(i) * (i % 2 == 1 ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  const int check = (10 - sum % 10) % 10;
  return id[8] == '0' + check || id[8] == "JABCDEFGHI"[check];
}

bool ItFiscalCode(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 16 || id[15] <= '9') return false;
  static constexpr int kOdd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const int value = id[i] <= '9' ? id.Value(i) : id.Value(i) - 10;
    sum += i % 2 == 0 ? kOdd[value] : value;
  }
  return id[15] == 'A' + sum % 26;
}

bool ItVat(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && !id.IsUniform() && LuhnOver(id, 0, 11);
}

bool PtNif(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9) || id[0] == '0') return false;
  const int check = 11 - id.Weighted({9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return (check >= 10 ? 0 : check) == id.Value(8);
}

bool NlBsn(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9) || id.IsUniform()) return false;
  return (id.Weighted({9, 8, 7, 6, 5, 4, 3, 2}) - id.Value(8)) % 11 == 0;
}

bool BeNationalNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11)) return false;
  const long long number = id.Number(0, 9), check = id.Number(9, 11);
  return 97 - number % 97 == check || 97 - (2000000000LL + number) % 97 == check;
}

bool BeVat(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(10) && id[0] <= '1' && 97 - id.Number(0, 8) % 97 == id.Number(8, 10);
}

bool ChAhv(std::string_view candidate) {  // an EAN-13 that begins with Switzerland's 756
  const Identifier id(candidate);
  if (!id.IsNumber(13) || id.Number(0, 3) != 756) return false;
  return (10 - id.Weighted({1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3}) % 10) % 10 == id.Value(12);
}

bool AtSocialSecurity(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10) || id[0] == '0') return false;
  const int sum = id.Weighted({3, 7, 9}) + id.Weighted({5, 8, 4, 2, 1, 6}, 4);
  return sum % 11 == id.Value(3);
}

bool SePersonalNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10) && !id.IsNumber(12)) return false;
  const std::size_t begin = id.size() - 10;
  const long long month = id.Number(begin + 2, begin + 4), day = id.Number(begin + 4, begin + 6);
  return month >= 1 && month <= 12 && day >= 1 && day <= 91 && LuhnOver(id, begin, id.size());
}

bool NoBirthNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11)) return false;
  return id.Weighted({3, 7, 6, 1, 8, 9, 4, 5, 2, 1}) % 11 == 0 &&
         id.Weighted({5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

bool DkCpr(std::string_view candidate) {  // numbers since 2007 have no check digit, only a date
  const Identifier id(candidate);
  return id.IsNumber(10) && id.IsDate(0, 2);
}

bool FiHetu(std::string_view candidate) {
  if (candidate.size() != 11) return false;
  const std::string_view century = "+-UVWXYABCDEF";
  if (century.find(candidate[6]) == std::string_view::npos) return false;
  const Identifier id(candidate.substr(0, 6)), serial(candidate.substr(7, 3));
  if (!id.IsNumber(6) || !serial.IsNumber(3) || !id.IsDate(0, 2)) return false;
  static constexpr std::string_view kChecks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  const auto at = static_cast<std::size_t>((id.Number(0, 6) * 1000 + serial.Number(0, 3)) % 31);
  const char check = candidate[10];
  return kChecks[at] == (check >= 'a' && check <= 'z' ? static_cast<char>(check - 32) : check);
}

bool IsKennitala(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10)) return false;
  const int check = (11 - id.Weighted({3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  return check == id.Value(8) && (id[9] == '9' || id[9] == '0' || id[9] == '8');
}

bool IePps(std::string_view candidate) {
  const Identifier id(candidate);
  if ((id.size() != 8 && id.size() != 9) || !id.IsDigits(0, 7) || id[7] <= '9') return false;
  int sum = id.Weighted({8, 7, 6, 5, 4, 3, 2});
  if (id.size() == 9 && id[8] != 'W') {
    if (id[8] <= '9') return false;
    sum += 9 * (id[8] - 'A' + 1);
  }
  return id[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23];
}

bool PlPesel(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11) || id.IsUniform()) return false;
  return (10 - id.Weighted({1, 3, 7, 9, 1, 3, 7, 9, 1, 3}) % 10) % 10 == id.Value(10);
}

bool PlNip(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(10) && !id.IsUniform() &&
         id.Weighted({6, 5, 7, 2, 3, 4, 5, 6, 7}) % 11 == id.Value(9);
}

bool PlRegon(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9)) return false;
  return id.Weighted({8, 9, 2, 3, 4, 5, 6, 7}) % 11 % 10 == id.Value(8);
}

bool CzBirthNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10)) return false;
  const long long month = id.Number(2, 4) % 50 % 20;
  if (month < 1 || month > 12) return false;
  const long long number = id.Number(0, 10);
  return number % 11 == 0 || (id.Number(0, 9) % 11 == 10 && id[9] == '0');
}

bool HuTaj(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && !id.IsUniform() &&
         id.Weighted({3, 7, 3, 7, 3, 7, 3, 7}) % 10 == id.Value(8);
}

bool RoCnp(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(13) || id[0] == '0') return false;
  const int check = id.Weighted({2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11;
  return (check == 10 ? 1 : check) == id.Value(12) && id.IsDate(5, 3);
}

bool BgEgn(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(10) && id.Weighted({2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 % 10 == id.Value(9) &&
         !id.IsUniform();
}

bool HrOib(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && Mod11_10(id);
}

bool Jmbg(std::string_view candidate) {  // states of the former Yugoslavia
  const Identifier id(candidate);
  if (!id.IsNumber(13) || !id.IsDate(0, 2)) return false;
  const int check = 11 - id.Weighted({7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return (check >= 10 ? 0 : check) == id.Value(12);
}

bool BalticPersonalCode(std::string_view candidate) {  // Estonia and Lithuania
  const Identifier id(candidate);
  if (!id.IsNumber(11) || id[0] == '0' || !id.IsDate(5, 3)) return false;
  int check = id.Weighted({1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (check == 10) check = id.Weighted({3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11 % 10;
  return check == id.Value(10);
}

bool LvPersonalCode(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11)) return false;
  if (id[0] == '3') return true;  // codes since 2017 carry neither date nor check digit
  return id.IsDate(0, 2) &&
         (1 + id.Weighted({10, 5, 8, 4, 2, 1, 6, 3, 7, 9})) % 11 % 10 == id.Value(10);
}

bool GrAmka(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && id.IsDate(0, 2) && LuhnOver(id, 0, 11);
}

bool GrTaxNumber(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && !id.IsUniform() &&
         id.Weighted({256, 128, 64, 32, 16, 8, 4, 2}) % 11 % 10 == id.Value(8);
}

bool TrIdentity(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11) || id[0] == '0') return false;
  const int tenth =
      (id.Weighted({7, 0, 7, 0, 7, 0, 7, 0, 7}) - id.Weighted({0, 1, 0, 1, 0, 1, 0, 1}));
  const int eleventh = id.Weighted({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}) % 10;
  return (tenth % 10 + 10) % 10 == id.Value(9) && eleventh == id.Value(10);
}

bool SiTaxNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(8) || id[0] == '0') return false;
  const int check = 11 - id.Weighted({8, 7, 6, 5, 4, 3, 2}) % 11;
  return check != 11 && check % 10 == id.Value(7);
}

bool DeVat(std::string_view candidate) {
  const Identifier id(candidate.starts_with("DE") ? candidate.substr(2) : candidate);
  return id.IsNumber(9) && id[0] != '0' && Mod11_10(id);
}

bool MrzCheck(std::string_view candidate) {  // ICAO 9303: a passport number and its check digit
  const Identifier id(candidate);
  return id.size() == 10 && id.IsDigits(9, 10) && !id.IsUniform() &&
         SevenThreeOne(id, 0, 9) == id.Value(9);
}

}  // namespace

const std::array<NamedChecksum, 42>& EuropeanChecksums() {
  static constexpr std::array<NamedChecksum, 42> kTable = {{
      {"gb-nhs", GbNhs},
      {"gb-utr", GbUtr},
      {"gb-nino", GbNino},
      {"de-tax-id", DeTaxId},
      {"de-id-card", DeIdCard},
      {"de-pension", DePension},
      {"de-vat", DeVat},
      {"fr-nir", FrNir},
      {"fr-siren", FrSiren},
      {"es-dni", EsDni},
      {"es-nie", EsNie},
      {"es-cif", EsCif},
      {"it-fiscal-code", ItFiscalCode},
      {"it-vat", ItVat},
      {"pt-nif", PtNif},
      {"nl-bsn", NlBsn},
      {"be-national-number", BeNationalNumber},
      {"be-vat", BeVat},
      {"ch-ahv", ChAhv},
      {"at-social-security", AtSocialSecurity},
      {"se-personal-number", SePersonalNumber},
      {"no-birth-number", NoBirthNumber},
      {"dk-cpr", DkCpr},
      {"fi-hetu", FiHetu},
      {"is-kennitala", IsKennitala},
      {"ie-pps", IePps},
      {"pl-pesel", PlPesel},
      {"pl-nip", PlNip},
      {"pl-regon", PlRegon},
      {"cz-birth-number", CzBirthNumber},
      {"hu-taj", HuTaj},
      {"ro-cnp", RoCnp},
      {"bg-egn", BgEgn},
      {"hr-oib", HrOib},
      {"jmbg", Jmbg},
      {"baltic-personal-code", BalticPersonalCode},
      {"lv-personal-code", LvPersonalCode},
      {"gr-amka", GrAmka},
      {"gr-tax-number", GrTaxNumber},
      {"tr-identity", TrIdentity},
      {"si-tax-number", SiTaxNumber},
      {"mrz", MrzCheck},
  }};
  return kTable;
}

}  // namespace kedge::guards
