#include "guards/facts.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::string_view kResult = "result:";
constexpr std::string_view kArguments = "args:";

// A place that names one value.
Place ReadSinglePlace(const Node& node, std::string_view text) {
  Place place = Place::Read(node, text);
  if (place.has_star()) throw node.Fail("a fact has one key and one value: no '*' here");
  return place;
}

const Json* Only(const Place& place, const Json& value) {
  std::vector<Placed> found;
  return place.Select(value, found) && found.size() == 1 ? found[0].value : nullptr;
}

}  // namespace

FactStoreId FactNames::Add(const std::string& name) {
  if (const auto known = Find(name)) return *known;
  names_.push_back(name);
  return names_.size() - 1;
}

std::optional<FactStoreId> FactNames::Find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<FactStoreId>(found - names_.begin());
}

Remember Remember::Read(const Node& node, FactNames& names) {
  node.AllowKeys({"as", "key", "value"});
  Remember remember;
  const std::string name = node["as"].NonEmptyString();
  if (name.find_first_of("[]:/") != name.npos) {
    throw node["as"].Fail("a fact's name has none of [ ] : /");
  }
  remember.store = names.Add(name);
  if (const auto key = node.Find("key")) {
    std::string text = key->NonEmptyString();
    remember.keyed = true;
    remember.key_in_result = text.substr(0, kResult.size()) == kResult;
    if (remember.key_in_result) text.erase(0, kResult.size());
    if (text.substr(0, kArguments.size()) == kArguments) text.erase(0, kArguments.size());
    remember.key = ReadSinglePlace(*key, text);
  }
  if (const auto value = node.Find("value")) {
    remember.value = ReadSinglePlace(*value, value->NonEmptyString());
  }
  return remember;
}

void FactTable::Store(const Remember& remember, const Json& arguments, const Json& result) {
  const Json* value = Only(remember.value, result);
  const Json none;
  const Json* key = &none;
  if (remember.keyed) key = Only(remember.key, remember.key_in_result ? result : arguments);
  if (value == nullptr || key == nullptr) return;
  Id id(remember.store, CanonicalJson(*key));
  if (const auto old = facts_.find(id); old != facts_.end()) {
    bytes_ -= old->second.bytes;
    facts_.erase(old);  // what is no longer true must not outlive a failure to keep the new
  }
  const std::size_t bytes = CanonicalJson(*value).size() + id.second.size();
  if (facts_.size() >= kMaxFacts || bytes_ + bytes > kMaxBytes) {
    full_ = true;
    return;
  }
  bytes_ += bytes;
  facts_.emplace(std::move(id), Fact{*value, bytes});
}

const Json* FactTable::Find(FactStoreId store, const Json& key) const {
  const auto found = facts_.find(Id(store, CanonicalJson(key)));
  return found == facts_.end() ? nullptr : &found->second.value;
}

void FactTable::Reset() {
  facts_.clear();
  bytes_ = 0;
  full_ = false;
}

}  // namespace kedge::guards
