# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What scripts/bench runs: each load against the router and its yardstick in turn, and the table of their medians."""

import argparse
import contextlib
import functools
import signal
import statistics
import sys
import tempfile

from loads import FLOOR, PLAIN, RAWSOCKET, SAME_SERIALIZER, ROWS, select, without_option
from servers import BenchmarkFailed, Floor, Router, Server, measure, processors
from slow_handshakes import measure_slow_handshakes

# Less than the router gives them.
SECONDS_OF_SLOW_HANDSHAKES = "9"


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures what the router costs beside a server that only forwards frames. Prints a table.",
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only rows that begin so")
    parser.add_argument("--list", action="store_true", help="print the names of all rows")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N", help="runs of each (5)")
    parser.add_argument("--duration", default="2", metavar="S", help="seconds that count in each run (2)")
    parser.add_argument("--warmup", default="0.5", metavar="S", help="seconds before that (0.5)")
    parser.add_argument(
        "--other",
        action="append",
        default=[],
        metavar="NAME,PID,URL[,URL...]",
        help="another router, which runs already; measured in turn with the rest",
    )
    return parser.parse_args()


def other_router(text):
    name, pid, *urls = text.split(",")
    return Server(name, int(pid), urls)


class Run:
    """One column of a row: a server, and what `junctor bench` is to do with it."""

    def __init__(self, server, transport, arguments):
        self.server, self.transport, self.arguments = server, transport, arguments
        self.reports = []

    def measure(self, processor, timing):
        self.reports.append(measure(self.server, self.transport, self.arguments, processor, timing))

    def all(self, *keys):
        """A figure of all reports, by the keys that lead to it."""
        return [functools.reduce(lambda inner, key: inner[key], keys, report) for report in self.reports]

    def median(self, *keys):
        """The median of a figure of all reports."""
        return statistics.median(self.all(*keys))

    def cost(self):
        """Microseconds that the server's processor needs for one message."""
        return self.median("router", "cpu_us_per_message")


def runs_of(row, router, floor, others):
    """What a row measures: the router, its yardstick and other routers, None in place of those that cannot be."""
    yardstick = {
        FLOOR: Run(floor, row.transport, row.arguments),
        PLAIN: Run(router, "tcp", row.arguments),
        RAWSOCKET: Run(router, "tcp", row.arguments),
        SAME_SERIALIZER: Run(router, row.transport, without_option(row.arguments, "--receiver")),
    }.get(row.yardstick)
    rest = [Run(other, row.transport, row.arguments) if row.transport in other.urls else None for other in others]
    return [Run(router, row.transport, row.arguments), yardstick, *rest]


def cells_of_idle(row, runs):
    """The cells of a row that is about memory."""
    sizes = [
        f"{run.median('bytes_per_session', 'joined'):.0f} B, {run.median('bytes_per_session', 'after_burst'):.0f} B"
        for run in filter(None, runs)
    ]
    return [f"{row.title}; after 10 events", sizes[0], "", "", "", "", *sizes[1:]]


def cells_of_slow_handshakes(row, router, processor):
    """The cells of the row about clients that hold others up."""
    count = int(row.arguments.split()[1])
    report, ages = measure_slow_handshakes(router, row.transport, count, processor, SECONDS_OF_SLOW_HANDSHAKES)
    latency = report["latency_us"]
    joins = f"{latency['p50'] / 1000:.2f} ms, at most {latency['max'] / 1000:.2f} ms"
    return [f"{row.title}; these end after {max(ages):.1f} s", joins, "", "", f"{report['per_second']:,.0f}", ""]


def cells_of(row, runs):
    """The cells of the table's row."""
    if row.arguments.startswith("idle"):
        return cells_of_idle(row, runs)
    router, yardstick, *others = runs
    spread = router.all("router", "cpu_us_per_message")
    named = f" ({row.yardstick})" if row.yardstick != FLOOR else ""
    return [
        row.title,
        f"{router.cost():.3f} ({min(spread):.3f}–{max(spread):.3f})",
        f"{yardstick.cost():.3f}{named}" if yardstick else "",
        f"{router.cost() / yardstick.cost():.2f}" if yardstick else "",
        f"{router.median('per_second'):,.0f}",
        f"{router.median('client', 'cpu_us_per_message'):.3f}",
        *(f"{run.cost():.3f}" if run else "" for run in others),
    ]


def print_row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def measure_row(row, others, options):
    """Measures one row with servers of its own, so that nothing of the rows before it is left."""
    server_processor, client_processor = processors()
    timing = ["--duration", options.duration, "--warmup", options.warmup]
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="junctor-"))
        router = stack.enter_context(contextlib.closing(Router(folder, server_processor)))
        if row.arguments.startswith("slow-handshakes"):
            return cells_of_slow_handshakes(row, router, client_processor) + [""] * len(others)
        floor = stack.enter_context(contextlib.closing(Floor(folder, server_processor)))
        runs = runs_of(row, router, floor, others)
        # Memory of idle sessions is measured once: the router keeps what it got for the next time.
        repetitions = 1 if row.arguments.startswith("idle") else options.repetitions
        for _ in range(repetitions):
            for run in filter(None, runs):
                run.measure(client_processor, timing)
    return cells_of(row, runs)


def end_orderly():
    """Lets both signals that end a script stop the servers too, even where a shell has SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def main():
    end_orderly()
    options = parse_arguments()
    if options.list:
        print("\n".join(row.name for row in ROWS))
        return 0
    try:
        rows = select(options.rows)
    except LookupError as error:
        print(f"scripts/bench: {error}; --list prints all", file=sys.stderr)
        return 2
    others = [other_router(text) for text in options.other]
    heads = ["load", "router, CPU µs", "yardstick, CPU µs", "ratio", "per second", "client, CPU µs"]
    heads += [f"{other.name}, CPU µs" for other in others]
    print_row(heads)
    print_row(["---"] + ["---:"] * (len(heads) - 1))
    failures = 0
    for row in rows:
        try:
            print_row(measure_row(row, others, options))
        except BenchmarkFailed as failure:
            failures += 1
            print_row([row.title, f"failed: {failure}"] + [""] * (len(heads) - 2))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
