#include <exception>
#include <memory>
#include <string>

#include "guards/event_json.h"
#include "guards/event_reader.h"
#include "guards/include/kedge_guard.h"
#include "guards/monitor.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

struct kedge_guard_policy {
  std::shared_ptr<const kedge::guards::Policy> policy;
};

struct kedge_guard_session {
  explicit kedge_guard_session(const kedge_guard_policy& of) : monitor(of.policy) {}
  kedge::guards::Monitor monitor;
  std::string json;  // what the last verdict points to
};

namespace {

constexpr const char* kNothingJudged = R"({"findings":[],"verdict":"deny"})";

thread_local std::string last_error;

// Runs `body`, which returns nothing; no exception leaves.
template <typename Body>
int32_t Guarded(const Body& body) noexcept {
  try {
    body();
    return KEDGE_GUARD_OK;
  } catch (const kedge::Error& error) {
    last_error = error.what();
    const int code = error.exit_code();
    return code == KEDGE_GUARD_BAD_INPUT || code == KEDGE_GUARD_MISSING_INPUT ||
                   code == KEDGE_GUARD_BAD_CALL
               ? code
               : KEDGE_GUARD_INTERNAL;
  } catch (const std::exception& error) {
    last_error = error.what();
  } catch (...) {
    last_error = "unknown failure";
  }
  return KEDGE_GUARD_INTERNAL;
}

void Need(bool given, const char* what) {
  if (!given) throw kedge::UsageError(what);
}

void CheckVerdict(kedge_guard_verdict* verdict) {
  Need(verdict != nullptr && verdict->struct_size >= sizeof(kedge_guard_verdict),
       "verdict: expected a struct whose struct_size is sizeof(kedge_guard_verdict)");
  verdict->code = KEDGE_GUARD_DENY;
  verdict->json = kNothingJudged;
}

void Give(const kedge::guards::Decision& decision, kedge_guard_session& session,
          kedge_guard_verdict& verdict) {
  session.json = kedge::DumpJson(kedge::guards::ToJson(decision));
  verdict.json = session.json.c_str();
  verdict.code = static_cast<int32_t>(decision.verdict);
}

// An approval's binding is the host's to give; policies do not write it.
kedge::guards::Event ReadOneEvent(std::string_view text) {
  kedge::Json value = kedge::ParseJson(text, "event");
  std::string binding;
  if (value.is_object() && value.contains("approve") && value.contains("binding")) {
    if (!value["binding"].is_string()) throw kedge::BadData("binding: expected text");
    binding = value["binding"].get<std::string>();
    value.erase("binding");
  }
  const auto document = kedge::Document::FromValue(kedge::Json::array({std::move(value)}), "event");
  kedge::guards::Event event = kedge::guards::ReadEvents(document.root()).front();
  event.binding = std::move(binding);
  return event;
}

}  // namespace

int32_t kedge_guard_abi_version(void) { return KEDGE_GUARD_ABI_VERSION; }

int32_t kedge_guard_load(const char* path, kedge_guard_policy** policy) {
  return Guarded([&] {
    Need(path != nullptr && policy != nullptr, "kedge_guard_load: null pointer");
    *policy = nullptr;
    *policy = new kedge_guard_policy{kedge::guards::Policy::Load(path)};
  });
}

void kedge_guard_policy_free(kedge_guard_policy* policy) { delete policy; }

const char* kedge_guard_digest(const kedge_guard_policy* policy) {
  return policy == nullptr ? "" : policy->policy->digest().c_str();
}

int32_t kedge_guard_session_new(const kedge_guard_policy* policy, const char* name,
                                kedge_guard_session** session) {
  return Guarded([&] {
    Need(policy != nullptr && session != nullptr, "kedge_guard_session_new: null pointer");
    *session = nullptr;
    auto fresh = std::make_unique<kedge_guard_session>(*policy);
    fresh->monitor.Reset(name == nullptr ? "" : name);
    *session = fresh.release();
  });
}

void kedge_guard_session_free(kedge_guard_session* session) { delete session; }

int32_t kedge_guard_event(kedge_guard_session* session, const char* event, size_t length,
                          kedge_guard_verdict* verdict) {
  return Guarded([&] {
    CheckVerdict(verdict);
    Need(session != nullptr && event != nullptr, "kedge_guard_event: null pointer");
    Give(session->monitor.Observe(ReadOneEvent({event, length})), *session, *verdict);
  });
}

int32_t kedge_guard_finish(kedge_guard_session* session, kedge_guard_verdict* verdict) {
  return Guarded([&] {
    CheckVerdict(verdict);
    Need(session != nullptr, "kedge_guard_finish: null pointer");
    Give(session->monitor.Finish(), *session, *verdict);
  });
}

const char* kedge_guard_last_error(void) { return last_error.c_str(); }
