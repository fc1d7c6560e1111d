// Check digits of identifiers of the Americas, Asia, Africa, Oceania and of Eastern Europe.
#include "guards/detect/checksum_tools.h"

namespace kedge::guards {
namespace {

bool RuInn(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.IsNumber(10)) return id.Weighted({2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == id.Value(9);
  return id.IsNumber(12) &&
         id.Weighted({7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == id.Value(10) &&
         id.Weighted({3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == id.Value(11);
}

bool RuSnils(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && !id.IsUniform() &&
         id.Weighted({9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101 % 100 == id.Number(9, 11);
}

bool UaTaxNumber(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(10) && !id.IsUniform() &&
         (id.Weighted({-1, 5, 7, 9, 4, 6, 10, 5, 7}) % 11 + 11) % 11 % 10 == id.Value(9);
}

bool CaSin(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && id[0] != '0' && !id.IsUniform() && LuhnOver(id, 0, 9);
}

bool UsNpi(std::string_view candidate) {  // Luhn with the issuer prefix 80840, worth 24
  const Identifier id(candidate);
  if (!id.IsNumber(10) || (id[0] != '1' && id[0] != '2')) return false;
  int sum = 24;
  for (std::size_t i = 0; i < 10; ++i) {
    const int doubled = id.Value(i) * (i % 2 == 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 == 0;
}

bool UsDea(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 9 || id[0] <= '9' || !id.IsDigits(2, 9)) return false;
  const int sum = id.Weighted({1, 2, 1, 2, 1, 2}, 2);
  return sum % 10 == id.Value(8);
}

bool UsRouting(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && !id.IsUniform() && id.Weighted({3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0;
}

bool UsItin(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9) || id[0] != '9') return false;
  const long long group = id.Number(3, 5);
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
         (group >= 90 && group <= 92) || (group >= 94 && group <= 99);
}

bool UsSsnPlain(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9) || id.IsUniform()) return false;
  const long long area = id.Number(0, 3);
  return area != 0 && area != 666 && area < 900 && id.Number(3, 5) != 0 && id.Number(5, 9) != 0 &&
         id.text() != "123456789";
}

int BrazilDigit(const Identifier& id, std::size_t digits, int first_weight, int restart) {
  int sum = 0, weight = first_weight;
  for (std::size_t i = 0; i < digits; ++i) {
    sum += weight * id.Value(i);
    weight = weight == 2 ? restart : weight - 1;
  }
  const int check = 11 - sum % 11;
  return check >= 10 ? 0 : check;
}

bool BrCpf(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && !id.IsUniform() && BrazilDigit(id, 9, 10, 0) == id.Value(9) &&
         BrazilDigit(id, 10, 11, 0) == id.Value(10);
}

bool BrCnpj(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(14) && !id.IsUniform() && BrazilDigit(id, 12, 5, 9) == id.Value(12) &&
         BrazilDigit(id, 13, 6, 9) == id.Value(13);
}

bool ArCuit(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11)) return false;
  const int rest = id.Weighted({5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return (rest == 0 ? 0 : 11 - rest) == id.Value(10);
}

bool ClRut(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() < 8 || id.size() > 9 || !id.IsDigits(0, id.size() - 1)) return false;
  int sum = 0, weight = 2;
  for (std::size_t i = id.size() - 1; i > 0; --i) {
    sum += weight * id.Value(i - 1);
    weight = weight == 7 ? 2 : weight + 1;
  }
  return id[id.size() - 1] == "0K987654321"[sum % 11];
}

bool MxCurp(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 18 || !id.IsDigits(4, 10) || !id.IsDigits(17, 18)) return false;
  int sum =
      0;  // letters count from 10; those behind N one more, for the letter that is absent here
  for (std::size_t i = 0; i < 17; ++i) {
    const int value = id.Value(i) + (id[i] > 'N' ? 1 : 0);
    sum += (18 - static_cast<int>(i)) * value;
  }
  return (10 - sum % 10) % 10 == id.Value(17);
}

bool MxClabe(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(18) || id.IsUniform()) return false;
  static constexpr int kWeights[] = {3, 7, 1};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += kWeights[i % 3] * id.Value(i) % 10;
  return (10 - sum % 10) % 10 == id.Value(17);
}

bool EcCedula(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10)) return false;
  const long long province = id.Number(0, 2);
  return ((province >= 1 && province <= 24) || province == 30) && id[2] < '6' &&
         LuhnOver(id, 0, 10);
}

bool PeRuc(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(11)) return false;
  return (11 - id.Weighted({5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 10 == id.Value(10);
}

bool UyId(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(8) && !id.IsUniform() &&
         (10 - id.Weighted({2, 9, 8, 7, 6, 3, 4}) % 10) % 10 == id.Value(7);
}

bool CoNit(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(10)) return false;
  const int rest = id.Weighted({41, 37, 29, 23, 19, 17, 13, 7, 3}) % 11;
  return (rest < 2 ? rest : 11 - rest) == id.Value(9);
}

bool CnResidentId(std::string_view candidate) {  // GB 11643 with ISO 7064 MOD 11-2
  const Identifier id(candidate);
  if (id.size() != 18 || !id.IsDigits(0, 17) || !id.IsDate(12, 10)) return false;
  const int sum = id.Weighted({7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return id[17] == "10X98765432"[sum % 11];
}

bool TwId(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 10 || id[0] <= '9' || !id.IsDigits(1, 10)) return false;
  static constexpr std::string_view kOrder = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
  const int letter = static_cast<int>(kOrder.find(id[0])) + 10;
  const int sum = letter / 10 + 9 * (letter % 10) + id.Weighted({8, 7, 6, 5, 4, 3, 2, 1, 1}, 1);
  return sum % 10 == 0;
}

bool HkId(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 8 || id[0] <= '9' || !id.IsDigits(1, 7)) return false;
  const int sum = 36 * 9 + 8 * id.Value(0) + id.Weighted({7, 6, 5, 4, 3, 2}, 1);
  const int check = (11 - sum % 11) % 11;
  return id[7] == (check == 10 ? 'A' : static_cast<char>('0' + check));
}

bool KrResident(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(13) || !id.IsDate(4, 2)) return false;
  const int sum = id.Weighted({2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5});
  return (11 - sum % 11) % 10 == id.Value(12);
}

bool JpMyNumber(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(12) || id.IsUniform()) return false;
  const int rest = id.Weighted({6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return (rest <= 1 ? 0 : 11 - rest) == id.Value(11);
}

bool SgNric(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 9 || !id.IsDigits(1, 8)) return false;
  const auto at = static_cast<std::size_t>(
      (id.Weighted({2, 7, 6, 5, 4, 3, 2}, 1) + (id[0] == 'T' || id[0] == 'G' ? 4 : 0)) % 11);
  if (id[0] == 'S' || id[0] == 'T') return id[8] == std::string_view("JZIHGFEDCBA")[at];
  return (id[0] == 'F' || id[0] == 'G') && id[8] == std::string_view("XWUTRQPNMLK")[at];
}

bool ThId(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(13) || id[0] == '0') return false;
  const int sum = id.Weighted({13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2});
  return (11 - sum % 11) % 10 == id.Value(12);
}

bool InAadhaar(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(12) && id[0] >= '2' && FindChecksum("verhoeff")(candidate);
}

bool InGstin(std::string_view candidate) {
  const Identifier id(candidate);
  if (id.size() != 15 || !id.IsDigits(0, 2) || id[13] != 'Z') return false;
  int sum = 0;
  for (std::size_t i = 0; i < 14; ++i) {
    const int product = id.Value(i) * (i % 2 == 0 ? 1 : 2);
    sum += product / 36 + product % 36;
  }
  return (36 - sum % 36) % 36 == id.Value(14);
}

bool IlId(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && !id.IsUniform() && LuhnOver(id, 0, 9);
}

bool ZaId(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(13) && id.IsDate(4, 2) && id[10] <= '2' && LuhnOver(id, 0, 13);
}

bool AeId(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(15) && id.Number(0, 3) == 784 && LuhnOver(id, 0, 15);
}

bool KzIin(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(12) || id.IsUniform()) return false;
  int check = id.Weighted({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) % 11;
  if (check == 10) check = id.Weighted({3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2}) % 11;
  return check == id.Value(11);
}

bool AuTfn(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(9) && !id.IsUniform() && id.Weighted({1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0;
}

bool AuAbn(std::string_view candidate) {
  const Identifier id(candidate);
  return id.IsNumber(11) && (id.Weighted({10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}) - 10) % 89 == 0;
}

bool AuMedicare(std::string_view candidate) {
  const Identifier id(candidate);
  if ((!id.IsNumber(10) && !id.IsNumber(11)) || id[0] < '2' || id[0] > '6') return false;
  return id.Weighted({1, 3, 7, 9, 1, 3, 7, 9}) % 10 == id.Value(8);
}

bool NzIrd(std::string_view candidate) {
  const Identifier id(candidate);
  if (!id.IsNumber(9) || id.IsUniform()) return false;
  int check = (11 - id.Weighted({3, 2, 7, 6, 5, 4, 3, 2}) % 11) % 11;
  if (check == 10) check = (11 - id.Weighted({7, 4, 3, 2, 5, 2, 7, 6}) % 11) % 11;
  return check == id.Value(8);
}

}  // namespace

const std::array<NamedChecksum, 36>& OtherChecksums() {
  static constexpr std::array<NamedChecksum, 36> kTable = {{
      {"ru-inn", RuInn},
      {"ru-snils", RuSnils},
      {"ua-tax-number", UaTaxNumber},
      {"ca-sin", CaSin},
      {"us-npi", UsNpi},
      {"us-dea", UsDea},
      {"us-routing", UsRouting},
      {"us-itin", UsItin},
      {"us-ssn", UsSsnPlain},
      {"br-cpf", BrCpf},
      {"br-cnpj", BrCnpj},
      {"ar-cuit", ArCuit},
      {"cl-rut", ClRut},
      {"mx-curp", MxCurp},
      {"mx-clabe", MxClabe},
      {"ec-cedula", EcCedula},
      {"pe-ruc", PeRuc},
      {"uy-id", UyId},
      {"co-nit", CoNit},
      {"cn-resident-id", CnResidentId},
      {"tw-id", TwId},
      {"hk-id", HkId},
      {"kr-resident", KrResident},
      {"jp-my-number", JpMyNumber},
      {"sg-nric", SgNric},
      {"th-id", ThId},
      {"in-aadhaar", InAadhaar},
      {"in-gstin", InGstin},
      {"il-id", IlId},
      {"za-id", ZaId},
      {"ae-id", AeId},
      {"kz-iin", KzIin},
      {"au-tfn", AuTfn},
      {"au-abn", AuAbn},
      {"au-medicare", AuMedicare},
      {"nz-ird", NzIrd},
  }};
  return kTable;
}

}  // namespace kedge::guards
