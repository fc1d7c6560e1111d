#include "guards/allow_list.h"

#include <algorithm>

#include "guards/labels/folded_views.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::string_view kReference = "allow:";
constexpr std::string_view kHostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

bool IsHost(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kHostCharacters) == text.npos &&
         text.front() != '.' && text.front() != '-' && text.find("..") == text.npos;
}

}  // namespace

std::string_view SureHost(std::string_view value) {
  const bool plain =
      std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain || value.find_first_of(",;<>\"\\|") != value.npos) return {};
  std::string_view host;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (value.substr(0, scheme.size()) != scheme) continue;
    host = value.substr(scheme.size());
    host = host.substr(0, host.find_first_of("/?#"));
    if (const auto colon = host.find(':'); colon != host.npos) {
      const std::string_view port = host.substr(colon + 1);
      if (port.empty() || port.find_first_not_of("0123456789") != port.npos) return {};
      host = host.substr(0, colon);
    }
    return IsHost(host) ? host : std::string_view();
  }
  const std::size_t at = value.find('@');
  if (at == value.npos || at == 0 || value.find('@', at + 1) != value.npos ||
      value.substr(0, at).find_first_of(":/?#") != value.npos) {
    return {};
  }
  host = value.substr(at + 1);
  return IsHost(host) ? host : std::string_view();
}

AllowList AllowList::Read(const Node& node) {
  AllowList list;
  for (const Node& item : node.Items()) {
    const std::string entry = AsciiFolded(item.NonEmptyString());
    if (entry.substr(0, 2) == "*.") {
      if (!IsHost(entry.substr(2)) || entry.find('.', 2) == entry.npos) {
        throw item.Fail("expected *.host with at least two parts");
      }
      list.suffixes_.push_back(entry.substr(1));
    } else if (entry.find('*') != entry.npos) {
      throw item.Fail("a star stands in front of a host only: *.example.com");
    } else {
      list.exact_.push_back(entry);
    }
  }
  std::sort(list.exact_.begin(), list.exact_.end());
  return list;
}

bool AllowList::AdmitsHost(std::string_view host) const {
  if (host.find('.') == host.npos) return false;
  if (std::binary_search(exact_.begin(), exact_.end(), host, std::less<>())) return true;
  return std::any_of(suffixes_.begin(), suffixes_.end(), [host](const std::string& suffix) {
    return host.size() > suffix.size() && host.substr(host.size() - suffix.size()) == suffix;
  });
}

bool AllowList::Admits(std::string_view value) const {
  const std::string folded = AsciiFolded(value);
  if (std::binary_search(exact_.begin(), exact_.end(), folded)) return true;
  return AdmitsHost(SureHost(folded)) || (IsHost(folded) && AdmitsHost(folded));
}

std::vector<std::string> AllowList::entries() const {
  std::vector<std::string> out = exact_;
  for (const std::string& suffix : suffixes_) out.push_back("*" + suffix);
  return out;
}

AllowLists AllowLists::Read(const Node& node) {
  AllowLists lists;
  for (const auto& [name, list] : node.Members()) lists.lists_.emplace(name, AllowList::Read(list));
  return lists;
}

const AllowList& AllowLists::Find(const Node& node) const {
  const std::string reference = node.NonEmptyString();
  if (reference.substr(0, kReference.size()) != kReference) {
    throw node.Fail("expected allow:NAME, a list under the policy's `allow`");
  }
  const std::string name = reference.substr(kReference.size());
  if (const auto found = lists_.find(name); found != lists_.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [other, unused] : lists_) known.push_back(other);
  const std::string near = NearestWord(name, known);
  throw node.Fail("the policy's `allow` has no list '" + name + "'" +
                  (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace kedge::guards
