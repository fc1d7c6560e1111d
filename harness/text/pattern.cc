#include "harness/text/pattern.h"

#include <re2/re2.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::text {
namespace {

constexpr std::size_t kQuotedBytes = 80;

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ViewOf(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

RE2::Options ToRe2(const Pattern::Options& options) {
  RE2::Options out;
  out.set_log_errors(false);
  out.set_case_sensitive(options.case_sensitive);
  out.set_max_mem(options.max_mem);
  return out;
}

}  // namespace

struct Pattern::Impl {
  Impl(std::string_view text, const Options& options)
      : expression(text), regex(Piece(text), ToRe2(options)) {}

  std::string expression;
  RE2 regex;
  std::vector<std::string> names;  // in order of position
  std::vector<int> positions;      // of the names, ascending
};

std::optional<std::string_view> PatternMatch::Group(std::string_view name) const {
  for (const auto& [group, value] : groups) {
    if (group == name) return value;
  }
  return std::nullopt;
}

Pattern Pattern::Compile(std::string_view expression, const Options& options) {
  auto impl = std::make_shared<Impl>(expression, options);
  if (!impl->regex.ok()) {
    throw BadData("pattern '" + EscapeControls(Elide(expression, kQuotedBytes)) +
                  "': " + EscapeControls(impl->regex.error()) +
                  " (RE2 syntax; look-around and back-references do not exist)");
  }
  for (const auto& [position, name] : impl->regex.CapturingGroupNames()) {
    impl->positions.push_back(position);
    impl->names.push_back(name);
  }
  return Pattern(std::move(impl));
}

bool Pattern::Matches(std::string_view text) const {
  return RE2::PartialMatch(Piece(text), impl_->regex);
}

bool Pattern::FullMatch(std::string_view text) const {
  return RE2::FullMatch(Piece(text), impl_->regex);
}

std::optional<PatternMatch> Pattern::Search(std::string_view text, std::size_t from) const& {
  if (from > text.size()) return std::nullopt;
  const int wanted = impl_->positions.empty() ? 1 : impl_->positions.back() + 1;
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(wanted));
  if (!impl_->regex.Match(Piece(text), from, text.size(), RE2::UNANCHORED, found.data(), wanted)) {
    return std::nullopt;
  }
  PatternMatch match;
  match.begin = static_cast<std::size_t>(found[0].data() - text.data());
  match.end = match.begin + found[0].size();
  for (std::size_t i = 0; i < impl_->names.size(); ++i) {
    const re2::StringPiece& piece = found[static_cast<std::size_t>(impl_->positions[i])];
    if (piece.data() != nullptr) match.groups.emplace_back(impl_->names[i], ViewOf(piece));
  }
  return match;
}

bool Pattern::FindSpan(std::string_view text, std::size_t from, std::size_t to, int group,
                       Span& found) const {
  return FindFrom(text, from, to, group, false, found);
}

bool Pattern::MatchAt(std::string_view text, std::size_t from, std::size_t to, int group,
                      Span& found) const {
  return FindFrom(text, from, to, group, true, found);
}

bool Pattern::FindFrom(std::string_view text, std::size_t from, std::size_t to, int group,
                       bool anchored, Span& found) const {
  constexpr int kGroups = 4;
  re2::StringPiece groups[kGroups];
  const int wanted = std::min(impl_->regex.NumberOfCapturingGroups() + 1, kGroups);
  const RE2::Anchor anchor = anchored ? RE2::ANCHOR_START : RE2::UNANCHORED;
  if (!impl_->regex.Match(Piece(text), from, to, anchor, groups, wanted)) return false;
  const re2::StringPiece* value = &groups[0];
  if (group > 0 && group < wanted) value = &groups[group];
  for (int i = 1; group == 0 && i < wanted && value == &groups[0]; ++i) {
    if (!groups[i].empty()) value = &groups[i];
  }
  if (value->data() == nullptr) value = &groups[0];
  found.begin = static_cast<std::size_t>(groups[0].data() - text.data());
  found.end = found.begin + groups[0].size();
  found.value_begin = static_cast<std::size_t>(value->data() - text.data());
  found.value_end = found.value_begin + value->size();
  return true;
}

const std::string& Pattern::expression() const { return impl_->expression; }
const std::vector<std::string>& Pattern::group_names() const { return impl_->names; }

std::string Pattern::Escape(std::string_view text) { return RE2::QuoteMeta(Piece(text)); }

}  // namespace kedge::text
