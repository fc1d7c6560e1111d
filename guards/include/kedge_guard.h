#ifndef KEDGE_GUARD_H_
#define KEDGE_GUARD_H_

/* Guards for agents in any language: load a policy, show it every event before it takes effect, do
 * what the verdict says. Plain C, no exceptions. Texts are UTF-8 and end in a zero byte.
 *
 * A policy may be shared between threads. A session belongs to one thread at a time. Whatever goes
 * wrong while an event is judged is a verdict of DENY, never a missing one.
 *
 * Structs begin with struct_size, which the caller sets to sizeof: later versions add members at
 * the end only, and fill no more than the caller has room for. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KEDGE_GUARD_API __attribute__((visibility("default")))
#else
#define KEDGE_GUARD_API
#endif

#define KEDGE_GUARD_ABI_VERSION 1

typedef struct kedge_guard_policy kedge_guard_policy;
typedef struct kedge_guard_session kedge_guard_session;

enum kedge_guard_status {
  KEDGE_GUARD_OK = 0,
  KEDGE_GUARD_BAD_INPUT = 65,     /* the policy or the event breaks its format */
  KEDGE_GUARD_MISSING_INPUT = 66, /* no such file */
  KEDGE_GUARD_BAD_CALL = 64,      /* a null pointer, or a struct_size that is too small */
  KEDGE_GUARD_INTERNAL = 70
};

/* Strongest first, so that a lower number is never weaker. */
enum kedge_guard_verdict_code {
  KEDGE_GUARD_DENY = 0,
  KEDGE_GUARD_ASK = 1,
  KEDGE_GUARD_REDACT = 2,
  KEDGE_GUARD_WARN = 3,
  KEDGE_GUARD_ALLOW = 4
};

typedef struct kedge_guard_verdict {
  size_t struct_size; /* in: sizeof(kedge_guard_verdict) */
  int32_t code;       /* kedge_guard_verdict_code; DENY whenever the status is not OK */
  const char* json;   /* {"verdict", "findings", "binding", "redacted"}; valid until the session is
                         used again or freed */
} kedge_guard_verdict;

/* KEDGE_GUARD_ABI_VERSION of the library. */
KEDGE_GUARD_API int32_t kedge_guard_abi_version(void);

/* Reads a policy file and runs its examples. *policy is null unless the status is OK; free it with
 * kedge_guard_policy_free, after its sessions. */
KEDGE_GUARD_API int32_t kedge_guard_load(const char* path, kedge_guard_policy** policy);
KEDGE_GUARD_API void kedge_guard_policy_free(kedge_guard_policy* policy);
/* SHA-256 of the policy, lower-case hex; lives as long as the policy. */
KEDGE_GUARD_API const char* kedge_guard_digest(const kedge_guard_policy* policy);

/* Begins an episode. `name` is what approvals are bound to and may be null. */
KEDGE_GUARD_API int32_t kedge_guard_session_new(const kedge_guard_policy* policy, const char* name,
                                                kedge_guard_session** session);
KEDGE_GUARD_API void kedge_guard_session_free(kedge_guard_session* session);

/* Judges one event, before it takes effect. `event` is one JSON object of `length` bytes, as the
 * examples of a policy write it:
 *   {"user": "please cancel W1"}   {"assistant": "shall I?"}   {"final": "done"}
 *   {"call": "cancel_order", "args": {"order_id": "W1"}, "definition": "<digest of the tool>"}
 *   {"result": "cancel_order", "args": {"order_id": "W1"}, "value": {"ok": true}, "error": false}
 *   {"memory": "likes tea", "args": {}}   {"change": {}}
 *   {"approve": true, "binding": "<of the ASK that a person answered>"}
 * An event that cannot be read is DENY with status KEDGE_GUARD_BAD_INPUT. */
KEDGE_GUARD_API int32_t kedge_guard_event(kedge_guard_session* session, const char* event,
                                          size_t length, kedge_guard_verdict* verdict);

/* The end of the episode: what is still owed, as findings. The session may not be used after. */
KEDGE_GUARD_API int32_t kedge_guard_finish(kedge_guard_session* session,
                                           kedge_guard_verdict* verdict);

/* What went wrong in the last call of this thread that was not OK; valid until its next one. */
KEDGE_GUARD_API const char* kedge_guard_last_error(void);

#ifdef __cplusplus
}
#endif

#endif /* KEDGE_GUARD_H_ */
