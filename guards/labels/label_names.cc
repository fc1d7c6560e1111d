#include "guards/labels/label_names.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::guards {

std::optional<LabelMask> LabelNames::Find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return LabelMask{1} << (found - names_.begin());
}

LabelMask LabelNames::Add(const Node& node, const std::string& name) {
  if (name.empty()) throw node.Fail("a label needs a name");
  if (const auto known = Find(name)) return *known;
  if (names_.size() == kMaxLabels) throw node.Fail("a policy has at most 64 labels");
  names_.push_back(name);
  return LabelMask{1} << (names_.size() - 1);
}

LabelMask LabelNames::ReadKnown(const Node& node) const {
  const std::vector<Node> items = node.is_array() ? node.Items() : std::vector<Node>{node};
  if (items.empty()) throw node.Fail("expected at least one label");
  LabelMask mask = 0;
  for (const Node& item : items) {
    const std::string name = item.NonEmptyString();
    const auto label = Find(name);
    if (!label) {
      const std::string near = NearestWord(name, names_);
      throw item.Fail("no tool result and no entry of labels gives the label '" + name + "'" +
                      (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    mask |= *label;
  }
  return mask;
}

std::string LabelNames::Describe(LabelMask labels, std::string_view conjunction) const {
  std::string out;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if ((labels >> i & 1) == 0) continue;
    if (!out.empty()) out += " " + std::string(conjunction) + " ";
    out += names_[i];
  }
  return out;
}

}  // namespace kedge::guards
