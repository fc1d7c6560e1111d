#!/usr/bin/env python3
"""An agent for kedge in 60 lines: Python's standard library only, see ../README.md for the protocol.

It picks the reading tool whose name has most words in common with what the user said, asks the user
for each argument the tool needs, calls it and tells the user what it found."""
import json
import re
import sys


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def receive():
    line = sys.stdin.readline()
    if not line:  # kedge closed our input: no more episodes
        sys.exit(0)
    return json.loads(line)


class Episode:
    def __init__(self, start):
        self.start, self.requests = start, 0

    def request(self, method, **params):
        self.requests += 1
        params["episode"] = self.start["episode"]
        send({"id": self.requests, "method": method, "params": params})
        reply = receive()
        if "error" in reply:
            raise RuntimeError(reply["error"]["message"])
        return reply["result"]

    def decided(self, point, chosen, options):
        decision = {"point": point, "chosen": chosen, "options": options}
        send({"method": "trace/event", "params": {"episode": self.start["episode"],
                                                  "kind": "decision", "decision": decision}})

    def solve(self):
        words = set(re.findall(r"[a-z]+", self.start["instruction"].lower()))
        tools = [tool for tool in self.start["tools"] if not tool["writes"]]
        if not tools:
            return self.start["instruction"]
        best = max(tools, key=lambda tool: len(words & set(tool["name"].split("_"))))
        self.decided("tool", best["name"], [tool["name"] for tool in tools])
        arguments = {name: self.request("user/ask", question=f"What is the {name}?")["text"]
                     for name in best["arguments"].get("required", [])}
        result = self.request("tools/call", name=best["name"], arguments=arguments)
        return json.dumps(result["content"]) if result["ok"] else result["message"]


while True:
    message = receive()
    if message["method"] == "initialize":
        send({"id": message["id"], "result": {"protocol": "kedge-agent/1", "name": "example"}})
    elif message["method"] == "episode/start":
        send({"id": message["id"], "result": {"text": Episode(message["params"]).solve()}})
    else:
        send({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})
