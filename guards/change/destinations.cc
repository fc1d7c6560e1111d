#include <algorithm>
#include <array>
#include <set>

#include "guards/change/added_text.h"
#include "guards/change/rules.h"
#include "harness/text/pattern.h"
#include "harness/text/views.h"

namespace kedge::guards {
namespace {

struct Shape {
  const char* what;
  text::Pattern pattern;  // the destination is its group, else the whole match
};

// Places that data could be sent to or fetched from. They are read off folded text.
const std::vector<Shape>& Shapes() {
  static const std::vector<Shape> kShapes = {
      {"e-mail address", text::Pattern::Compile(R"(\b[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)")},
      {"host", text::Pattern::Compile(R"(\b[a-z][a-z0-9+.-]*://([^\s/"'<>)\]]+))")},
      {"host",
       text::Pattern::Compile(
           R"((?:^|[^@a-z0-9_.-])((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+)"
           R"((?:com|org|net|io|dev|app|ai|co|me|info|biz|xyz|site|online|cloud|link|top|ru|cn|de|uk|fr|nl|eu|us|tk|to|ly|sh|gg|onion))\b)")},
      {"host", text::Pattern::Compile(R"(\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b)")},
      {"host", text::Pattern::Compile(R"(\[?\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b)")},
      {"bank account",
       text::Pattern::Compile(R"(\b[a-z]{2}[0-9]{2} ?(?:[a-z0-9]{4} ?){2,7}[a-z0-9]{1,4}\b)")},
      {"phone number",
       text::Pattern::Compile(R"((?:^|[^0-9a-z])((?:\+|00)[1-9][0-9 ()/.-]{6,}[0-9]))")},
      {"phone number",
       text::Pattern::Compile(R"((?:^|[^0-9a-z])(\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4})\b)")},
      {"path", text::Pattern::Compile(R"((?:^|[\s"'(=:,])((?:~|\.{1,2})?/[a-z0-9_.~-]+)"
                                      R"((?:/[a-z0-9_.~-]*)*))")},
      {"path", text::Pattern::Compile(R"(\b[a-z]:\\[^\s"']+|\\\\[a-z0-9_.-]+\\[^\s"']+)")},
      {"environment variable",
       text::Pattern::Compile(R"(\$\{?[a-z_][a-z0-9_]{2,}\}?|%[a-z_][a-z0-9_]{2,}%)")}};
  return kShapes;
}

// Names in capitals are told from words only before the text is folded.
const text::Pattern& CapitalName() {
  static const text::Pattern kPattern =
      text::Pattern::Compile(R"(\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b)");
  return kPattern;
}

using Destinations = std::vector<std::pair<std::string, std::string>>;  // what, where

void FindIn(std::string_view text, const char* what, const text::Pattern& pattern,
            Destinations& found) {
  text::Pattern::Span span;
  for (std::size_t from = 0; pattern.FindSpan(text, from, text.size(), 0, span); from = span.end) {
    found.emplace_back(what, text.substr(span.value_begin, span.value_end - span.value_begin));
  }
}

Destinations Find(const std::string& text) {
  Destinations found;
  FindIn(text, "environment variable", CapitalName(), found);
  for (const text::View& view : text::MakeViews(text)) {
    if (view.name == "text" || view.name == "skeleton") continue;
    for (const Shape& shape : Shapes()) FindIn(view.text, shape.what, shape.pattern, found);
  }
  return found;
}

std::set<std::string> Known(const ChangeContext& context) {
  std::set<std::string> known(context.policy.allowed_destinations.begin(),
                              context.policy.allowed_destinations.end());
  for (const std::string_view layer : strategy::kLayerNames) {
    for (const std::string& text : Strings(context.base.layer(layer))) {
      for (auto& [what, where] : Find(text)) known.insert(std::move(where));
    }
  }
  return known;
}

}  // namespace

void CheckDestinations(ChangeContext& context) {
  const std::set<std::string> known = Known(context);
  for (const AddedText& added : context.added) {
    if (!added.spoken) continue;
    for (const auto& [what, where] : Find(added.text)) {
      if (known.contains(where)) continue;
      context.Report(
          kDestinationsRule, added.what,
          "the text brings a new " + what + ": " + Elided(where) +
              "; only those of the champion and of the policy's allow-list may be named");
      break;
    }
  }
}

}  // namespace kedge::guards
