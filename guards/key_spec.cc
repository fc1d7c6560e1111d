#include "guards/key_spec.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

// The length in front keeps neighbouring parts apart.
void AppendPart(char kind, std::string_view bytes, std::string& out) {
  out += kind;
  out += std::to_string(bytes.size());
  out += ':';
  out += bytes;
}

void AppendValue(const Json& value, std::string& out) {
  if (value.is_string()) {
    AppendPart('s', value.get_ref<const std::string&>(), out);
  } else {
    AppendPart('j', CanonicalJson(value), out);
  }
}

void ReadPart(const Node& node, KeySpec& spec) {
  const std::string part = node.NonEmptyString();
  if (part == "tool") {
    spec.tool = true;
  } else if (part == "args") {
    spec.arguments = true;
  } else if (part[0] == '/' && text::IsJsonPointer(part)) {
    spec.pointers.push_back(part);
  } else {
    throw node.Fail("expected tool, args or a JSON Pointer such as /order_id, got '" + part + "'");
  }
}

}  // namespace

KeySpec KeySpec::Read(const Node& node) {
  KeySpec spec;
  if (node.is_string()) {
    ReadPart(node, spec);
    return spec;
  }
  for (const Node& part : node.Items()) ReadPart(part, spec);
  if (spec == KeySpec()) throw node.Fail("expected tool, args or a JSON Pointer");
  return spec;
}

std::string KeySpec::Describe() const {
  std::vector<std::string> parts;
  if (tool) parts.push_back("tool");
  if (arguments) parts.push_back("arguments");
  for (const std::string& pointer : pointers) parts.push_back(pointer.substr(1));
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : " and ") + parts[i];
  return out;
}

KeySpecId KeySpecs::Add(const KeySpec& spec) {
  const auto found = std::find(specs_.begin(), specs_.end(), spec);
  const auto id = static_cast<KeySpecId>(found - specs_.begin());
  if (found == specs_.end()) specs_.push_back(spec);
  return id;
}

bool AppendKey(const KeySpec& spec, const std::string& tool, const Json& arguments,
               std::string& out, const std::string*& missing) {
  if (spec.tool) AppendPart('t', tool, out);
  if (spec.arguments) AppendPart('a', CanonicalJson(arguments), out);
  for (const std::string& pointer : spec.pointers) {
    const Json* value = text::ResolvePointer(arguments, pointer);
    if (value == nullptr) {
      missing = &pointer;
      return false;
    }
    AppendValue(*value, out);
  }
  return true;
}

}  // namespace kedge::guards
