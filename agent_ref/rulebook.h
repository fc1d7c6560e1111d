#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "agent_ref/playbook.h"
#include "agent_ref/toolbox.h"

namespace kedge::agent_ref {

/// A decision point, as far as rules can see it.
struct Moment {
  const Tool* tool = nullptr;
  std::string_view goal;
  std::string_view error;              ///< class of the error just met; empty otherwise
  const Argument* argument = nullptr;  ///< the argument whose source is chosen; null otherwise
  const Json* values = nullptr;        ///< the call's arguments; null before they are found
};

/// What rules may ask about the episode so far.
class History {
 public:
  virtual ~History() = default;
  virtual bool Succeeded(const std::string& tool) const = 0;
  virtual bool Knows(const std::string& type) const = 0;
  /// SeenRows::About of a call's arguments.
  virtual Json SeenAbout(const Json& arguments) const = 0;
  /// The words of what the user asked for.
  virtual const WordSet& Words() const = 0;
};

/// The rules with one of `actions` that speak at `moment`: as many as the retrieval layer allows
/// (WithinLimits), in document order. O(rules that name the tool or goal, or neither).
std::vector<const ActiveRule*> SpeakingRules(const Playbook& playbook,
                                             std::initializer_list<strategy::RuleAction> actions,
                                             const Moment& moment, const History& history);

/// The first of the rules whose action names the helper; null when none does.
const ActiveRule* NamingHelper(const std::vector<const ActiveRule*>& rules,
                               const std::string& helper);

}  // namespace kedge::agent_ref
