#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

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

  /// Takes each piece of the page in turn, e.g. a file's Write.
  using Sink = std::function<void(std::string_view)>;

  explicit HtmlWriter(Sink sink) : sink_(std::move(sink)) {}

  HtmlWriter(const HtmlWriter&) = delete;
  HtmlWriter& operator=(const HtmlWriter&) = delete;

  [[nodiscard]] Element Open(const char* tag, std::initializer_list<Attribute> attributes = {});
  /// An element that holds text only.
  void Leaf(const char* tag, std::string_view text,
            std::initializer_list<Attribute> attributes = {});
  /// An element without content, e.g. an SVG line.
  void Empty(const char* tag, std::initializer_list<Attribute> attributes);
  void Text(std::string_view text);
  /// Markup of this program's own, such as the style sheet; never outside text.
  void Literal(const char* markup) { Put(markup); }
  /// Markup that another HtmlWriter has written.
  void Trusted(std::string_view markup) { Put(markup); }
  /// Bytes written so far.
  std::size_t size() const { return size_; }
  /// Call when the page is whole. A sink that failed while an element closed itself (destructors
  /// must not throw) is reported here, or by the next write before that.
  void Finish();

 private:
  void Tag(const char* tag, std::initializer_list<Attribute> attributes, const char* end);

  void Put(std::string_view piece);
  void Close(const char* tag) noexcept;

  Sink sink_;
  std::size_t size_ = 0;
  std::exception_ptr failure_;
};

}  // namespace kedge::reports
