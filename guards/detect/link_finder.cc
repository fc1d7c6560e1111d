#include "guards/detect/link_finder.h"

#include <algorithm>
#include <array>
#include <bit>

#include "harness/text/ascii.h"
#include "harness/text/byte_masks.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxUrl = 4096;
constexpr std::size_t kMaxGap = 256;  // between an attribute's name and its tag, label and target

bool IsUrlEnd(char c) {
  return text::IsAsciiSpace(c) || c == '<' || c == '>' || c == '"' || c == '`' || c == '\0';
}

bool StartsWithAnyCase(std::string_view text, std::size_t at, std::string_view word) {
  if (text.size() - at < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (text::AsciiLower(text[at + i]) != word[i]) return false;
  }
  return true;
}

bool IsForeign(std::string_view url) {
  static constexpr std::array<std::string_view, 6> kSchemes = {
      "http:", "https:", "ftp:", "ws:", "wss:", "//"};
  while (!url.empty() && static_cast<unsigned char>(url.front()) <= ' ') url.remove_prefix(1);
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](std::string_view scheme) { return StartsWithAnyCase(url, 0, scheme); }) ||
         url.starts_with("\\\\") || url.starts_with("/\\");
}

class LinkScan {
 public:
  explicit LinkScan(std::string_view text) : text_(text) {}

  std::vector<Link> Run() {
    for (std::size_t at = 0; at < text_.size(); at += 64) {
      const std::size_t bytes = std::min<std::size_t>(64, text_.size() - at);
      std::uint64_t signs = text::MaskOfAny(text_.data() + at, bytes, {']', '=', '(', ':'});
      for (; signs != 0 && links_.size() < kMaxLinks; signs &= signs - 1) {
        LookAt(at + static_cast<std::size_t>(std::countr_zero(signs)));
      }
    }
    std::stable_sort(links_.begin(), links_.end(),
                     [](const Link& a, const Link& b) { return a.begin < b.begin; });
    return std::move(links_);
  }

 private:
  void LookAt(std::size_t at) {
    switch (text_[at]) {
      case ']':
        return Bracket(at);
      case '=':
        return Attribute(at);
      case '(':
        if (at >= 3 && StartsWithAnyCase(text_, at - 3, "url")) Style(at);
        return;
      default:
        if (text_.substr(at, 3) == "://") Bare(at);
    }
  }

  // `](target)` and `]: target`.
  void Bracket(std::size_t at) {
    std::size_t target = at + 1;
    if (target >= text_.size() || (text_[target] != '(' && text_[target] != ':')) return;
    const bool reference = text_[target] == ':';
    target = SkipSpace(target + 1);
    const std::size_t end = TargetEnd(target, reference);
    const std::size_t open = OpeningBracket(at);
    const bool image = !reference && open > 0 && open != at && text_[open - 1] == '!';
    Add(reference ? "reference"
        : image   ? "image"
                  : "link",
        target, end, image ? open - 1 : open, end);
  }

  std::size_t SkipSpace(std::size_t at) const {
    while (at < text_.size() && text::IsAsciiSpace(text_[at])) ++at;
    return at;
  }

  // The target may be in angle brackets and then hold blanks.
  std::size_t TargetEnd(std::size_t& target, bool reference) const {
    const std::size_t limit = std::min(text_.size(), target + kMaxUrl);
    if (target < limit && text_[target] == '<') {
      ++target;
      std::size_t end = target;
      while (end < limit && text_[end] != '>' && text_[end] != '\n') ++end;
      return end;
    }
    std::size_t end = target;
    int depth = 0;
    for (; end < limit && !text::IsAsciiSpace(text_[end]); ++end) {
      if (text_[end] == '(') ++depth;
      if (text_[end] == ')' && depth-- == 0 && !reference) break;
    }
    return end;
  }

  // The nearest `[` before `at`, not too far; `at` itself when there is none.
  std::size_t OpeningBracket(std::size_t at) const {
    const std::size_t first = at - std::min(at, kMaxGap);
    for (std::size_t i = at; i > first; --i) {
      if (text_[i - 1] == '[') return i - 1;
    }
    return at;
  }

  // `name = value` of an attribute that makes a browser fetch or go.
  void Attribute(std::size_t at) {
    static constexpr std::array<std::string_view, 9> kNames = {
        "src", "href", "srcset", "data", "poster", "background", "action", "formaction", "content"};
    std::size_t name_end = at;
    while (name_end > 0 && text::IsAsciiSpace(text_[name_end - 1]) && at - name_end < 8) --name_end;
    const bool known = std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
      return name_end > name.size() && StartsWithAnyCase(text_, name_end - name.size(), name);
    });
    if (!known) return;
    std::size_t begin = SkipSpace(at + 1);
    const bool escaped = begin < text_.size() && text_[begin] == '\\';  // inside a JSON string
    if (escaped) ++begin;
    const char quote = begin < text_.size() ? text_[begin] : ' ';
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) ++begin;
    const std::size_t limit = std::min(text_.size(), begin + kMaxUrl);
    std::size_t end = begin;
    while (end < limit && (quoted ? text_[end] != quote : !IsUrlEnd(text_[end]))) ++end;
    if (escaped && end > begin && text_[end - 1] == '\\') --end;
    // `<meta content="0;url=...">` and `srcset` hold more than a URL.
    std::size_t url = begin;
    for (std::size_t i = begin; i + 4 < end && i < begin + 16; ++i) {
      if (StartsWithAnyCase(text_, i, "url=")) url = i + 4;
    }
    Add("html", url, end, name_end, end);
  }

  // `url(...)` in a style.
  void Style(std::size_t at) {
    std::size_t begin = SkipSpace(at + 1);
    if (begin < text_.size() && (text_[begin] == '"' || text_[begin] == '\'')) ++begin;
    const std::size_t limit = std::min(text_.size(), begin + kMaxUrl);
    std::size_t end = begin;
    while (end < limit && text_[end] != ')' && text_[end] != '"' && text_[end] != '\'') ++end;
    Add("html", begin, end, at - 3, end);
  }

  void Bare(std::size_t at) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 6 && text::AsciiLower(text_[begin - 1]) >= 'a' &&
           text::AsciiLower(text_[begin - 1]) <= 'z') {
      --begin;
    }
    const std::size_t limit = std::min(text_.size(), at + kMaxUrl);
    std::size_t end = at;
    while (end < limit && !IsUrlEnd(text_[end]) && text_[end] != ')' && text_[end] != ']') ++end;
    while (end > at &&
           std::string_view(".,;:!?'*\\").find(text_[end - 1]) != std::string_view::npos) {
      --end;
    }
    if (begin >= covered_) Add("autolink", begin, end, begin, end);
  }

  void Add(const char* shape, std::size_t url, std::size_t url_end, std::size_t begin,
           std::size_t end) {
    if (url >= url_end) return;
    const std::string_view target = text_.substr(url, url_end - url);
    if (!IsForeign(target)) return;
    covered_ = std::max(covered_, end);
    Link link;
    link.shape = shape;
    link.url = std::string(target);
    link.host = HostOfUrl(target);
    link.begin = begin;
    link.end = std::min(text_.size(), end + (end < text_.size() && text_[end] == ')' ? 1 : 0));
    links_.push_back(std::move(link));
  }

  std::string_view text_;
  std::vector<Link> links_;
  std::size_t covered_ = 0;  // a bare URL before this byte is part of a link already found
};

}  // namespace

std::vector<Link> FindLinks(std::string_view text) { return LinkScan(text).Run(); }

std::vector<Link> FindForeignLinks(std::string_view text, const HostList& allowed) {
  std::vector<Link> links = FindLinks(text);
  std::erase_if(links, [&](const Link& link) { return allowed.Allows(link.host); });
  return links;
}

}  // namespace kedge::guards
