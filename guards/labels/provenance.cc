#include "guards/labels/provenance.h"

#include "guards/labels/folded_views.h"
#include "guards/labels/tokens.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

// Longer words are kept as their digest, so that memory is bounded in bytes as well.
constexpr std::size_t kMaxWordBytes = 128;

std::string LongWord(std::string_view word) { return "sha256:" + Sha256Hex(word); }

}  // namespace

void Provenance::Add(std::string_view text, LabelMask labels) {
  if (text.empty()) return;
  taint_ |= labels;
  try {
    const FoldedViews views = ViewsOf(text);
    AddFolded(views.folded, labels);
    for (const std::string& decoded : views.decoded) AddFolded(decoded, labels);
  } catch (const Error&) {
    AddFolded(AsciiFolded(text), labels);
    full_ = true;  // what its encoded parts say is not known
  }
}

void Provenance::AddFolded(std::string_view folded, LabelMask labels) {
  for (const std::string_view word : WordsOf(folded)) {
    AddWord(word, labels);
    for (const std::string_view piece : PiecesOf(word)) AddWord(piece, labels);
  }
}

void Provenance::AddWord(std::string_view word, LabelMask labels) {
  word = WithoutScheme(word);
  if (word.size() > kMaxWordBytes) return AddWord(LongWord(word), labels);
  if (const auto found = words_.find(word); found != words_.end()) {
    found->second |= labels;
  } else if (words_.size() >= kMaxWords) {
    full_ = true;
  } else {
    words_.emplace(word, labels);
  }
}

LabelMask Provenance::Find(std::string_view word) const {
  word = WithoutScheme(word);
  const auto found = word.size() > kMaxWordBytes ? words_.find(LongWord(word)) : words_.find(word);
  return found == words_.end() ? 0 : found->second;
}

void Provenance::Reset() {
  words_.clear();
  taint_ = 0;
  full_ = false;
}

}  // namespace kedge::guards
