#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "guards/detect/detector.h"
#include "harness/core/json.h"
#include "harness/core/keyed_digest.h"
#include "harness/trace/trace.h"

namespace kedge::guards {

/// Takes secrets and personal data out of traces before they are stored. What the packs find is
/// replaced by a typed placeholder, `<email:3f9a2c81d0b4>`: the rule and a keyed digest of the
/// trace's id and the value. So equal values of one trace stay equal, which replay and data-flow
/// rules need; across traces, and without the key, they cannot be linked or guessed.
/// Immutable; every method may be called from many threads.
class Redactor {
 public:
  Redactor(std::shared_ptr<const DetectorPack> pack, DigestKey key);

  /// How many values of each rule were replaced.
  using Counts = std::map<std::string, std::int64_t>;

  /// Every string of the trace that a person or tool may have filled: messages, arguments (keys
  /// too), observations, decisions, scores, principal, names of trace, agent and task, `extra`. A
  /// text that is JSON stays JSON, a number in it that must go becomes a string. Nothing is found
  /// in the result, and redacting it again changes nothing. What cannot be judged (a text above the
  /// detectors' limit) is replaced whole, as `<unreadable:...>`.
  trace::Trace Redact(const trace::Trace& trace, Counts* counts = nullptr) const;

  /// The same for one text or value; `scope` stands for the trace's id.
  std::string RedactText(std::string_view text, std::string_view scope,
                         Counts* counts = nullptr) const;
  Json RedactJson(const Json& value, std::string_view scope, Counts* counts = nullptr) const;

 private:
  class Pass;

  std::shared_ptr<const DetectorPack> pack_;
  DigestKey key_;
};

}  // namespace kedge::guards
