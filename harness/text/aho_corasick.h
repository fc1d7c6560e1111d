#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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

  /// Throws Error(kBadData) when a word is empty or has more than 128 bytes or the automaton needs
  /// more than 65,535 states.
  explicit AhoCorasick(const std::vector<Word>& words);

  /// Calls on_hit(id, end): a word ends before byte `end`; in the order of `end`. O(bytes + hits).
  template <typename OnHit>
  void Scan(std::string_view text, OnHit on_hit) const {
    if (text.size() < kTwoLanes) {
      Run(text, 0, text.size(), 0, on_hit);
      return;
    }
    // Two independent chains of look-ups overlap in time. The second begins early enough to know
    // every word that ends behind the middle; its hits are told after the first one's.
    const std::size_t middle = text.size() / 2;
    std::size_t late = middle - longest_;
    std::uint32_t first = 0, second = 0;
    for (; late < middle; ++late) second = Next(second, text[late]);
    static thread_local std::vector<std::pair<std::uint32_t, std::size_t>> held;
    std::vector<std::pair<std::uint32_t, std::size_t>> behind;
    behind.swap(held);
    behind.clear();
    const auto hold = [&](std::uint32_t id, std::size_t end) { behind.emplace_back(id, end); };
    for (std::size_t i = 0; i < middle; ++i) {
      first = Next(first, text[i]);
      second = Next(second, text[middle + i]);
      if (first >= first_output_) Report(first, i + 1, on_hit);
      if (second >= first_output_) Report(second, middle + i + 1, hold);
    }
    for (const auto& [id, end] : behind) on_hit(id, end);
    behind.swap(held);
    Run(text, 2 * middle, text.size(), second, on_hit);
  }

  std::size_t states() const { return next_.size() >> shift_; }

 private:
  static constexpr std::size_t kTwoLanes = 512;

  std::uint32_t Next(std::uint32_t state, char c) const {
    return next_[(state << shift_) + class_of_[static_cast<unsigned char>(c)]];
  }

  template <typename OnHit>
  void Run(std::string_view text, std::size_t begin, std::size_t end, std::uint32_t state,
           OnHit& on_hit) const {
    for (std::size_t i = begin; i < end; ++i) {
      state = Next(state, text[i]);
      if (state >= first_output_) Report(state, i + 1, on_hit);
    }
  }

  template <typename OnHit>
  void Report(std::uint32_t state, std::size_t end, OnHit& on_hit) const {
    const std::uint32_t at = state - first_output_;
    for (std::uint32_t i = output_begin_[at]; i < output_begin_[at + 1]; ++i) {
      on_hit(outputs_[i], end);
    }
  }

  std::array<std::uint8_t, 256> class_of_{};
  std::size_t longest_ = 0;  // bytes of the longest word
  unsigned shift_ = 0;
  std::uint32_t first_output_ = 0;           // states from here on end a word
  std::vector<std::uint16_t> next_;          // [state][class]
  std::vector<std::uint32_t> output_begin_;  // of state first_output_ + i, in outputs_
  std::vector<std::uint32_t> outputs_;
};

}  // namespace kedge::text
