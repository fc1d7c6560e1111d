#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/atomic_file.h"

namespace kedge::reports {

/// Writes HTML so that outside text cannot become markup: every text and attribute value is
/// escaped, tags and attribute names are literals of this program. Elements close themselves at the
/// end of their scope, so the page is always balanced.
class HtmlWriter {
 public:
  /// Closes its element when it goes out of scope.
  class Element {
   public:
    Element(Element&&) = delete;
    ~Element();

   private:
    friend class HtmlWriter;
    Element(HtmlWriter& writer, const char* tag) : writer_(writer), tag_(tag) {}
    HtmlWriter& writer_;
    const char* tag_;
  };

  struct Attribute {
    const char* name;
    std::string value;
  };

  explicit HtmlWriter(AtomicFile& file) : file_(file) {}

  [[nodiscard]] Element Open(const char* tag, std::initializer_list<Attribute> attributes = {});
  /// An element that holds text only.
  void Leaf(const char* tag, std::string_view text,
            std::initializer_list<Attribute> attributes = {});
  /// An element without content, e.g. an SVG line.
  void Empty(const char* tag, std::initializer_list<Attribute> attributes);
  void Text(std::string_view text);
  /// Markup of this program's own, such as the style sheet; never outside text.
  void Literal(const char* markup) { file_.Write(markup); }

 private:
  void Tag(const char* tag, std::initializer_list<Attribute> attributes, const char* end);

  AtomicFile& file_;
};

}  // namespace kedge::reports
