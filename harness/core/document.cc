#include "harness/core/document.h"

#include "harness/core/file.h"
#include "harness/core/value_lines.h"

namespace kedge {
namespace {

constexpr JsonLimits kDocumentLimits{.max_bytes = std::size_t{16} << 20, .max_depth = 64};

}  // namespace

struct Document::Data {
  std::string source_name;
  Json root;
  ValueLines places;
  std::int64_t default_line = 0;
};

Document Document::Load(const std::string& path) {
  const std::string text = ReadFile(path, kDocumentLimits.max_bytes);
  return path.ends_with(".json") ? FromJson(text, path) : FromYaml(text, path);
}

Document Document::FromYaml(std::string_view text, std::string source_name) {
  auto data = std::make_shared<Data>();
  data->source_name = std::move(source_name);
  ParseYamlInto(text, data->source_name, kDocumentLimits, data->root, data->places);
  return Document(std::move(data));
}

Document Document::FromJson(std::string_view text, std::string source_name) {
  auto data = std::make_shared<Data>();
  data->source_name = std::move(source_name);
  ParseJsonInto(text, data->source_name, kDocumentLimits, data->root, &data->places);
  return Document(std::move(data));
}

Document Document::FromValue(Json value, std::string source_name, std::int64_t line) {
  auto data = std::make_shared<Data>();
  data->source_name = std::move(source_name);
  data->root = std::move(value);
  data->default_line = line;
  return Document(std::move(data));
}

Node Document::root() const { return {data_, &data_->root, ""}; }

const std::string& Document::source_name() const { return data_->source_name; }

std::int64_t Node::line() const {
  const auto found = data_->places.lines.find(value_);
  return found != data_->places.lines.end() ? found->second : data_->default_line;
}

const std::string& Node::source_name() const { return data_->source_name; }

}  // namespace kedge
