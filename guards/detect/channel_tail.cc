#include "guards/detect/channel_tail.h"

#include <algorithm>
#include <vector>

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxChannels = 1024;

const Json* Below(const Json& schema, const char* key) {
  if (!schema.is_object()) return nullptr;
  const auto found = schema.find(key);
  return found == schema.end() ? nullptr : &*found;
}

// Keys of `object`: required ones in the schema's order, declared ones, the others.
std::vector<std::string> KeyOrder(const Json& object, const Json& schema) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (object.contains(key) && std::find(keys.begin(), keys.end(), key) == keys.end()) {
      keys.push_back(key);
    }
  };
  const Json* required = Below(schema, "required");
  if (required != nullptr && required->is_array()) {
    for (const Json& key : *required) {
      if (key.is_string()) add(key.get<std::string>());
    }
  }
  const Json* properties = Below(schema, "properties");
  if (properties != nullptr && properties->is_object()) {
    for (const auto& [key, unused] : properties->items()) add(key);
  }
  for (const auto& [key, unused] : object.items()) add(key);
  return keys;
}

void AppendLeaves(const Json& value, const Json& schema, std::string& out) {
  if (value.is_string()) {
    out += value.get_ref<const std::string&>();
  } else if (value.is_number()) {
    out += DumpJson(value);
  } else if (value.is_array()) {
    const Json* items = Below(schema, "items");
    for (const Json& item : value) AppendLeaves(item, items != nullptr ? *items : Json(), out);
  } else if (value.is_object()) {
    const Json* properties = Below(schema, "properties");
    for (const std::string& key : KeyOrder(value, schema)) {
      const Json* below = properties != nullptr ? Below(*properties, key.c_str()) : nullptr;
      AppendLeaves(value[key], below != nullptr ? *below : Json(), out);
    }
  }
}

}  // namespace

ChannelTail::Joined ChannelTail::Push(const std::string& channel, std::string_view text) {
  const bool known = tails_.contains(channel) || tails_.size() < kMaxChannels;
  std::string& tail = tails_[known ? channel : std::string()];
  Joined joined;
  joined.offset = tail.size();
  joined.text = tail + std::string(text);
  tail = joined.text.substr(joined.text.size() - std::min(joined.text.size(), kTailBytes));
  return joined;
}

std::string JoinedLeaves(const Json& arguments, const Json& schema) {
  std::string out;
  AppendLeaves(arguments, schema, out);
  return out;
}

}  // namespace kedge::guards
