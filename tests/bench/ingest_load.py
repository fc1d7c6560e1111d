#!/usr/bin/env python3
"""Sends traces to `kedge serve` as OTLP/JSON and prints what that costs.

usage: ingest_load.py KEDGE TRACES.jsonl COUNT [GUARDS.yaml]

With GUARDS the service redacts, judges by these guards and watches (TRACES is the baseline);
without it does none of these. TRACES is a kedge-trace/1 archive of COUNT traces or more.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

TRACES_PER_REQUEST = 20
CONNECTIONS = 2
PATIENCE_SECONDS = 300


def requests_of(kedge, archive, count, folder):
    """Bodies of OTLP requests, and how many spans they hold."""
    otlp = os.path.join(folder, "otlp.jsonl")
    subprocess.run([kedge, "convert", archive, otlp, "--to", "otlp"], check=True, stdout=subprocess.DEVNULL)
    with open(otlp, encoding="utf-8") as file:
        traces = [json.loads(line)["resourceSpans"] for _, line in zip(range(count), file)]
    bodies, spans = [], 0
    for i in range(0, len(traces), TRACES_PER_REQUEST):
        resources = [resource for trace in traces[i : i + TRACES_PER_REQUEST] for resource in trace]
        spans += sum(len(scope["spans"]) for resource in resources for scope in resource["scopeSpans"])
        bodies.append(json.dumps({"resourceSpans": resources}).encode())
    return bodies, spans, len(traces)


def start(kedge, archive, guards, folder):
    """The service and its port."""
    config = os.path.join(folder, "serve.yaml")
    traces = os.path.join(folder, "traces")
    with open(config, "w", encoding="utf-8") as file:
        file.write("format: kedge-serve/1\nlisten: 127.0.0.1:0\n")
        file.write(f"traces: {{folder: {traces}, quiet_seconds: 1}}\n")
        if guards is None:
            file.write("redact: {packs: []}\n")
        else:
            state = os.path.join(folder, "watch.json")
            file.write(f"guards: {guards}\nwatch: {{baseline: {archive}, state: {state}}}\n")
    process = subprocess.Popen(
        [kedge, "serve", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return process, int(found.group(1))
    sys.exit("the service did not start")


def send(port, bodies, waits):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for body in bodies:
        begin = time.monotonic()
        connection.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        waits.append(time.monotonic() - begin)
        if response.status != 200:
            print("status", response.status, file=sys.stderr)


def wait_until_written(port, count):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        connection.request("GET", "/healthz")
        if json.loads(connection.getresponse().read())["traces_written"] >= count:
            return
        time.sleep(0.1)
    sys.exit("not all traces were written")


def cost_of(process):
    """Processor seconds and largest resident MB."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        largest = next(line.split()[1] for line in file if line.startswith("VmHWM"))
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, int(largest) // 1024


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    kedge, archive, count = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
    guards = os.path.abspath(sys.argv[4]) if len(sys.argv) == 5 else None
    with tempfile.TemporaryDirectory() as folder:
        bodies, spans, traces = requests_of(kedge, archive, count, folder)
        process, port = start(kedge, archive, guards, folder)
        waits = []
        senders = [
            threading.Thread(target=send, args=(port, bodies[i::CONNECTIONS], waits)) for i in range(CONNECTIONS)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        wait_until_written(port, traces)
        seconds, largest = cost_of(process)
        process.terminate()
        process.wait()
    megabytes = sum(map(len, bodies)) / 1e6
    print(
        f"{traces} traces, {spans} spans, {megabytes:.0f} MB: {seconds:.2f} s of processor time, "
        f"{spans / seconds:.0f} spans/s, {megabytes / seconds:.1f} MB/s; longest wait {max(waits):.2f} s; "
        f"{largest} MB resident"
    )


main()
