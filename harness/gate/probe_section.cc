#include "harness/gate/probe_section.h"

namespace kedge::gate {
namespace {

using guards::ProbeCheck;
using guards::ProbeCounts;
using guards::ProbeResult;

Json CountsJson(const ProbeCounts& counts) {
  return {{"met", counts.met()},
          {"both", counts.both},
          {"falls", counts.falls},
          {"rises", counts.rises},
          {"missed", counts.missed}};
}

ProbeCounts ReadCounts(const Node& node) {
  return {node.IntOr("both", 0), node.IntOr("falls", 0), node.IntOr("rises", 0),
          node.IntOr("missed", 0)};
}

Json ResultJson(const ProbeResult& result) {
  Json json = {{"id", result.check.id},
               {"kind", guards::ToString(result.check.kind)},
               {"protected", result.check.is_protected},
               {"strict", result.check.strict},
               {"state", result.state},
               {"probes", CountsJson(result.probes)},
               {"fall_upper", result.fall_upper},
               {"p", result.p}};
  if (result.check.strict) json["repeats"] = CountsJson(result.repeats);
  return json;
}

ProbeCheck::Kind ReadProbeKind(const Node& node) {
  for (const auto kind :
       {ProbeCheck::Kind::kGuideline, ProbeCheck::Kind::kAsk, ProbeCheck::Kind::kStop}) {
    if (guards::ToString(kind) == node.String()) return kind;
  }
  throw node.Fail("expected guideline, ask or stop");
}

ProbeResult ReadResult(const Node& node) {
  ProbeResult result;
  result.check = {node["id"].String(), ReadProbeKind(node["kind"]), node.BoolOr("protected", false),
                  node.BoolOr("strict", false)};
  result.state = node.StringOr("state", "");
  if (const auto probes = node.Find("probes")) result.probes = ReadCounts(*probes);
  if (const auto repeats = node.Find("repeats")) result.repeats = ReadCounts(*repeats);
  result.fall_upper = node.NumberOr("fall_upper", 1);
  result.p = node.NumberOr("p", 1);
  return result;
}

}  // namespace

Json ToJson(const ProbeSection& section) {
  Json results = Json::array();
  for (const ProbeResult& result : section.results) results.push_back(ResultJson(result));
  return {{"tasks", section.tasks},
          {"missing", section.missing},
          {"episodes", section.episodes},
          {"level", section.level},
          {"checks", std::move(results)}};
}

ProbeSection ReadProbeSection(const Node& node) {
  ProbeSection section;
  section.tasks = node.IntOr("tasks", 0);
  section.missing = node.IntOr("missing", 0);
  section.episodes = node.IntOr("episodes", 0);
  section.level = node.NumberOr("level", 0);
  if (const auto checks = node.Find("checks")) {
    for (const Node& check : checks->Items()) section.results.push_back(ReadResult(check));
  }
  return section;
}

}  // namespace kedge::gate
