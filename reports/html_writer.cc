#include "reports/html_writer.h"

#include "reports/xml_text.h"

namespace kedge::reports {

HtmlWriter::Element::~Element() {
  writer_.file_.Write("</");
  writer_.file_.Write(tag_);
  writer_.file_.Write(">\n");
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

void HtmlWriter::Text(std::string_view text) { file_.Write(XmlEscape(text)); }

void HtmlWriter::Tag(const char* tag, std::initializer_list<Attribute> attributes,
                     const char* end) {
  std::string text = std::string("<") + tag;
  for (const Attribute& attribute : attributes) {
    text += std::string(" ") + attribute.name + "=\"" + XmlEscape(attribute.value) + "\"";
  }
  file_.Write(text + end);
}

}  // namespace kedge::reports
