#include "harness/db/calculator.h"

#include <cstdint>

#include "harness/core/error.h"

namespace kedge::db {
namespace {

constexpr int kMaxNesting = 100;

__extension__ using Wide = __int128;  // holds every product of two 64-bit numbers

Wide AbsoluteValue(Wide value) { return value < 0 ? -value : value; }

Wide GreatestDivisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// A reduced fraction; the denominator is above 0.
struct Fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};

Fraction Reduced(Wide numerator, Wide denominator) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const Wide divisor = GreatestDivisor(AbsoluteValue(numerator), denominator);
  numerator /= divisor;
  denominator /= divisor;
  if (AbsoluteValue(numerator) > INT64_MAX || denominator > INT64_MAX) {
    throw BadData("number too large");
  }
  return {static_cast<std::int64_t>(numerator), static_cast<std::int64_t>(denominator)};
}

Fraction Sum(const Fraction& a, const Fraction& b, int sign) {
  return Reduced(Wide{a.numerator} * b.denominator + sign * (Wide{b.numerator} * a.denominator),
                 Wide{a.denominator} * b.denominator);
}

Fraction Product(const Fraction& a, const Fraction& b) {
  return Reduced(Wide{a.numerator} * b.numerator, Wide{a.denominator} * b.denominator);
}

Fraction Quotient(const Fraction& a, const Fraction& b) {
  if (b.numerator == 0) throw BadData("division by zero");
  return Reduced(Wide{a.numerator} * b.denominator, Wide{a.denominator} * b.numerator);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// sum = product {(+|-) product}; product = factor {(*|/) factor};
/// factor = {+|-} (number | "(" sum ")").
class ExpressionReader {
 public:
  explicit ExpressionReader(std::string_view text) : rest_(text) {}

  Fraction Read() {
    const Fraction value = ReadSum();
    if (Next() != '\0') throw BadData("invalid syntax");
    return value;
  }

 private:
  // The next character that is not blank, '\0' at the end. A NUL in the text is no character of
  // an expression either.
  char Next() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
    if (!rest_.empty() && rest_.front() == '\0') throw BadData("invalid syntax");
    return rest_.empty() ? '\0' : rest_.front();
  }

  bool Take(char wanted) {
    if (Next() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Fraction ReadSum() {
    Fraction value = ReadProduct();
    while (true) {
      if (Take('+')) {
        value = Sum(value, ReadProduct(), 1);
      } else if (Take('-')) {
        value = Sum(value, ReadProduct(), -1);
      } else {
        return value;
      }
    }
  }

  Fraction ReadProduct() {
    Fraction value = ReadFactor();
    while (true) {
      if (Take('*')) {
        value = Product(value, ReadFactor());
      } else if (Take('/')) {
        value = Quotient(value, ReadFactor());
      } else {
        return value;
      }
    }
  }

  Fraction ReadFactor() {
    bool negative = false;
    while (Next() == '+' || Next() == '-') {
      if (Take('-')) {
        negative = !negative;
      } else {
        Take('+');
      }
    }
    Fraction value = Take('(') ? ReadNested() : ReadNumber();
    if (negative) value.numerator = -value.numerator;
    return value;
  }

  Fraction ReadNested() {
    if (++nesting_ > kMaxNesting) throw BadData("nested too deeply");
    const Fraction value = ReadSum();
    if (!Take(')')) throw BadData("invalid syntax");
    --nesting_;
    return value;
  }

  Fraction ReadNumber() {
    Next();
    Wide digits = 0;
    Wide scale = 1;
    bool seen = false;
    bool point = false;
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      const char c = rest_.front();
      if (c == '.' && !point) {
        point = true;
        continue;
      }
      if (!IsDigit(c)) break;
      seen = true;
      digits = digits * 10 + (c - '0');
      if (point) scale *= 10;
      if (digits > INT64_MAX || scale > INT64_MAX) throw BadData("number too large");
    }
    if (!seen) throw BadData("invalid syntax");
    return Reduced(digits, scale);
  }

  std::string_view rest_;
  int nesting_ = 0;
};

Wide RoundedHundredths(const Fraction& value) {
  const Wide scaled = AbsoluteValue(Wide{value.numerator}) * 100;
  Wide whole = scaled / value.denominator;
  const Wide twice_rest = (scaled % value.denominator) * 2;
  if (twice_rest > value.denominator || (twice_rest == value.denominator && whole % 2 == 1)) {
    ++whole;
  }
  return whole;
}

}  // namespace

std::string Calculate(std::string_view expression) {
  const Fraction value = ExpressionReader(expression).Read();
  const Wide hundredths = RoundedHundredths(value);
  const auto cents = static_cast<int>(hundredths % 100);
  std::string text = std::to_string(static_cast<std::uint64_t>(hundredths / 100)) + ".";
  text += static_cast<char>('0' + cents / 10);
  if (cents % 10 != 0) text += static_cast<char>('0' + cents % 10);
  return value.numerator < 0 && hundredths != 0 ? "-" + text : text;
}

void AddCalculator(Database& database) {
  database.AddFunction("calc", 1, [](std::span<const Json> arguments) -> Json {
    const Json& expression = arguments[0];
    if (expression.is_null()) return nullptr;
    if (!expression.is_string()) throw BadData("calc() needs a text, got " + DumpJson(expression));
    return Calculate(expression.get_ref<const std::string&>());
  });
}

}  // namespace kedge::db
