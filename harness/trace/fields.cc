#include "harness/trace/fields.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kedge::trace {

Fields::Fields(const Json& value, std::string_view path) : object_(value), name_(path) {
  if (!object_.is_object()) throw Bad({}, "expected an object");
}

Fields::Fields(const Json& value, const Fields& parent, const char* member, std::int64_t index)
    : object_(value), parent_(&parent), name_(member), index_(index) {
  if (!object_.is_object()) throw Bad({}, "expected an object");
}

const Json* Fields::Find(const char* key) {
  known_.push_back(key);
  const auto it = object_.find(key);
  return it == object_.end() ? nullptr : &*it;
}

const Json& Fields::Need(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) throw Bad(key, "is missing");
  return *value;
}

bool Fields::String(const char* key, std::string& out) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (!value->is_string()) throw Bad(key, "expected text");
  out = value->get_ref<const std::string&>();
  return true;
}

bool Fields::Bool(const char* key, bool& out) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw Bad(key, "expected true or false");
  out = value->get<bool>();
  return true;
}

bool Fields::Int(const char* key, std::int64_t& out) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX);
  if (!fits) throw Bad(key, "expected a whole number");
  out = value->get<std::int64_t>();
  return true;
}

bool Fields::Number(const char* key, double& out) {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (!value->is_number() || !std::isfinite(value->get<double>())) {
    throw Bad(key, "expected a number");
  }
  out = value->get<double>();
  return true;
}

bool Fields::Strings(const char* key, std::vector<std::string>& out) {
  const Json* array = Array(key);
  if (array == nullptr) return false;
  out.clear();
  out.reserve(array->size());
  for (const Json& item : *array) {
    if (!item.is_string()) throw Bad(key, "expected an array of text");
    out.push_back(item.get<std::string>());
  }
  return true;
}

const Json* Fields::Array(const char* key) {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_array()) throw Bad(key, "expected an array");
  return value;
}

void Fields::RefuseUnknown() const {
  for (const auto& [key, value] : object_.items()) {
    const bool known = std::any_of(known_.begin(), known_.end(),
                                   [&name = key](const char* k) { return name == k; });
    if (!known) throw Bad(key, "unknown field");
  }
}

Error Fields::Bad(std::string_view key, std::string message) const {
  std::string path = Path();
  if (!path.empty() && !key.empty()) path += '.';
  path += key;
  return std::move(BadData(std::move(message)).At({}, 0, std::move(path)));
}

std::string Fields::Path() const {
  std::string path = parent_ == nullptr ? std::string() : parent_->Path();
  if (!path.empty() && !name_.empty()) path += '.';
  path += name_;
  if (index_ >= 0) path += "[" + std::to_string(index_) + "]";
  return path;
}

}  // namespace kedge::trace
