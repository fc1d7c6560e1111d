"""An agent's tool calls under a kedge policy: guarded_agent.py LIBRARY POLICY < events.jsonl"""
import ctypes
import json
import sys

DENY, ASK, REDACT, WARN, ALLOW = range(5)


class Verdict(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("code", ctypes.c_int32),
                ("json", ctypes.c_char_p)]


class Guard:
    def __init__(self, library, policy, session="python"):
        self.c = ctypes.CDLL(library)
        self.c.kedge_guard_last_error.restype = ctypes.c_char_p
        self.policy, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.c.kedge_guard_load(policy.encode(), ctypes.byref(self.policy)))
        self.check(self.c.kedge_guard_session_new(self.policy, session.encode(),
                                                  ctypes.byref(self.session)))

    def check(self, status):
        if status:
            raise ValueError(self.c.kedge_guard_last_error().decode())

    def observe(self, event):
        text = json.dumps(event).encode()
        verdict = Verdict(struct_size=ctypes.sizeof(Verdict))
        self.check(self.c.kedge_guard_event(self.session, text, ctypes.c_size_t(len(text)),
                                            ctypes.byref(verdict)))
        return verdict.code, json.loads(verdict.json)


if __name__ == "__main__":
    guard = Guard(*sys.argv[1:3])
    for line in sys.stdin:
        code, decision = guard.observe(json.loads(line))
        print(code, *[finding["rule"] for finding in decision["findings"]])
