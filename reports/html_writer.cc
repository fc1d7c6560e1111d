#include "reports/html_writer.h"

#include "reports/xml_text.h"

namespace kedge::reports {

HtmlWriter::Element::~Element() { writer_.Close(tag_); }

void HtmlWriter::Put(std::string_view piece) {
  Finish();
  sink_(piece);
  size_ += piece.size();
}

void HtmlWriter::Close(const char* tag) noexcept {
  if (failure_) return;
  try {
    Put(std::string("</") + tag + ">\n");
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void HtmlWriter::Finish() {
  if (failure_) std::rethrow_exception(failure_);
}

HtmlWriter::Element HtmlWriter::Open(const char* tag, std::initializer_list<Attribute> attributes) {
  Tag(tag, attributes, ">");
  return Element(*this, tag);
}

void HtmlWriter::Leaf(const char* tag, std::string_view text,
                      std::initializer_list<Attribute> attributes) {
  const Element element = Open(tag, attributes);
  Text(text);
}

void HtmlWriter::Empty(const char* tag, std::initializer_list<Attribute> attributes) {
  Tag(tag, attributes, "/>\n");
}

void HtmlWriter::Text(std::string_view text) { Put(XmlEscape(text)); }

void HtmlWriter::Tag(const char* tag, std::initializer_list<Attribute> attributes,
                     const char* end) {
  std::string text = std::string("<") + tag;
  for (const Attribute& attribute : attributes) {
    text += std::string(" ") + attribute.name + "=\"" + XmlEscape(attribute.value) + "\"";
  }
  Put(text + end);
}

}  // namespace kedge::reports
