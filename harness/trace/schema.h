#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "harness/trace/trace.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace::schema {

/// kedge-trace/1 as data: the members of every object of a record, in canonical order (bytewise by
/// name). The writer, the strict reader and the fast reader all go by these tables.

enum class Need { kOptional, kRequired };

/// What a number must satisfy beyond its type.
enum class Range { kAny, kCount, kUnit, kAboveZeroToOne };

/// `get(object)` gives the member's value, of the object's constness; `is_written(object)` says
/// whether a writer puts it down.
template <typename Get, typename IsWritten>
struct Member {
  const char* name;
  Need need;
  Get get;
  IsWritten is_written;
  Range range = Range::kAny;
};

/// A member that is always the same text.
struct Constant {
  std::string_view text;
};

/// A number that may be unknown, kept as two members of its object.
template <typename Number, typename Flag>
struct MaybeNumber {
  Number& value;
  Flag& is_known;
};
template <typename Number, typename Flag>
MaybeNumber(Number&, Flag&) -> MaybeNumber<Number, Flag>;

inline constexpr auto kAlways = [](const auto&) { return true; };

/// Written unless it holds what a reader takes it to be without it.
template <typename Get>
constexpr auto Optional(const char* name, Get get, Range range = Range::kAny) {
  const auto is_written = [get](const auto& object) {
    return get(object) != std::decay_t<decltype(get(object))>{};
  };
  return Member<Get, decltype(is_written)>{name, Need::kOptional, get, is_written, range};
}

/// Optional to a reader, yet always written.
template <typename Get>
constexpr auto Written(const char* name, Get get, Range range = Range::kAny) {
  return Member<Get, decltype(kAlways)>{name, Need::kOptional, get, kAlways, range};
}

template <typename Get>
constexpr auto Required(const char* name, Get get, Range range = Range::kAny) {
  return Member<Get, decltype(kAlways)>{name, Need::kRequired, get, kAlways, range};
}

template <typename Get, typename IsWritten>
constexpr auto When(const char* name, Get get, IsWritten is_written, Range range = Range::kAny) {
  return Member<Get, IsWritten>{name, Need::kOptional, get, is_written, range};
}

#define KEDGE_MEMBER(member) \
  [](auto& object) -> auto& { return object.member; }

/// `kMembers`: a tuple of Member. `kFirst`, where there is one: what a record is judged by before
/// all else, so that a complaint names it first.
template <typename Object>
struct Schema;

template <>
struct Schema<Decision> {
  static constexpr auto kMembers = std::tuple(
      Written("chosen", KEDGE_MEMBER(chosen)), Optional("fired_rules", KEDGE_MEMBER(fired_rules)),
      Optional("options", KEDGE_MEMBER(options)), Written("point", KEDGE_MEMBER(point)),
      Optional("reason", KEDGE_MEMBER(reason)));
};

template <>
struct Schema<ToolCall> {
  static constexpr auto kMembers =
      std::tuple(Required("gen_ai.tool.call.arguments", KEDGE_MEMBER(arguments)),
                 Optional("gen_ai.tool.call.id", KEDGE_MEMBER(id)),
                 Required("gen_ai.tool.name", KEDGE_MEMBER(name)));
};

template <>
struct Schema<Observation> {
  static constexpr auto kMembers =
      std::tuple(Optional("error.type", KEDGE_MEMBER(error_class)),
                 Optional("gen_ai.tool.call.id", KEDGE_MEMBER(call_id)),
                 Written("gen_ai.tool.call.result", KEDGE_MEMBER(content)),
                 Optional("is_error", KEDGE_MEMBER(is_error)));
};

template <>
struct Schema<GuardMark> {
  static constexpr auto kMembers =
      std::tuple(Written("id", KEDGE_MEMBER(guard)), Optional("message", KEDGE_MEMBER(message)),
                 Written("verdict", KEDGE_MEMBER(verdict)));
};

template <>
struct Schema<Score> {
  static constexpr std::string_view kFirst = "scorer";
  static constexpr auto kMembers = std::tuple(
      Required("pass", KEDGE_MEMBER(pass)), Required("score", KEDGE_MEMBER(score), Range::kUnit),
      Required("scorer", KEDGE_MEMBER(scorer)), Optional("why", KEDGE_MEMBER(why)));
};

/// The member that `kind` names is always written; any other only when it holds something, so that
/// nothing of a step is lost.
template <>
struct Schema<Step> {
  static constexpr std::string_view kFirst = "kind";
  static constexpr auto kMembers = std::tuple(
      Optional("actor", KEDGE_MEMBER(actor)), Optional("cost", KEDGE_MEMBER(cost)),
      When("decision", KEDGE_MEMBER(decision),
           [](const Step& step) {
             return step.kind == StepKind::kDecision || step.decision != Decision{};
           }),
      Optional("extra", KEDGE_MEMBER(extra)),
      Optional("gen_ai.usage.input_tokens", KEDGE_MEMBER(input_tokens)),
      Optional("gen_ai.usage.output_tokens", KEDGE_MEMBER(output_tokens)),
      When("guard", KEDGE_MEMBER(guard),
           [](const Step& step) {
             return step.kind == StepKind::kGuard || step.guard != GuardMark{};
           }),
      Required("kind", KEDGE_MEMBER(kind)),
      When("observation", KEDGE_MEMBER(observation),
           [](const Step& step) {
             return step.kind == StepKind::kObservation || step.observation != Observation{};
           }),
      Optional("text", KEDGE_MEMBER(text)), Optional("time_unix_nano", KEDGE_MEMBER(unix_nanos)),
      When("tool_call", KEDGE_MEMBER(call), [](const Step& step) {
        return step.kind == StepKind::kToolCall || step.call != ToolCall{};
      }));
};

template <>
struct Schema<Outcome> {
  static constexpr std::string_view kFirst = "status";
  static constexpr auto kMembers = std::tuple(
      When(
          "cost",
          [](auto& o) {
            return MaybeNumber{o.cost, o.has_cost};
          },
          [](const Outcome& o) { return o.has_cost; }, Range::kCount),
      Written("end", KEDGE_MEMBER(end)), Optional("end_detail", KEDGE_MEMBER(end_detail)),
      Optional("input_tokens", KEDGE_MEMBER(input_tokens), Range::kCount),
      Optional("latency_seconds", KEDGE_MEMBER(latency_seconds)),
      Optional("output_tokens", KEDGE_MEMBER(output_tokens), Range::kCount),
      Required("score", KEDGE_MEMBER(score), Range::kUnit),
      Optional("scores", KEDGE_MEMBER(scores)),
      Optional("shadow_findings", KEDGE_MEMBER(shadow_findings)),
      Required("status", KEDGE_MEMBER(status)),
      Optional("steps", KEDGE_MEMBER(steps), Range::kCount),
      Required("success", KEDGE_MEMBER(success)),
      Optional("tool_calls", KEDGE_MEMBER(tool_calls), Range::kCount),
      Optional("violations", KEDGE_MEMBER(violations)),
      Optional("watched_guards", KEDGE_MEMBER(watched_guards)));
};

template <>
struct Schema<Trace> {
  static constexpr std::string_view kFirst = "format";
  static constexpr auto kMembers = std::tuple(
      Optional("cluster_id", KEDGE_MEMBER(key.cluster_id)), Optional("extra", KEDGE_MEMBER(extra)),
      Optional("family", KEDGE_MEMBER(key.family)),
      Required("format", [](auto&) { return Constant{kTraceFormat}; }),
      Optional("gen_ai.agent.name", KEDGE_MEMBER(agent)),
      When(
          "inclusion_probability", KEDGE_MEMBER(inclusion_probability),
          [](const Trace& trace) { return trace.inclusion_probability != 1; },
          Range::kAboveZeroToOne),
      Optional("outcome", KEDGE_MEMBER(outcome)), Optional("principal", KEDGE_MEMBER(principal)),
      Optional("seed", KEDGE_MEMBER(seed)), Optional("split", KEDGE_MEMBER(split)),
      Required("steps", KEDGE_MEMBER(steps)), Optional("strategy.hash", KEDGE_MEMBER(strategy)),
      Optional("stratum", KEDGE_MEMBER(key.stratum)), Optional("suite", KEDGE_MEMBER(key.suite)),
      Optional("task_id", KEDGE_MEMBER(key.task_id)), Required("trace_id", KEDGE_MEMBER(id)),
      Optional("trial", KEDGE_MEMBER(key.trial)));
};

#undef KEDGE_MEMBER

template <typename Object>
inline constexpr std::size_t kSize = std::tuple_size_v<decltype(Schema<Object>::kMembers)>;

/// Calls `visit(member)` for each member in order.
template <typename Object, typename Visit>
constexpr void ForEachMember(Visit&& visit) {
  std::apply([&](const auto&... members) { (visit(members), ...); }, Schema<Object>::kMembers);
}

}  // namespace kedge::trace::schema
