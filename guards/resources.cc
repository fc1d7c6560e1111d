#include "guards/resources.h"

#include "harness/core/error.h"

namespace kedge::guards {

std::shared_ptr<const DetectorPack> Resources::UsePack(const Node& node, const std::string& name) {
  try {
    std::shared_ptr<const DetectorPack> pack = DetectorPack::Find(name);
    pack_digests[pack->name()] = pack->digest();
    return pack;
  } catch (const Error& error) {
    throw node.Fail(error.message());
  }
}

std::shared_ptr<const DetectorPack> Resources::UsePacks(
    const Node& node, const std::vector<std::string>& allowed_hosts) {
  const std::vector<Node> items = node.is_array() ? node.Items() : std::vector<Node>{node};
  if (items.empty()) throw node.Fail("expected at least one detector pack");
  std::vector<std::string> names;
  for (const Node& item : items) {
    names.push_back(item.NonEmptyString());
    UsePack(item, names.back());
  }
  try {
    return DetectorPack::Combine(names, allowed_hosts);
  } catch (const Error& error) {
    throw node.Fail(error.message());
  }
}

void Resources::ReadLabels(const Node& node) {
  for (const auto& [name, label] : node.Members()) {
    label.AllowKeys({"packs", "reach"});
    const auto reach = label.Find("reach");
    const bool onward = reach && reach->OneOf({"all", "onward"}) == "onward";
    detected.push_back({labels.Add(label, name), UsePacks(label["packs"]), onward});
  }
}

}  // namespace kedge::guards
