#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json_number.h"
#include "harness/core/utf8.h"
#include "harness/core/value_lines.h"

namespace kedge {
namespace {

std::int64_t LineOf(const YAML::Mark& mark) { return mark.line + 1; }

// Builds the value from yaml-cpp's events rather than from its nodes, which lose duplicate keys,
// expand aliases without bound and guess types by YAML 1.1.
class YamlBuilder : public YAML::EventHandler {
 public:
  YamlBuilder(std::string_view text, std::string_view source, std::size_t max_depth, Json& root,
              ValueLines& lines)
      : text_(text), source_(source), max_depth_(max_depth), root_(root), lines_(lines) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    // yaml-cpp starts a new document where the text stops fitting the one before, too.
    const bool marked = SourceAt(mark).starts_with("---");
    Throw(LineOf(mark), marked ? "a second document; a file holds one"
                               : "text that is not part of the value above; check the indentation");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RejectAnchor(mark, anchor);
    // yaml-cpp reports ~, Null and NULL too; in the JSON schema those are text.
    for (const std::string_view text : {"~", "null", "Null", "NULL"}) {
      if (!SourceAt(mark).starts_with(text)) continue;
      return TakeScalar(mark, std::string(text), text == "null" ? Json() : Json(text));
    }
    if (ExpectsKey()) Throw(LineOf(mark), "a key is missing before ':'");
    if (!frames_.empty() && frames_.back().flow) {
      Throw(LineOf(mark), "a value is missing between brackets or braces");
    }
    Place(mark, nullptr);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Throw(LineOf(mark), "aliases (*name) are not allowed; repeat the value");
  }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override { RejectAnchor(mark, 1); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RejectAnchor(mark, anchor);
    // yaml-cpp gives a quoted scalar the tag "!", which may also be written out.
    const bool quoted = tag == "!" && !SourceAt(mark).starts_with('!');
    if (!quoted) RejectTag(mark, tag);
    if (!quoted && value == "<<" && ExpectsKey()) {
      Throw(LineOf(mark), "merge keys (<<) are not allowed; write the members out");
    }
    TakeScalar(mark, value, quoted ? Json(value) : PlainValue(mark, value));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, style, Json::array());
  }
  void OnSequenceEnd() override {
    // Only now, because the vector moves its elements while it grows.
    const auto& elements = frames_.back().container->get_ref<const Json::array_t&>();
    const auto& element_lines = frames_.back().element_lines;
    for (std::size_t i = 0; i < elements.size(); ++i) Register(elements[i], element_lines[i]);
    frames_.pop_back();
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, style, Json::object());
  }
  void OnMapEnd() override { frames_.pop_back(); }

 private:
  struct Frame {
    Frame(Json* opened, bool is_flow) : container(opened), flow(is_flow) {}
    Json* container;
    bool flow;  // [...] or {...}
    bool has_key = false;
    std::string key;
    std::int64_t key_line = 0;
    int key_column = 0;
    std::vector<std::int64_t> element_lines;
  };

  bool ExpectsKey() const {
    return !frames_.empty() && frames_.back().container->is_object() && !frames_.back().has_key;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style, Json empty) {
    RejectAnchor(mark, anchor);
    RejectTag(mark, tag);
    if (ExpectsKey()) Throw(LineOf(mark), "a key must be text; is a bracket or brace not closed?");
    if (frames_.size() >= max_depth_) {
      Throw(LineOf(mark), "nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    // A list of "- " may stand right below its key; all else must be indented.
    const bool is_block_list = empty.is_array() && style == YAML::EmitterStyle::Block;
    if (!is_block_list) CheckIndented(mark);
    Json* placed = Place(mark, std::move(empty));
    frames_.push_back(Frame(placed, style == YAML::EmitterStyle::Flow));
  }

  void TakeScalar(const YAML::Mark& mark, const std::string& text, Json value) {
    if (!ExpectsKey()) {
      CheckIndented(mark);
      Place(mark, std::move(value));
      return;
    }
    Frame& frame = frames_.back();
    if (frame.container->contains(text)) {
      Throw(LineOf(mark), "key \"" + EscapeControls(Elide(text, 60)) + "\" is written twice");
    }
    frame.has_key = true;
    frame.key = text;
    frame.key_line = LineOf(mark);
    frame.key_column = mark.column;
  }

  // yaml-cpp takes a line that ought to be the next member for the value of the one before.
  void CheckIndented(const YAML::Mark& mark) const {
    if (frames_.empty() || !frames_.back().has_key || frames_.back().flow) return;
    if (LineOf(mark) == frames_.back().key_line || mark.column > frames_.back().key_column) return;
    Throw(LineOf(mark), "expected a key and ':', or more indentation");
  }

  Json* Place(const YAML::Mark& mark, Json value) {
    if (++nodes_ > lines_.max_nodes) Throw(LineOf(mark), "too many values for a document");
    if (frames_.empty()) {
      root_ = std::move(value);
      Register(root_, LineOf(mark));
      return &root_;
    }
    Frame& frame = frames_.back();
    if (frame.container->is_array()) {
      frame.element_lines.push_back(LineOf(mark));
      return &frame.container->get_ref<Json::array_t&>().emplace_back(std::move(value));
    }
    frame.has_key = false;
    Json& member = (*frame.container)[frame.key];
    member = std::move(value);
    Register(member, frame.key_line);
    return &member;
  }

  void Register(const Json& value, std::int64_t line) { lines_.lines.emplace(&value, line); }

  Json PlainValue(const YAML::Mark& mark, const std::string& text) const {
    if (text == "true") return true;
    if (text == "false") return false;
    const NumberToken token = ScanNumber(text);
    if (token.length != text.size()) return text;
    Json number;
    if (!ReadNumber(text, token.integral, number) && !ExpectsKey()) {
      Throw(LineOf(mark), "number " + Elide(text, 40) + " is out of range; quote it to keep it");
    }
    return number;
  }

  std::string_view SourceAt(const YAML::Mark& mark) const {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    return at < text_.size() ? text_.substr(at) : std::string_view();
  }

  void RejectAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) Throw(LineOf(mark), "anchors (&name) are not allowed; repeat the value");
  }

  void RejectTag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?") return;
    Throw(LineOf(mark), "tags (" + EscapeControls(Elide(tag, 60)) + ") are not allowed; remove it");
  }

  [[noreturn]] void Throw(std::int64_t line, std::string message) const {
    throw BadData(std::move(message)).At(std::string(source_), line);
  }

  const std::string_view text_;
  const std::string_view source_;
  const std::size_t max_depth_;
  Json& root_;
  ValueLines& lines_;
  std::vector<Frame> frames_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// yaml-cpp would guess another encoding from NUL bytes and pass control characters through.
void CheckYamlText(std::string_view text, std::string_view source) {
  std::int64_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = DecodeUtf8(text, at);
    const bool control =
        (c.value < 0x20 && c.value != '\t' && c.value != '\n' && c.value != '\r') ||
        c.value == 0x7F;
    if (!c.valid) throw BadData("invalid UTF-8").At(std::string(source), line);
    if (control) {
      throw BadData("control character " + EscapeControls(text.substr(at, 1)) +
                    "; write it as an escape in double quotes")
          .At(std::string(source), line);
    }
    if (c.value == '\n') ++line;
    at += c.length;
  }
}

// yaml-cpp skips directives that it does not know, and in the middle of a document all of them.
void RejectDirectives(std::string_view text, std::string_view source) {
  for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size()) + 1) {
    if (text[at] != '%') continue;
    throw BadData("a line that starts with %; remove the directive, or indent or quote the text")
        .At(std::string(source), 1 + std::count(text.begin(), text.begin() + at, '\n'));
  }
}

// yaml-cpp takes a line break and the end of the file for the end of a quoted text. With a comment
// behind the last line it does not. A last line without a line break is read as if it had one.
std::string WithLastComment(std::string_view text) {
  return std::string(text) + (text.ends_with('\n') ? "#" : "\n#");
}

std::string YamlProblem(const YAML::Exception& e) {
  if (e.msg == YAML::ErrorMsg::DOC_IN_SCALAR || e.msg == YAML::ErrorMsg::EOF_IN_SCALAR) {
    return "a quoted text that never ends";
  }
  return "broken YAML: " + EscapeControls(e.msg);
}

}  // namespace

void ParseYamlInto(std::string_view text, std::string_view source, const JsonLimits& limits,
                   Json& root, ValueLines& lines) {
  if (text.size() > limits.max_bytes) {
    throw BadData("more than " + std::to_string(limits.max_bytes) + " bytes of YAML")
        .At(std::string(source));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CheckYamlText(text, source);
  RejectDirectives(text, source);
  YamlBuilder builder(text, source, limits.max_depth, root, lines);
  try {
    std::istringstream stream(WithLastComment(text));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    throw BadData(YamlProblem(e)).At(std::string(source), LineOf(e.mark));
  }
}

}  // namespace kedge
