#include "guards/change/rules.h"
#include "harness/text/hidden_characters.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

std::string CodePoint(char32_t c) {
  if (c == 0) return "";
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string hex;
  for (auto rest = static_cast<std::uint32_t>(c); rest != 0 || hex.size() < 4; rest >>= 4) {
    hex.insert(hex.begin(), kDigits[rest & 15U]);
  }
  return " U+" + hex;
}

void CheckText(ChangeContext& context, const std::string& what, const std::string& text) {
  const auto hidden = text::FindHiddenCharacter(text);
  if (!hidden) return;
  context.Report(kHiddenRule, what,
                 hidden->what + CodePoint(hidden->code_point) + " at byte " +
                     std::to_string(hidden->offset) + " of \"" + Elided(text) + "\"");
}

void CheckTexts(ChangeContext& context, const std::string& what, const Json& value) {
  if (value.is_string()) CheckText(context, what, value.get_ref<const std::string&>());
  if (!value.is_structured()) return;
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (value.is_object()) CheckText(context, what, member.key());
    CheckTexts(context, what, *member);
  }
}

// Texts that people read and models follow: an image or a tag in them can carry data out unseen.
void CheckMarkup(ChangeContext& context, const strategy::Change& change) {
  static const text::Pattern kMarkup =
      text::Pattern::Compile(R"(!\[[^\]]*\]\s*[(\[]|<[A-Za-z/!][^<>]*>)");
  const Json& text = Member(change.after, "text");
  if (!text.is_string() || !kMarkup.Matches(text.get_ref<const std::string&>())) return;
  context.Report(kHiddenRule, change.what, "the text holds a Markdown image or an HTML tag");
}

}  // namespace

void CheckHidden(ChangeContext& context) {
  for (const strategy::Change& change : context.changes) {
    CheckText(context, change.what, change.what);
    CheckTexts(context, change.what, change.after);
    if (change.after.is_object()) CheckMarkup(context, change);
  }
}

}  // namespace kedge::guards
