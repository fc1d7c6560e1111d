// What is known of a type, best first.
#include <algorithm>

#include "agent_ref/episode.h"
#include "agent_ref/words.h"

namespace kedge::agent_ref {
namespace {

constexpr int kTools = 1'000'000;  // the user's words rank before tool results
constexpr int kPerCall = 1000;     // a newer result before an older one
constexpr int kMaxOverlap = 900;

// A record that says something else than what is settled is about another thing.
bool Contradicts(const Blackboard& board, const Fact& fact,
                 const std::pair<std::string, std::string>& settled) {
  if (fact.record < 0 || settled.first == fact.type) return false;
  const Fact* other = board.InRecord(fact.record, settled.first);
  return other != nullptr && !SameThing(other->folded, settled.second);
}

bool Meets(const Blackboard& board, const Fact& fact,
           const std::pair<std::string, std::string>& condition) {
  const Fact* other = board.InRecord(fact.record, condition.first);
  return other != nullptr && SameThing(other->folded, condition.second);
}

struct Ranked {
  const Fact* fact;
  int rank;
};

// Within one rank the earlier place in the user's first words or in a result comes first; later
// replies stay newest first. All facts of one rank are of one of these kinds.
bool Before(const Ranked& a, const Ranked& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  const bool reply = a.fact->call < 0 && a.fact->position == std::string::npos;
  return !reply && a.fact < b.fact;
}

}  // namespace

Episode::Conditions Episode::Settled(const Scope& scope) const {
  Conditions settled;
  for (const auto& [type, value] : scope.found->slots) settled.emplace_back(type, Folded(value));
  for (const auto& [type, value] : scope.bound) settled.emplace_back(type, Folded(value));
  return settled;
}

int Episode::RankOf(const Fact& fact, const Wanted& wanted, const Scope& scope,
                    int newest_call) const {
  if (fact.tool != nullptr) {
    const int overlap = std::min(board_.Overlap(fact.record, wanted.type), kMaxOverlap);
    return kTools + (newest_call - fact.call) * kPerCall - overlap;
  }
  const bool near = fact.position >= scope.found->begin && fact.position < scope.found->end;
  const int place = near ? 0 : fact.position == std::string::npos ? 1 : 2;
  return wanted.latest ? 2 * kTools + place : place;
}

std::vector<Episode::Known> Episode::KnownValues(const Wanted& wanted, const Scope& scope,
                                                 const Conditions& where) const {
  std::vector<Known> known;
  const auto add = [&](const Json& value, const std::string& folded, const Tool* tool) {
    const bool free = wanted.argument == nullptr || wanted.all;
    Json fitted = free ? value : Fit(*wanted.argument, value);
    const auto same = [&](const Known& other) { return other.folded == folded; };
    if (fitted.is_null() || std::any_of(known.begin(), known.end(), same)) return;
    known.push_back({std::move(fitted), folded, tool});
  };
  if (where.empty() && !wanted.ignore_bound) {
    // What the goal has settled leaves no choice.
    for (const auto& [type, value] : scope.found->slots) {
      if (type == wanted.type) add(value, Folded(value), nullptr);
    }
    const auto bound = scope.bound.find(wanted.type);
    if (bound != scope.bound.end()) add(bound->second, Folded(bound->second), nullptr);
    if (!known.empty()) return {known[0]};
  }
  const Conditions settled = Settled(scope);
  std::vector<Ranked> ranked;
  int newest_call = -1;
  for (auto fact = board_.facts().rbegin(); fact != board_.facts().rend(); ++fact) {
    if (fact->type != wanted.type) continue;
    if (wanted.only != nullptr && !wanted.only->Likes(fact->tool)) continue;
    const auto meets = [&](const auto& condition) { return Meets(board_, *fact, condition); };
    const auto contradicts = [&](const auto& pair) { return Contradicts(board_, *fact, pair); };
    if (!std::all_of(where.begin(), where.end(), meets)) continue;
    if (std::any_of(settled.begin(), settled.end(), contradicts)) continue;
    newest_call = std::max(newest_call, fact->call);
    ranked.push_back({&*fact, RankOf(*fact, wanted, scope, newest_call)});
  }
  std::stable_sort(ranked.begin(), ranked.end(), Before);
  for (const Ranked& item : ranked) add(item.fact->value, item.fact->folded, item.fact->tool);
  return known;
}

}  // namespace kedge::agent_ref
