#!/usr/bin/env python3
"""Counts what trace files hold, independently of the C++ readers (standard library only).

usage: count_traces.py FORMAT FILE
Prints one JSON object: traces, steps, tool_calls, tool_errors, input_tokens, output_tokens.
A step is a message, a model's turn, a tool call or a tool's result.
"""

import gzip
import json
import re
import sys
import zipfile


class Counts(dict):
    def __init__(self):
        super().__init__(traces=0, steps=0, tool_calls=0, tool_errors=0, input_tokens=0,
                         output_tokens=0)

    def add(self, **amounts):
        for name, amount in amounts.items():
            self[name] += amount


def text_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as stream:
        return stream.read().decode("utf-8")


def records(path):
    text = text_of(path)
    try:
        whole = json.loads(text)
        return whole if isinstance(whole, list) else [whole]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def count_agentdojo(path, counts):
    for run in records(path):
        counts.add(traces=1)
        for message in run["messages"]:
            calls = message.get("tool_calls") or []
            counts.add(steps=1 + len(calls), tool_calls=len(calls))
            counts.add(tool_errors=message["role"] == "tool" and bool(message.get("error")))


def count_tau(path, counts):
    for run in records(path):
        counts.add(traces=1)
        for message in run["traj"]:
            calls = message.get("tool_calls") or []
            counts.add(steps=1 + len(calls), tool_calls=len(calls))
            if message["role"] == "tool":
                counts.add(tool_errors=message["content"].startswith("Error"))


def count_tau2(path, counts):
    for run in json.loads(text_of(path))["simulations"]:
        counts.add(traces=1)
        for message in run["messages"]:
            calls = message.get("tool_calls") or []
            counts.add(steps=1 + len(calls), tool_calls=len(calls))
            counts.add(tool_errors=message["role"] == "tool" and bool(message.get("error")))
            usage = message.get("usage") or {}
            counts.add(input_tokens=usage.get("prompt_tokens") or 0,
                       output_tokens=usage.get("completion_tokens") or 0)


def count_mini(path, counts):
    block = re.compile(r"```bash\s*\n(.*?)\n```", re.DOTALL)
    for run in records(path):
        counts.add(traces=1)
        acted = False
        for message in run["messages"]:
            text = message["content"]
            if not isinstance(text, str):
                text = "\n".join(part["text"] for part in text)
            counts.add(steps=1)
            if acted and message["role"] == "user":
                failed = re.match(r"<returncode>(-?\d+)", text)
                counts.add(tool_errors=text.startswith("The last command <command>")
                           or bool(failed and failed.group(1) != "0"))
            acted = message["role"] == "assistant" and len(block.findall(text)) == 1
            counts.add(steps=acted, tool_calls=acted)
            usage = message.get("extra", {}).get("response", {}).get("usage") or {}
            counts.add(input_tokens=usage.get("prompt_tokens") or 0,
                       output_tokens=usage.get("completion_tokens") or 0)


def inspect_logs(path):
    if not path.endswith(".eval"):
        return json.loads(text_of(path)).get("samples") or []
    with zipfile.ZipFile(path) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist()
                if name.startswith("samples/")]


def count_inspect(path, counts):
    for sample in inspect_logs(path):
        counts.add(traces=1)
        said = []
        for message in sample["messages"]:
            calls = message.get("tool_calls") or []
            counts.add(steps=1 + len(calls), tool_calls=len(calls))
            counts.add(tool_errors=message["role"] == "tool" and bool(message.get("error")))
            if message["role"] == "assistant":
                said.append((message.get("id"), message["content"]))
        transcript = sample.get("transcript", {})
        for event in sample.get("events") or transcript.get("events") or []:
            if event["event"] != "model":
                continue
            made = event["output"]["choices"][0]["message"]
            content = made["content"]
            if isinstance(content, str):
                attached = sample.get("attachments") or transcript.get("content") or {}
                content = attached.get(content.split("://")[-1], content)
            identity = (made.get("id"), content)
            match = [s for s in said if s[0] == identity[0] and (s[0] or s[1] == identity[1])]
            if match:
                said.remove(match[0])
                counts.add(input_tokens=event["output"]["usage"]["input_tokens"],
                           output_tokens=event["output"]["usage"]["output_tokens"])


def count_adk(path, counts):
    for suite in records(path):
        for case in suite["eval_cases"]:
            counts.add(traces=1)
            for turn in case["conversation"]:
                between = turn.get("intermediate_data") or {}
                calls = between.get("tool_uses") or []
                results = between.get("tool_responses") or []
                counts.add(steps=2 + len(calls) + len(results), tool_calls=len(calls))
                counts.add(tool_errors=sum(bool(r["response"].get("isError")) for r in results))


def count_adk_old(path, counts):
    counts.add(traces=1)
    for turn in records(path):
        calls = len(turn["expected_tool_use"])
        counts.add(steps=2 + calls, tool_calls=calls)


def count_bfcl(path, counts):
    for run in records(path):
        calls = [c for c in run["result"] if isinstance(c, dict)]
        counts.add(traces=1, steps=1 + len(calls), tool_calls=len(calls),
                   input_tokens=run.get("input_token_count", 0),
                   output_tokens=run.get("output_token_count", 0))


def count_chat(path, counts):
    counts.add(traces=1)
    for message in records(path):
        content = message["content"]
        blocks = content if isinstance(content, list) else []
        kinds = [block["type"] for block in blocks]
        calls = kinds.count("function_call") + kinds.count("tool_use")
        results = [b for b in blocks if b["type"] in ("function_response", "tool_result")]
        only_results = len(results) == len(blocks) and bool(blocks)
        counts.add(steps=calls + len(results) + (not only_results), tool_calls=calls)
        counts.add(tool_errors=sum(bool(b.get("is_error")) for b in results))


def plain_attributes(attributes):
    if isinstance(attributes, dict):
        return attributes
    out = {}
    for pair in attributes:
        value = pair["value"]
        out[pair["key"]] = list(value.values())[0] if isinstance(value, dict) else value
    return out


def spans_of(path):
    """(trace, id, parent, name, attributes, error) of every span of any carrier."""
    whole = json.loads(text_of(path))
    if isinstance(whole, list):
        for span in whole:
            yield (span["spanContext"]["traceId"], span["spanContext"]["spanId"], None,
                   span["name"], span["attributes"], span["status"]["code"] == 2)
    elif "data" in whole:
        for trace in whole["data"]:
            for span in trace["spans"]:
                parents = [r["spanID"] for r in span["references"] if r["refType"] == "CHILD_OF"]
                tags = plain_attributes(span["tags"])
                yield (span["traceID"], span["spanID"], parents[0] if parents else None,
                       span["operationName"], tags, tags.get("otel.status_code") == "ERROR")
    else:
        for batch in whole["batches"]:
            for scope in batch["instrumentationLibrarySpans"]:
                for span in scope["spans"]:
                    yield (span["traceId"], span["spanId"], span["parentSpanId"], span["name"],
                           plain_attributes(span["attributes"]), span["status"]["code"] == 2)


def is_model(attributes):
    kind = attributes.get("gen_ai.operation.name")
    if kind in ("execute_tool", "invoke_agent"):
        return False
    return kind in ("chat", "generate_content") or "gen_ai.request.model" in attributes or \
        "ai.model.id" in attributes


def given_messages(attributes):
    """Role and text (or ids of calls) of the messages a model was given."""
    if "ai.prompt.messages" in attributes:
        for message in json.loads(attributes["ai.prompt.messages"]):
            yield "given", json.dumps(message["content"])
    elif "ai.prompt" in attributes:
        prompt = json.loads(attributes["ai.prompt"])
        if "prompt" in prompt:
            yield "user", prompt["prompt"]
        for message in prompt.get("messages", []):
            yield "given", json.dumps(message["content"])
    elif "ai.value" in attributes:
        yield "user", attributes["ai.value"]
    elif "input.value" in attributes:
        yield "user", attributes["input.value"]
    for i in range(1000):
        role = attributes.get("gen_ai.prompt.%d.role" % i)
        if role is None:
            return
        ids = [attributes[key] for key in sorted(attributes)
               if re.match(r"gen_ai\.prompt\.%d\.tool_calls\.\d+\.id$" % i, key)]
        yield role, json.dumps(ids) if ids else attributes.get("gen_ai.prompt.%d.content" % i, "")


def first(attributes, *keys):
    for key in keys:
        if key in attributes:
            return int(attributes[key])
    return 0


def count_spans(path, counts):
    conversations = {}
    for span in spans_of(path):
        conversations.setdefault(span[0], []).append(span)
    for spans in conversations.values():
        counts.add(traces=1)
        by_id = {span[1]: span for span in spans}
        wrappers = set()
        for span in spans:
            parent = by_id.get(span[2])
            while is_model(span[4]) and parent is not None:
                if is_model(parent[4]):
                    wrappers.add(parent[1])
                    break
                if "gen_ai.tool.name" in parent[4] or \
                        parent[4].get("gen_ai.operation.name") == "invoke_agent":
                    break
                parent = by_id.get(parent[2])
        given = set()
        for _, name, _, _, attributes, error in spans:
            if "gen_ai.tool.name" in attributes:
                counts.add(steps=2, tool_calls=1, tool_errors=error)
            elif is_model(attributes) and name not in wrappers:
                counts.add(steps=1)
                counts.add(input_tokens=first(attributes, "gen_ai.usage.input_tokens",
                                              "gen_ai.usage.prompt_tokens", "ai.usage.inputTokens",
                                              "ai.usage.promptTokens", "ai.usage.tokens"),
                           output_tokens=first(attributes, "gen_ai.usage.output_tokens",
                                               "gen_ai.usage.completion_tokens",
                                               "ai.usage.outputTokens",
                                               "ai.usage.completionTokens"))
                given |= {m for m in given_messages(attributes) if m[0] in ("system", "user", "given")}
        counts.add(steps=len(given))


COUNTERS = {
    "agentdojo": count_agentdojo, "tau-bench": count_tau, "tau2-bench": count_tau2,
    "mini-swe-agent": count_mini, "inspect": count_inspect, "inspect-eval": count_inspect,
    "adk": count_adk, "adk-old": count_adk_old, "bfcl": count_bfcl, "chat": count_chat,
    "jaeger": count_spans, "otlp-json": count_spans, "otel-js": count_spans,
}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in COUNTERS:
        sys.exit(__doc__)
    result = Counts()
    COUNTERS[sys.argv[1]](sys.argv[2], result)
    print(json.dumps(result))
