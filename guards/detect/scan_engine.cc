#include "guards/detect/scan_engine.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "guards/detect/assignment.h"
#include "guards/detect/hidden_shapes.h"
#include "guards/detect/link_finder.h"
#include "guards/detect/number_finder.h"
#include "harness/core/error.h"
#include "harness/text/ascii.h"
#include "harness/text/derived_views.h"
#include "harness/text/disguised_words.h"
#include "harness/text/normal_views.h"
#include "harness/text/plain_fold.h"
#include "harness/text/text_signs.h"

namespace kedge::guards {
// A stretch of the text that a rule has still to search.
struct ScanStretch {
  std::uint32_t begin = 0, end = 0;
  bool pending = false;
};

// A finding before it is told to the caller.
struct ScanHit {
  std::uint32_t rule = 0;
  std::uint32_t layer = 0;  // 0 for the text, then the derived views in their order
  std::size_t begin = 0, end = 0;
  bool folded = false;
};

// Memory that scans on one thread share.
struct ScanScratch {
  text::TextSigns signs;
  std::vector<ScanHit> found;
  std::vector<DigitGroup> groups;
  std::vector<std::uint64_t> digits;  // a bit for each byte of the layer
  std::vector<std::uint32_t> iban_starts;
  std::vector<ScanStretch> stretches;  // by rule
  std::vector<std::uint32_t> touched;
  text::PlainFold plain;  // of the layer
  std::string folded_text;
  text::MappedText folded;
};

namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
// Longer stretches with keywords are searched in parts, so that an expression that looks far ahead
// stays linear in the text.
constexpr std::uint32_t kMaxStretch = 65536;
constexpr std::size_t kMaxFindings = 100000;
// Views are derived of so much text at a time: memory stays small, and one odd character costs no
// more than its surroundings.
constexpr std::size_t kSegment = 4096;
constexpr std::size_t kOverlap = 1024;
constexpr std::uint32_t kDisguiseBit = 0x80000000U;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::uint32_t Number(std::size_t value) { return static_cast<std::uint32_t>(value); }

template <typename Item, typename Less>
void SortOnce(std::vector<Item>& items, Less less) {
  if (!std::is_sorted(items.begin(), items.end(), less))
    std::sort(items.begin(), items.end(), less);
}

// Adds the findings of one rule in one layer, which begin at `at`, to `kept` (disjoint, in order)
// unless they overlap what is there; returns where the next layer begins.
std::size_t TakeLayer(const std::vector<ScanHit>& found, std::size_t at,
                      std::vector<ScanHit>& kept) {
  const ScanHit& first = found[at];
  const std::size_t known = kept.size();
  std::size_t beside = 0, last_end = 0;
  for (; at < found.size() && found[at].rule == first.rule && found[at].layer == first.layer;
       ++at) {
    while (beside < known && kept[beside].end <= found[at].begin) ++beside;
    const bool overlaps = beside < known && kept[beside].begin < found[at].end;
    if (overlaps || found[at].begin < last_end) continue;
    last_end = found[at].end;
    kept.push_back(found[at]);
  }
  std::inplace_merge(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(known), kept.end(),
                     [](const ScanHit& a, const ScanHit& b) { return a.begin < b.begin; });
  return at;
}

ScanScratch& ThreadScratch() {
  static thread_local ScanScratch scratch;
  return scratch;
}

}  // namespace

// One pass over one text: the original or a view of it.
class LayerScan {
 public:
  LayerScan(const ScanEngine& engine, std::string_view text, const text::View* view,
            std::uint32_t layer, bool first_only, std::vector<ScanHit>& found)
      : engine_(engine),
        text_(text),
        view_(view),
        layer_(layer),
        first_only_(first_only),
        found_(found),
        scratch_(ThreadScratch()) {
    scratch_.stretches.resize(std::max(scratch_.stretches.size(), engine.rules_.size()));
    // A scan that was refused midway has left its stretches behind.
    for (const std::uint32_t rule : scratch_.touched) scratch_.stretches[rule].pending = false;
    scratch_.touched.clear();
  }

  // Returns the disguises that the words of the text suggest.
  std::uint32_t Run() {
    if (engine_.needs_digits_) Digits();
    std::uint32_t disguises = 0;
    if (engine_.keywords_ != nullptr) {
      engine_.keywords_->Scan(text_, [&](std::uint32_t keyword, std::size_t end) {
        if ((keyword & kDisguiseBit) != 0) {
          disguises |= keyword & ~kDisguiseBit;
        } else {
          Hit(keyword, Number(end));
        }
      });
    }
    for (const std::uint32_t rule : engine_.always_) EveryPart(rule);
    for (const std::uint32_t rule : scratch_.touched) Flush(rule);
    scratch_.touched.clear();
    if (!engine_.link_.empty()) Links();
    return disguises;
  }

 private:
  bool Done() const { return first_only_ && !found_.empty(); }

  void Hit(std::uint32_t number, std::uint32_t end) {
    const ScanEngine::Keyword& keyword = engine_.known_[number];
    const std::uint32_t begin = end - keyword.length;
    for (std::uint32_t i = 0; i < keyword.uses; ++i) {
      const ScanEngine::Use& use = engine_.uses_[keyword.first_use + i];
      if (use.named && !IsWholeWord(begin, end)) continue;
      if (use.run > 0 && !RunFollows(end, use.run)) continue;
      switch (use.method) {
        case DetectorMethod::kAssigned:
          Assigned(use.rule, begin, end);
          break;
        case DetectorMethod::kEmail:
          Range(use.rule, FindEmail(text_, begin));
          break;
        default:
          if (!use.starts) {
            Extend(use.rule, begin, end);
          } else if (begin == 0 || !IsWordByte(text_[begin - 1])) {
            MatchHere(use.rule, begin, end);
          }
      }
    }
  }

  // A token that begins with its keyword needs no search.
  void MatchHere(std::uint32_t number, std::uint32_t begin, std::uint32_t end) {
    const DetectorRule& rule = *engine_.rules_[number];
    if (Done()) return;
    const std::size_t to = std::min<std::size_t>(text_.size(), end + rule.after);
    text::Pattern::Span match;
    if (!rule.pattern->Get().MatchAt(text_, begin, to, rule.group, match)) return;
    const std::string_view value =
        text_.substr(match.value_begin, match.value_end - match.value_begin);
    if (AcceptsValue(rule, value) && !Excused(rule, text_, match)) {
      Add(number, match.value_begin, match.value_end, FoldedFrom());
    }
  }

  static bool IsWordByte(char c) { return text::IsAsciiAlnum(c) || c == '_'; }

  bool RunFollows(std::uint32_t end, std::uint32_t run) const {
    if (text_.size() - end < run) return false;
    const std::string_view following = text_.substr(end, run);
    return std::all_of(following.begin(), following.end(), text::IsAsciiAlnum);
  }

  // A short keyword such as `sin` must be a word; a long one may be the beginning of one.
  bool IsWholeWord(std::uint32_t begin, std::uint32_t end) const {
    constexpr std::uint32_t kLong = 6;
    return (begin == 0 || !IsWordByte(text_[begin - 1])) &&
           (end - begin >= kLong || end == text_.size() || !IsWordByte(text_[end]));
  }

  void Extend(std::uint32_t number, std::uint32_t begin, std::uint32_t end) {
    const DetectorRule& rule = *engine_.rules_[number];
    const std::uint32_t size = Number(text_.size());
    const std::uint32_t first = rule.whole ? 0 : begin - std::min(begin, rule.before);
    const std::uint32_t last = rule.whole || size - end < rule.after ? size : end + rule.after;
    ScanStretch& stretch = scratch_.stretches[number];
    if (stretch.pending && rule.whole) return;
    if (stretch.pending && first <= stretch.end && last - stretch.begin <= kMaxStretch) {
      stretch.end = std::max(stretch.end, last);
      return;
    }
    if (stretch.pending) {
      Search(number, stretch);
    } else {
      scratch_.touched.push_back(number);
    }
    stretch = {first, last, true};
  }

  // A rule without keywords reads the whole text, in parts that overlap by its reach.
  void EveryPart(std::uint32_t rule) {
    const std::uint32_t size = Number(text_.size()), overlap = engine_.rules_[rule]->after;
    for (std::uint32_t begin = 0; begin < size; begin += kMaxStretch) {
      Search(rule,
             {begin, size - begin < kMaxStretch + overlap ? size : begin + kMaxStretch + overlap});
    }
  }

  void Flush(std::uint32_t rule) {
    Search(rule, scratch_.stretches[rule]);
    scratch_.stretches[rule].pending = false;
  }

  void Search(std::uint32_t number, const ScanStretch& stretch) {
    if (Done()) return;
    const DetectorRule& rule = *engine_.rules_[number];
    if (!rule.folded) {
      if (rule.needs_digit && engine_.needs_digits_ &&
          !text::AnyBit(scratch_.digits, stretch.begin, stretch.end)) {
        return;
      }
      SearchText(number, text_, stretch.begin, stretch.end, FoldedFrom());
      return;
    }
    if (!plain_ready_) scratch_.plain.Assign(text_);
    plain_ready_ = true;
    if (scratch_.plain.Covers(stretch.begin, stretch.end)) {
      const std::string_view part =
          scratch_.plain.text().substr(stretch.begin, stretch.end - stretch.begin);
      SearchText(number, part, 0, part.size(), FoldedFrom{true, stretch.begin, nullptr});
      return;
    }
    SearchFolded(number, stretch);
  }

  // A stretch that folding makes shorter or longer.
  void SearchFolded(std::uint32_t number, const ScanStretch& stretch) {
    const DetectorRule& rule = *engine_.rules_[number];
    std::uint32_t begin = stretch.begin;
    while (begin > 0 && IsContinuation(text_[begin])) --begin;
    const std::string_view part = text_.substr(begin, stretch.end - begin);
    if (!scratch_.plain.Squeeze(begin, stretch.end, scratch_.folded_text)) {
      text::FoldText(part, scratch_.folded_text);
    }
    const text::Pattern& pattern = rule.pattern->Get();
    text::Pattern::Span match;
    const std::string& folded = scratch_.folded_text;
    if (!pattern.FindSpan(folded, 0, folded.size(), rule.group, match)) return;
    scratch_.folded.clear();  // now with origins
    text::FoldInto(part, scratch_.folded);
    SearchText(number, scratch_.folded.text, 0, scratch_.folded.text.size(),
               FoldedFrom{true, begin, &scratch_.folded.origin});
  }

  // Where a searched text comes from: itself, or folded of a stretch that begins at `begin`.
  struct FoldedFrom {
    bool folded = false;
    std::uint32_t begin = 0;
    const std::vector<std::uint32_t>* origin = nullptr;  // within the stretch; null: byte for byte
  };

  void SearchText(std::uint32_t number, std::string_view text, std::size_t from, std::size_t to,
                  const FoldedFrom& origin) {
    const DetectorRule& rule = *engine_.rules_[number];
    const text::Pattern& pattern = rule.pattern->Get();
    text::Pattern::Span match;
    while (from <= to && pattern.FindSpan(text, from, to, rule.group, match)) {
      const std::string_view value =
          text.substr(match.value_begin, match.value_end - match.value_begin);
      if (AcceptsValue(rule, value) && !Excused(rule, text, match)) {
        Add(number, match.value_begin, match.value_end, origin);
        if (first_only_) return;
      }
      from = std::max(match.end, match.begin + 1);
    }
  }

  static bool Excused(const DetectorRule& rule, std::string_view text,
                      const text::Pattern::Span& match) {
    if (rule.not_match != nullptr &&
        rule.not_match->Get().Matches(text.substr(match.begin, match.end - match.begin))) {
      return true;
    }
    if (rule.not_line == nullptr) return false;
    constexpr std::size_t kMaxLine = 512;
    std::size_t begin = match.begin, end = match.end;
    while (begin > 0 && text[begin - 1] != '\n' && match.begin - begin < kMaxLine) --begin;
    while (end < text.size() && text[end] != '\n' && end - match.end < kMaxLine) ++end;
    return rule.not_line->Get().Matches(text.substr(begin, end - begin));
  }

  void Assigned(std::uint32_t number, std::uint32_t begin, std::uint32_t end) {
    const DetectorRule& rule = *engine_.rules_[number];
    const Assignment assignment = FindAssignment(text_, begin, end, rule.suffix);
    if (assignment.value.empty() || Done()) return;
    const std::string_view value =
        text_.substr(assignment.value.begin, assignment.value.end - assignment.value.begin);
    if (!rule.pattern->Get().FullMatch(value) || !AcceptsValue(rule, value)) return;
    if (rule.name != nullptr &&
        !rule.name->Get().FullMatch(
            text_.substr(assignment.name.begin, assignment.name.end - assignment.name.begin))) {
      return;
    }
    Range(number, assignment.value);
  }

  void Digits() {
    scratch_.groups.clear();
    FindDigitGroups(text_, scratch_.groups, scratch_.digits);
    for (const DigitGroup& group : scratch_.groups) {
      for (const std::uint32_t rule : engine_.card_) Range(rule, FindCard(text_, group));
      for (const std::uint32_t rule : engine_.ssn_) Range(rule, FindSsn(text_, group));
      for (const std::uint32_t rule : engine_.ip_) Range(rule, FindIpv4(text_, group));
    }
    if (!engine_.iban_.empty()) Ibans();
  }

  void Ibans() {
    scratch_.iban_starts.clear();
    FindIbanStarts(text_, scratch_.iban_starts);
    for (const std::uint32_t digit : scratch_.iban_starts) {
      for (const std::uint32_t rule : engine_.iban_) Range(rule, FindIban(text_, digit));
    }
  }

  void Links() {
    const std::vector<Link> links = FindLinks(text_);
    if (links.size() >= kMaxLinks) throw BadData("a text with 20,000 links and more");
    for (const Link& link : links) {
      if (engine_.allowed_hosts_.Allows(link.host)) continue;
      for (const std::uint32_t rule : engine_.link_) {
        if (engine_.rules_[rule]->shape == link.shape) Range(rule, {link.begin, link.end});
      }
    }
  }

  void Range(std::uint32_t rule, const ByteRange& range) {
    if (range.empty()) return;
    const std::string_view value = text_.substr(range.begin, range.end - range.begin);
    const DetectorRule& detector = *engine_.rules_[rule];
    if (detector.method != DetectorMethod::kAssigned && !AcceptsValue(detector, value)) return;
    Add(rule, range.begin, range.end, FoldedFrom());
  }

  void Add(std::uint32_t number, std::size_t begin, std::size_t end, const FoldedFrom& from) {
    if (from.folded && begin < end) {
      const auto source = [&from](std::size_t at) {
        return from.begin + (from.origin == nullptr ? at : (*from.origin)[at]);
      };
      const std::size_t last = source(end - 1);
      begin = source(begin);
      end = last + CharacterLength(last);
    }
    if (view_ != nullptr) std::tie(begin, end) = text::LocateInSource(*view_, begin, end);
    if (found_.size() >= kMaxFindings) {
      throw BadData("a text with more than 100,000 findings; scan it in parts");
    }
    found_.push_back({number, layer_, begin, end, from.folded});
  }

  std::size_t CharacterLength(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < text_.size() && IsContinuation(text_[end])) ++end;
    return end - at;
  }

  const ScanEngine& engine_;
  std::string_view text_;
  const text::View* view_;
  std::uint32_t layer_;
  bool first_only_;
  bool plain_ready_ = false;  // scratch_.plain is of this layer
  std::vector<ScanHit>& found_;
  ScanScratch& scratch_;
};

ScanEngine::ScanEngine(std::vector<const DetectorRule*> rules, HostList allowed_hosts)
    : rules_(std::move(rules)), allowed_hosts_(std::move(allowed_hosts)) {
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    switch (rules_[i]->method) {
      case DetectorMethod::kEmail:
        email_.push_back(i);
        break;
      case DetectorMethod::kCard:
        card_.push_back(i);
        break;
      case DetectorMethod::kIban:
        iban_.push_back(i);
        break;
      case DetectorMethod::kSsn:
        ssn_.push_back(i);
        break;
      case DetectorMethod::kIpAddress:
        ip_.push_back(i);
        break;
      case DetectorMethod::kHidden:
        hidden_.push_back(i);
        break;
      case DetectorMethod::kLink:
        link_.push_back(i);
        break;
      case DetectorMethod::kPattern:
        if (rules_[i]->keywords.empty()) always_.push_back(i);
        break;
      case DetectorMethod::kAssigned:
        break;
    }
  }
  needs_digits_ = !card_.empty() || !ssn_.empty() || !ip_.empty() || !iban_.empty();
  AddKeywords();
}

void ScanEngine::AddKeywords() {
  constexpr std::size_t kMinDisguised = 5;  // shorter words turn up in ordinary text,
  constexpr std::size_t kMinToken = 4;      // prefixes of tokens do not
  std::map<std::string, std::vector<std::uint32_t>> by_keyword;
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    for (const std::string& keyword : rules_[i]->keywords) by_keyword[keyword].push_back(i);
    if (rules_[i]->method == DetectorMethod::kEmail) by_keyword["@"].push_back(i);
  }
  std::vector<text::AhoCorasick::Word> words;
  std::map<std::string, std::uint32_t> disguised;
  for (const auto& [word, disguise] : text::DisguisedWords()) disguised[word] |= disguise;
  for (auto& [keyword, rules] : by_keyword) {
    words.push_back({keyword, Number(known_.size())});
    known_.push_back({Number(keyword.size()), Number(uses_.size()), Number(rules.size())});
    for (const std::uint32_t rule : rules) {
      const DetectorRule& of = *rules_[rule];
      uses_.push_back({rule, of.method, of.named, of.starts, of.run});
    }
    const bool token = keyword.find_first_of("_-") != std::string::npos;
    if (keyword.size() < (token ? kMinToken : kMinDisguised)) continue;
    for (const auto& [word, disguise] : text::DisguisesOf(keyword)) disguised[word] |= disguise;
  }
  for (const auto& [word, disguise] : disguised) {
    if (!by_keyword.contains(word)) words.push_back({word, disguise | kDisguiseBit});
  }
  keywords_ = std::make_unique<const text::AhoCorasick>(words);
}

std::vector<Detection> ScanEngine::Scan(std::string_view text, bool first_only) const {
  if (text.size() > kMaxBytes) {
    throw BadData("a text of " + std::to_string(text.size()) +
                  " bytes is above the detectors' limit of 16 MiB");
  }
  std::vector<ScanHit>& found = ThreadScratch().found;
  found.clear();
  const std::uint32_t disguises = LayerScan(*this, text, nullptr, 0, first_only, found).Run();
  if (!hidden_.empty() && !text::IsAsciiText(text)) ScanHidden(text, found);
  std::vector<std::string> names;  // of the layers behind the first
  ScanViews(text, disguises, first_only, found, names);
  if (found.empty()) return {};
  return Report(found, names);
}

void ScanEngine::ScanHidden(std::string_view text, std::vector<ScanHit>& found) const {
  for (const HiddenShape& shape : FindHiddenShapes(text)) {
    for (const std::uint32_t rule : hidden_) {
      if (rules_[rule]->shape != shape.shape) continue;
      found.push_back({rule, 0, shape.begin, shape.end, false});
    }
  }
}

void ScanEngine::ScanViews(std::string_view text, std::uint32_t disguises, bool first_only,
                           std::vector<ScanHit>& found, std::vector<std::string>& names) const {
  for (std::size_t begin = 0; begin < text.size(); begin += kSegment) {
    if (first_only && !found.empty()) return;
    ScanSegment(text, begin, disguises, first_only, found, names);
  }
}

void ScanEngine::ScanSegment(std::string_view text, std::size_t begin, std::uint32_t disguises,
                             bool first_only, std::vector<ScanHit>& found,
                             std::vector<std::string>& names) const {
  while (begin > 0 && IsContinuation(text[begin])) --begin;
  std::string_view segment = text.substr(begin, kSegment + kOverlap);
  while (begin + segment.size() < text.size() && IsContinuation(text[begin + segment.size()])) {
    segment = text.substr(begin, segment.size() + 1);
  }
  text::TextSigns& signs = ThreadScratch().signs;
  text::FindSigns(segment, signs);
  if (signs.Plain() && disguises == 0) return;
  if (disguises != 0 && segment.size() < text.size()) disguises &= text::DisguisesIn(segment);
  for (text::View& view : text::MakeDerivedViews(segment, signs, disguises, {})) {
    for (std::uint32_t& at : view.origin) at += Number(begin);
    view.source_begin += begin;
    view.source_end += begin;
    const auto known = std::find(names.begin(), names.end(), view.name);
    const std::uint32_t layer = Number(static_cast<std::size_t>(known - names.begin())) + 1;
    if (known == names.end()) names.push_back(view.name);
    LayerScan(*this, view.text, &view, layer, first_only, found).Run();
    if (first_only && !found.empty()) return;
  }
}

std::vector<Detection> ScanEngine::Report(std::vector<ScanHit>& found,
                                          const std::vector<std::string>& names) const {
  SortOnce(found, [](const ScanHit& a, const ScanHit& b) {
    return std::tie(a.rule, a.layer, a.begin, a.end) < std::tie(b.rule, b.layer, b.begin, b.end);
  });
  std::vector<ScanHit> kept, of_rule;
  for (std::size_t at = 0; at < found.size();) {
    const std::uint32_t rule = found[at].rule;
    of_rule.clear();
    while (at < found.size() && found[at].rule == rule) at = TakeLayer(found, at, of_rule);
    kept.insert(kept.end(), of_rule.begin(), of_rule.end());
  }
  std::vector<Detection> out;
  out.reserve(kept.size());
  for (const ScanHit& finding : kept) {
    const DetectorRule& from = *rules_[finding.rule];
    out.push_back({from.id, from.kind, finding.begin, finding.end,
                   finding.layer > 0 ? names[finding.layer - 1]
                   : finding.folded  ? "folded"
                                     : "text",
                   from.pack});
  }
  SortOnce(out, [](const Detection& a, const Detection& b) {
    return std::tie(a.begin, a.end, a.rule, a.view) < std::tie(b.begin, b.end, b.rule, b.view);
  });
  return out;
}

}  // namespace kedge::guards
