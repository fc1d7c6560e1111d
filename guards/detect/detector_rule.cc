#include "guards/detect/detector_rule.h"

#include <array>
#include <cmath>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kSameCharacterRun = 8;

const std::array<std::pair<std::string_view, DetectorMethod>, 7> kFinders = {{
    {"email", DetectorMethod::kEmail},
    {"payment-card", DetectorMethod::kCard},
    {"iban", DetectorMethod::kIban},
    {"us-ssn", DetectorMethod::kSsn},
    {"ip-address", DetectorMethod::kIpAddress},
    {"hidden", DetectorMethod::kHidden},
    {"link", DetectorMethod::kLink},
}};

void ReadFinder(const Node& node, DetectorRule& rule) {
  const std::string name = node.String();
  for (const auto& [finder, method] : kFinders) {
    if (name != finder) continue;
    rule.method = method;
    return;
  }
  throw node.Fail("unknown finder '" + name +
                  "'; there are email, payment-card, iban, us-ssn, ip-address, hidden, link");
}

std::unique_ptr<LazyPattern> ReadPattern(const Node& node, std::string_view key, bool any_case) {
  const std::optional<Node> found = node.Find(key);
  if (!found) return nullptr;
  return std::make_unique<LazyPattern>(found->NonEmptyString(), any_case);
}

// What finds candidates: exactly one of pattern, assigned, finder.
void ReadMethod(const Node& node, DetectorRule& rule) {
  const int given = int{node.Has("pattern")} + int{node.Has("assigned")} + int{node.Has("finder")};
  if (given != 1) throw node.Fail("give exactly one of pattern, assigned and finder");
  if (node.Has("finder")) {
    ReadFinder(node["finder"], rule);
    return;
  }
  const bool assigned = node.Has("assigned");
  if (assigned) rule.method = DetectorMethod::kAssigned;
  rule.pattern = ReadPattern(node, assigned ? "assigned" : "pattern", assigned);
  if (rule.keywords.empty()) throw node.Fail("a pattern needs keywords: one is in every match");
}

void ReadChecks(const Node& node, DetectorRule& rule) {
  rule.entropy = node.NumberOr("entropy", 0, 0, 8);
  rule.named = node.BoolOr("named", false);
  rule.starts = node.BoolOr("starts", false);
  rule.needs_digit = node.BoolOr("digit", false);
  rule.run = static_cast<std::uint32_t>(node.IntOr("run", 0, 0, 64));
  rule.unless = ReadPattern(node, "unless", true);
  rule.not_line = ReadPattern(node, "not_line", true);
  rule.name = ReadPattern(node, "name", true);
  if (const std::optional<Node> checksum = node.Find("checksum")) {
    rule.checksum = FindChecksum(checksum->String());
    if (rule.checksum == nullptr) throw checksum->Fail("unknown checksum");
  }
}

void ReadReach(const Node& node, DetectorRule& rule) {
  constexpr std::int64_t kMaxReach = 65536;
  const std::string view = node.StringOr("view", "exact");
  if (view != "exact" && view != "folded") throw node["view"].Fail("expected exact or folded");
  rule.folded = view == "folded";
  rule.whole = node.BoolOr("whole", false);
  rule.before = static_cast<std::uint32_t>(node.IntOr("before", rule.before, 0, kMaxReach));
  rule.after = static_cast<std::uint32_t>(node.IntOr("after", rule.after, 0, kMaxReach));
  rule.suffix = static_cast<std::uint32_t>(node.IntOr("suffix", rule.suffix, 0, 64));
}

std::string_view ClassBytes(std::string_view name) {
  static constexpr std::string_view kWord =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-+/";
  if (name == "digit") return kWord.substr(0, 10);
  if (name == "upper") return kWord.substr(10, 26);
  if (name == "lower") return kWord.substr(36, 26);
  if (name == "alpha") return kWord.substr(10, 52);
  if (name == "alnum") return kWord.substr(0, 62);
  if (name == "word") return kWord.substr(0, 63);
  if (name == "url") return kWord.substr(0, 64);
  if (name == "ALNUM") return kWord.substr(0, 36);
  if (name == "hex") return "0123456789abcdef";
  if (name == "HEX") return "0123456789ABCDEF";
  if (name == "base36") return "0123456789abcdefghijklmnopqrstuvwxyz";
  if (name == "base64") return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
  return {};
}

// One placeholder `class:count`; `seed` makes each one differ.
std::string Fill(std::string_view placeholder, std::size_t seed) {
  const std::size_t colon = placeholder.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::size_t count = std::stoul(std::string(placeholder.substr(colon + 1)));
  const std::string_view name = placeholder.substr(0, colon);
  if (name.starts_with('=')) return std::string(count, name.size() > 1 ? name[1] : 'x');
  const std::string_view bytes = ClassBytes(name);
  std::string out;
  for (std::size_t block = 0; out.size() < count && !bytes.empty(); ++block) {
    const std::string key = std::to_string(seed) + ":" + std::to_string(block);
    const std::uint64_t value = StableHash64(key);
    for (int i = 0; i < 8 && out.size() < count; ++i) {
      out.push_back(bytes[(value >> (8 * i) & 0xFF) % bytes.size()]);
    }
  }
  return out;
}

bool IsPlaceholder(std::string_view value) {
  std::size_t run = 1;
  for (std::size_t i = 1; i < value.size(); ++i) {
    run = value[i] == value[i - 1] ? run + 1 : 1;
    const char c = static_cast<char>(value[i] | 0x20);
    if (run >= kSameCharacterRun && (c == 'x' || c == '*' || value[i] == '.')) return true;
  }
  return false;
}

}  // namespace

const text::Pattern& LazyPattern::Compile() const {
  std::call_once(once_, [this] {
    text::Pattern::Options options;
    options.case_sensitive = !any_case_;
    pattern_ = text::Pattern::Compile(expression_, options);
    ready_.store(&*pattern_, std::memory_order_release);
  });
  return *pattern_;
}

std::unique_ptr<DetectorRule> ReadDetectorRule(const Node& node, const std::string& pack,
                                               const std::string& kind) {
  node.AllowKeys({"id",    "keywords", "pattern", "assigned", "finder", "shape",    "view",
                  "whole", "entropy",  "digit",   "checksum", "unless", "not_line", "name",
                  "named", "starts",   "before",  "after",    "suffix", "examples", "run"});
  auto rule = std::make_unique<DetectorRule>();
  rule->id = node["id"].NonEmptyString();
  rule->kind = kind;
  rule->pack = pack;
  rule->line = node.line();
  rule->file = node.source_name();
  rule->keywords = node.StringsOr("keywords");
  rule->shape = node.StringOr("shape", "");
  ReadReach(node, *rule);
  ReadChecks(node, *rule);
  ReadMethod(node, *rule);
  const Node examples = node["examples"].AllowKeys({"match", "no_match"});
  rule->match_examples = examples.StringsOr("match");
  rule->no_match_examples = examples.StringsOr("no_match");
  if (rule->match_examples.empty()) throw examples.Fail("a rule needs a match example");
  return rule;
}

double ShannonEntropy(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::uint16_t, 256> counts{};
  const std::string_view sample = text.substr(0, 65535);
  for (const char c : sample) ++counts[static_cast<unsigned char>(c)];
  const double size = static_cast<double>(sample.size());
  double sum = 0;
  for (const std::uint16_t count : counts) {
    if (count > 0) sum += count * std::log2(count);
  }
  return std::log2(size) - sum / size;
}

bool AcceptsValue(const DetectorRule& rule, std::string_view value) {
  if (rule.needs_digit && value.find_first_of("0123456789") == std::string_view::npos) return false;
  if (rule.checksum != nullptr && !rule.checksum(value)) return false;
  if (rule.entropy > 0 && (ShannonEntropy(value) < rule.entropy || IsPlaceholder(value))) {
    return false;
  }
  return rule.unless == nullptr || !rule.unless->Get().Matches(value);
}

std::string ExpandExample(std::string_view example) {
  std::string out;
  for (std::size_t at = 0; at < example.size();) {
    const std::size_t close = example[at] == '{' ? example.find('}', at) : std::string_view::npos;
    std::string filled;
    if (close != std::string_view::npos) {
      const std::string_view inside = example.substr(at + 1, close - at - 1);
      const std::size_t colon = inside.rfind(':');
      const bool counted =
          colon != std::string_view::npos && colon + 1 < inside.size() &&
          inside.size() - colon <= 5 &&
          inside.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
      if (counted) filled = Fill(inside, at);
    }
    if (filled.empty()) {
      out.push_back(example[at++]);
    } else {
      out += filled;
      at = close + 1;
    }
  }
  return out;
}

}  // namespace kedge::guards
