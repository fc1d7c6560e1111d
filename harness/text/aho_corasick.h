#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::text {

/// Finds all occurrences of many words in one pass (Aho and Corasick, CACM 1975), ASCII letters in
/// either case. Immutable after construction and shareable between threads.
class AhoCorasick {
 public:
  struct Word {
    std::string text;  ///< not empty
    std::uint32_t id = 0;
  };

  /// Throws Error(kBadData) when a word is empty or the automaton needs more than 65,535 states.
  explicit AhoCorasick(const std::vector<Word>& words);

  /// Calls on_hit(id, end): a word ends before byte `end`. O(bytes + hits), no allocation.
  template <typename OnHit>
  void Scan(std::string_view text, OnHit on_hit) const {
    std::uint32_t state = 0;
    const std::uint16_t* next = next_.data();
    for (std::size_t i = 0; i < text.size(); ++i) {
      state = next[(state << shift_) + class_of_[static_cast<unsigned char>(text[i])]];
      if (state >= first_output_) Report(state, i + 1, on_hit);
    }
  }

  std::size_t states() const { return next_.size() >> shift_; }

 private:
  template <typename OnHit>
  void Report(std::uint32_t state, std::size_t end, OnHit& on_hit) const {
    const std::uint32_t at = state - first_output_;
    for (std::uint32_t i = output_begin_[at]; i < output_begin_[at + 1]; ++i) {
      on_hit(outputs_[i], end);
    }
  }

  std::array<std::uint8_t, 256> class_of_{};
  unsigned shift_ = 0;
  std::uint32_t first_output_ = 0;           // states from here on end a word
  std::vector<std::uint16_t> next_;          // [state][class]
  std::vector<std::uint32_t> output_begin_;  // of state first_output_ + i, in outputs_
  std::vector<std::uint32_t> outputs_;
};

}  // namespace kedge::text
