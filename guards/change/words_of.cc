#include "guards/change/words_of.h"

#include "harness/text/views.h"

namespace kedge::guards {
namespace {

bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') ||
         (byte >= 'a' && byte <= 'z');
}

std::string Folded(std::string_view text) {
  for (text::View& view : text::MakeViews(text)) {
    if (view.name == "folded") return std::move(view.text);
  }
  return std::string(text);
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : Folded(text)) {
    if (IsWordByte(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

void ForEachPhrase(const std::vector<std::string>& words, std::size_t count,
                   const std::function<void(const std::string&)>& see) {
  for (std::size_t begin = 0; begin + count <= words.size(); ++begin) {
    std::string phrase = words[begin];
    for (std::size_t i = begin + 1; i < begin + count; ++i) phrase += ' ' + words[i];
    see(phrase);
  }
}

}  // namespace kedge::guards
