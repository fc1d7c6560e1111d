#include "guards/labels/result_labels.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

class LabelWalk {
 public:
  LabelWalk(const ResultSpec& spec, bool is_error, const ResultSpec::Visit& visit)
      : spec_(spec), is_error_(is_error), visit_(visit) {}

  void Value(const Json& value) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) Member(std::to_string(i), value[i]);
    } else if (value.is_object()) {
      const LabelMask own = Here();
      for (const auto& [name, member] : value.items()) {
        visit_(name, own);
        Member(name, member);
      }
    } else if (value.is_string()) {
      visit_(value.get_ref<const std::string&>(), Here());
    } else if (value.is_number()) {
      visit_(CanonicalJson(value), Here());
    }
  }

 private:
  void Member(const std::string& name, const Json& member) {
    path_.push_back(name);
    Value(member);
    path_.pop_back();
  }

  LabelMask Here() const {
    if (is_error_) return spec_.rest;
    if (spec_.fields.empty()) return spec_.label;
    const bool trusted = std::any_of(spec_.fields.begin(), spec_.fields.end(),
                                     [this](const Place& place) { return place.Covers(path_); });
    return trusted ? spec_.label : spec_.rest;
  }

  const ResultSpec& spec_;
  const bool is_error_;
  const ResultSpec::Visit& visit_;
  std::vector<std::string> path_;
};

}  // namespace

ResultSpec ResultSpec::Read(const Node& node, LabelMask fallback, LabelNames& names) {
  node.AllowKeys({"label", "fields", "rest", "format", "readers"});
  ResultSpec spec;
  spec.label = fallback;
  if (const auto label = node.Find("label")) {
    spec.label = names.Add(*label, label->NonEmptyString());
  }
  spec.rest = fallback;  // an error may echo what the agent made up: it proves nothing
  if (const auto fields = node.Find("fields")) {
    for (const Node& field : fields->Items()) {
      spec.fields.push_back(Place::Read(field, field.NonEmptyString()));
    }
    if (spec.fields.empty()) throw fields->Fail("expected at least one place");
    if (!node.Has("label")) throw fields->Fail("say which label these places have: label");
  }
  if (const auto rest = node.Find("rest")) {
    if (spec.fields.empty()) throw rest->Fail("belongs to fields");
    spec.rest = names.Add(*rest, rest->NonEmptyString());
  }
  if (const auto readers = node.Find("readers")) {
    spec.readers = Place::Read(*readers, readers->NonEmptyString());
  }
  if (const auto format = node.Find("format")) {
    const std::string word = format->OneOf({"json", "yaml", "text"});
    spec.format = word == "json" ? Format::kJson : word == "yaml" ? Format::kYaml : Format::kText;
  }
  return spec;
}

Json ResultSpec::Parse(const Json& result) const {
  if (!result.is_string() || format == Format::kText) return result;
  const std::string& text = result.get_ref<const std::string&>();
  try {
    if (format == Format::kYaml) return Document::FromYaml(text, "result").root().json();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos || (text[first] != '{' && text[first] != '[')) return result;
    return ParseJson(text, "result");
  } catch (const Error&) {
    return result;  // no structure: no place of it is trusted
  }
}

void ResultSpec::ForEachText(const Json& result, bool is_error, const Visit& visit) const {
  LabelWalk(*this, is_error, visit).Value(result);
}

}  // namespace kedge::guards
