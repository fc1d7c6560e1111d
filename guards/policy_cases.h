#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"

namespace kedge::guards {

/// An episode in a file of its own and the verdict that a policy must give at its end:
///
///     expect: deny                  # allow, warn, redact, ask or deny, at the last event
///     rules: [paid-back-once]       # optional: exactly these rules speak there
///     events: [{call: refund_order, args: {order_id: W1}}]
struct PolicyCase {
  std::string file;
  Verdict expect = Verdict::kAllow;
  std::optional<std::vector<std::string>> rules;
  std::vector<Event> events;

  /// Throws Error with file, line and field.
  static PolicyCase Load(const std::string& path);
};

/// All .yaml and .json files of a folder and the folders in it, sorted by path. Throws Error when
/// there is none or one cannot be read.
std::vector<PolicyCase> LoadPolicyCases(const std::string& folder);

/// What is wrong, for people; empty when the policy decides as the case says. An `approve` event
/// answers the ASK before it.
std::string RunPolicyCase(const PolicyCase& one, Monitor& monitor);

}  // namespace kedge::guards
