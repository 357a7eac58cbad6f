# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What scripts/bench-clients runs: calls by the client library and by those of other projects, and a table of them.

Each client has two sessions with the same router, one of which calls a procedure of the other. What is measured is the
process of the client.

Environment: JUNCTOR_BINARY; INTEROP_PYTHON, an interpreter that has Autobahn; INTEROP_NODE, Node. PYTHONPATH has
tests/support.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from junctor_process import JunctorProcess, binary, node_config, unix_transport

TESTS = pathlib.Path(__file__).resolve().parent.parent
SECONDS_PER_RUN = 120


class BenchmarkFailed(Exception):
    """What a client said that did not do it all."""


def junctor(url, serializer, depth, count, payload):
    options = ["--depth", depth, "--count", count, "--payload", payload]
    return [binary(), "bench", "client", "--json", "--url", url, "--serializer", serializer, *options]


def autobahn_python(framework):
    script = str(TESTS / "bench" / "clients" / "autobahn_python.py")
    return lambda *load: [os.environ["INTEROP_PYTHON"], "-B", script, framework, *load]


def autobahn_node(*load):
    script = str(TESTS / "bench" / "clients" / "autobahn_node.mjs")
    return [os.environ["INTEROP_NODE"], "--no-deprecation", script, *load]


#: How each client is started with URL, serializer, depth, count and payload.
CLIENTS = {
    "Junctor": junctor,
    "Autobahn for Python, Twisted": autobahn_python("twisted"),
    "Autobahn for Python, asyncio": autobahn_python("asyncio"),
    "Autobahn for Node": autobahn_node,
}


def measure(name, url, serializer, depth, count, payload=16):
    """What a client counts and needs: messages, per_second and cpu_us_per_message."""
    load = [url, serializer, str(depth), str(count), str(payload)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS / "interop" / "python")}
    done = subprocess.run(
        CLIENTS[name](*load), capture_output=True, text=True, check=False, env=environment, timeout=SECONDS_PER_RUN
    )
    if done.returncode != 0:
        raise BenchmarkFailed(f"{name} ends with {done.returncode}: {done.stderr.strip()[-500:]}")
    report = json.loads(done.stdout)
    return {**report, **report.get("client", {})}


def row_of(name, url, options, depth):
    """A row of the table: the medians of all runs, with the least and the most CPU time."""
    count = options.count if name == "Junctor" else options.count // 10
    reports = [measure(name, url, options.serializer, depth, count) for _ in range(options.repetitions)]
    cpu = [report["cpu_us_per_message"] for report in reports]
    rate = statistics.median(report["per_second"] for report in reports)
    return [name, str(depth), f"{statistics.median(cpu):.1f} ({min(cpu):.1f}–{max(cpu):.1f})", f"{rate:,.0f}"]


def print_row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench-clients",
        description="Measures clients beside each other: calls between two sessions, over a Unix domain socket.",
    )
    parser.add_argument("--repetitions", type=int, default=5, metavar="N", help="runs of each (5)")
    parser.add_argument("--count", type=int, default=100_000, metavar="N", help="calls in each; a tenth for others")
    parser.add_argument("--serializer", choices=["json", "msgpack", "cbor"], default="msgpack", help="(msgpack)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    print_row(["client", "calls at a time", "CPU µs for a call", "calls per second"])
    print_row(["---", "---:", "---:", "---:"])
    with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
        transport = unix_transport(os.path.join(folder, "router.sock"))
        with JunctorProcess(node_config([transport]), loglevel="info") as router:
            for depth in (1, 64):
                for name in CLIENTS:
                    print_row(row_of(name, router.urls[0], options, depth))
    return 0


if __name__ == "__main__":
    sys.exit(main())
