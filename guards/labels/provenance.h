#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "guards/labels/label_names.h"

namespace kedge::guards {

/// Where the words of one episode came from: for each word the labels of all texts it was seen in.
/// Not thread-safe. Bounded: after kMaxWords distinct words, or a text whose views outgrow their
/// limit, it is full: it may miss words and says so; what it holds stays true.
class Provenance {
 public:
  static constexpr std::size_t kMaxWords = std::size_t{1} << 16;

  /// Takes note of every word of `text` and of its decoded views. O(bytes).
  void Add(std::string_view text, LabelMask labels);
  /// Labels of all texts that held the folded `word` (URL schemes apart); 0 when it was never seen.
  LabelMask Find(std::string_view word) const;
  /// Labels of all texts seen.
  LabelMask taint() const { return taint_; }
  /// For a text that was seen but cannot be read.
  void Taint(LabelMask labels) { taint_ |= labels; }
  bool full() const { return full_; }
  void Reset();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  void AddFolded(std::string_view folded, LabelMask labels);
  void AddWord(std::string_view word, LabelMask labels);

  std::unordered_map<std::string, LabelMask, Hash, std::equal_to<>> words_;
  LabelMask taint_ = 0;
  bool full_ = false;
};

}  // namespace kedge::guards
