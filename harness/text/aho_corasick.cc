#include "harness/text/aho_corasick.h"

#include <algorithm>
#include <numeric>

#include "harness/core/error.h"
#include "harness/text/ascii.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMaxStates = 65535;

// The trie with its failure links resolved into a complete automaton.
struct Automaton {
  unsigned classes = 1;  // class 0: bytes in no word
  std::vector<std::uint32_t> next;
  std::vector<std::vector<std::uint32_t>> outputs;

  std::uint32_t NewState() {
    next.resize(next.size() + classes, 0);
    outputs.emplace_back();
    if (outputs.size() > kMaxStates) throw BadData("too many keywords for one automaton");
    return static_cast<std::uint32_t>(outputs.size() - 1);
  }
};

// Bytes that are in many words get the first numbers: what a text often asks a state for then
// stands on one line of the processor's cache.
std::array<std::uint8_t, 256> Classes(const std::vector<AhoCorasick::Word>& words,
                                      unsigned& count) {
  std::array<std::uint32_t, 256> uses{};
  for (const AhoCorasick::Word& word : words) {
    if (word.text.empty() || word.text.size() > AhoCorasick::kMaxWord) {
      throw BadData("a keyword has 1 to 128 bytes, not " + std::to_string(word.text.size()));
    }
    for (const char c : word.text) ++uses[static_cast<unsigned char>(AsciiLower(c))];
  }
  std::vector<std::size_t> bytes;
  for (std::size_t byte = 0; byte < uses.size(); ++byte) {
    if (uses[byte] > 0) bytes.push_back(byte);
  }
  std::stable_sort(bytes.begin(), bytes.end(),
                   [&](std::size_t a, std::size_t b) { return uses[a] > uses[b]; });
  std::array<std::uint8_t, 256> class_of{};
  for (const std::size_t byte : bytes) class_of[byte] = static_cast<std::uint8_t>(count++);
  for (int c = 'A'; c <= 'Z'; ++c) class_of[static_cast<std::size_t>(c)] = class_of[c + 32];
  return class_of;
}

void AddWord(const AhoCorasick::Word& word, const std::array<std::uint8_t, 256>& class_of,
             Automaton& automaton) {
  std::uint32_t state = 0;
  for (const char c : word.text) {
    const std::size_t at =
        state * automaton.classes + class_of[static_cast<unsigned char>(AsciiLower(c))];
    if (automaton.next[at] == 0) {
      const std::uint32_t made = automaton.NewState();
      automaton.next[at] = made;
    }
    state = automaton.next[at];
  }
  automaton.outputs[state].push_back(word.id);
}

void ResolveFailures(Automaton& automaton) {
  std::vector<std::uint32_t> fail(automaton.outputs.size(), 0), queue;
  for (unsigned c = 0; c < automaton.classes; ++c) {
    if (automaton.next[c] != 0) queue.push_back(automaton.next[c]);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint32_t state = queue[head];
    const auto& inherited = automaton.outputs[fail[state]];
    automaton.outputs[state].insert(automaton.outputs[state].end(), inherited.begin(),
                                    inherited.end());
    for (unsigned c = 0; c < automaton.classes; ++c) {
      const std::uint32_t on_failure = automaton.next[fail[state] * automaton.classes + c];
      std::uint32_t& target = automaton.next[state * automaton.classes + c];
      if (target == 0) {
        target = on_failure;
      } else {
        fail[target] = on_failure;
        queue.push_back(target);
      }
    }
  }
}

}  // namespace

AhoCorasick::AhoCorasick(const std::vector<Word>& words) {
  Automaton automaton;
  class_of_ = Classes(words, automaton.classes);
  automaton.NewState();
  for (const Word& word : words) {
    AddWord(word, class_of_, automaton);
    longest_ = std::max(longest_, word.text.size());
  }
  ResolveFailures(automaton);

  // States that end a word are numbered last, so that one comparison finds them.
  const std::size_t states = automaton.outputs.size();
  std::vector<std::uint32_t> order(states), number(states);
  std::iota(order.begin(), order.end(), 0);
  const auto first = std::stable_partition(
      order.begin(), order.end(), [&](std::uint32_t s) { return automaton.outputs[s].empty(); });
  first_output_ = static_cast<std::uint32_t>(first - order.begin());
  for (std::size_t i = 0; i < states; ++i) number[order[i]] = static_cast<std::uint32_t>(i);

  while ((1U << shift_) < automaton.classes) ++shift_;
  next_.assign(states << shift_, 0);
  for (std::size_t i = 0; i < states; ++i) {
    for (unsigned c = 0; c < automaton.classes; ++c) {
      next_[(i << shift_) + c] =
          static_cast<std::uint16_t>(number[automaton.next[order[i] * automaton.classes + c]]);
    }
  }
  for (std::size_t i = first_output_; i < states; ++i) {
    output_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
    const auto& ids = automaton.outputs[order[i]];
    outputs_.insert(outputs_.end(), ids.begin(), ids.end());
  }
  output_begin_.push_back(static_cast<std::uint32_t>(outputs_.size()));
}

}  // namespace kedge::text
