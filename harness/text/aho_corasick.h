#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge::text {

/// Finds all occurrences of many words in one pass (Aho and Corasick, CACM 1975), ASCII letters in
/// either case. Immutable after construction and shareable between threads.
class AhoCorasick {
 public:
  static constexpr std::size_t kMaxWord = 128;  ///< bytes of a word

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
    std::uint32_t state = 0;
    std::size_t at = 0;
    while (text.size() - at >= kShortText) {
      const std::size_t bytes = std::min(text.size() - at, kBlock) / kLanes * kLanes;
      state = RunLanes(text, at, bytes / kLanes, state, on_hit);
      at += bytes;
    }
    Run(text, at, text.size(), state, on_hit);
  }

  std::size_t states() const { return next_.size() >> shift_; }

 private:
  // Storage that begins with a line of the processor's cache.
  template <typename Item>
  struct OnCacheLines {
    using value_type = Item;
    static constexpr std::align_val_t kLine{64};
    OnCacheLines() = default;
    template <typename Other>
    explicit OnCacheLines(const OnCacheLines<Other>&) {}
    value_type* allocate(std::size_t count) {
      return static_cast<value_type*>(::operator new(count * sizeof(value_type), kLine));
    }
    void deallocate(value_type* from, std::size_t) { ::operator delete(from, kLine); }
    bool operator==(const OnCacheLines&) const = default;
  };
  using Hit = std::pair<std::uint32_t, std::size_t>;
  static constexpr std::size_t kLanes = 4;
  static constexpr std::size_t kShortText = 512;
  static constexpr std::size_t kBlock = 16384;  // the hits of a block stay in the cache
  static_assert(kShortText / kLanes >= kMaxWord);

  std::uint32_t Next(std::uint32_t state, char c) const {
    return next_[(state << shift_) + class_of_[static_cast<unsigned char>(c)]];
  }

  // Independent chains of look-ups overlap in time, `size` bytes each, the first from `begin` in
  // `state`. The others begin early enough to know every word that ends behind their first byte;
  // their hits are told after those of the lanes before. Returns the state behind the last byte.
  template <typename OnHit>
  std::uint32_t RunLanes(std::string_view text, std::size_t begin, std::size_t size,
                         std::uint32_t state, OnHit& on_hit) const {
    static thread_local std::array<std::vector<Hit>, kLanes> held;
    std::array<std::vector<Hit>, kLanes> hits;  // a scan in `on_hit` has its own
    hits.swap(held);
    std::array<std::uint32_t, kLanes> states{state};
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      hits[lane].clear();
      const std::size_t from = begin + lane * size;
      for (std::size_t i = from - longest_; i < from; ++i) {
        states[lane] = Next(states[lane], text[i]);
      }
    }
    Advance(text, begin, size, states, hits, on_hit);
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      for (const auto& [id, end] : hits[lane]) on_hit(id, end);
    }
    hits.swap(held);
    return states[kLanes - 1];
  }

  template <typename OnHit>
  void Advance(std::string_view text, std::size_t begin, std::size_t size,
               std::array<std::uint32_t, kLanes>& states,
               std::array<std::vector<Hit>, kLanes>& hits, OnHit& on_hit) const {
    const char* const at = text.data() + begin;
    std::uint32_t a = states[0], b = states[1], c = states[2], d = states[3];
    const auto hold = [&](std::size_t lane, std::uint32_t state, std::size_t i) {
      if (state < first_output_) return;
      const auto keep = [&](std::uint32_t id, std::size_t end) {
        hits[lane].emplace_back(id, end);
      };
      Report(state, begin + lane * size + i + 1, keep);
    };
    for (std::size_t i = 0; i < size; ++i) {
      a = Next(a, at[i]);
      b = Next(b, at[size + i]);
      c = Next(c, at[2 * size + i]);
      d = Next(d, at[3 * size + i]);
      if (std::max(std::max(a, b), std::max(c, d)) < first_output_) continue;
      if (a >= first_output_) Report(a, begin + i + 1, on_hit);
      hold(1, b, i);
      hold(2, c, i);
      hold(3, d, i);
    }
    states = {a, b, c, d};
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
  std::uint32_t first_output_ = 0;                                // states from here on end a word
  std::vector<std::uint16_t, OnCacheLines<std::uint16_t>> next_;  // [state][class]
  std::vector<std::uint32_t> output_begin_;  // of state first_output_ + i, in outputs_
  std::vector<std::uint32_t> outputs_;
};

}  // namespace kedge::text
