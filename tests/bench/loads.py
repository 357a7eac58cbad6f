# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The rows of the benchmark's table."""

import collections

# What a row is compared with. FLOOR: bench-floor under the same load. Others: the router itself.
FLOOR, PLAIN, RAWSOCKET, SAME_SERIALIZER, NOTHING = "floor", "plain", "RawSocket", "same serializer", ""

# name       what it is called on the command line of scripts/bench
# title      what it is called in the table
# transport  "unix", "tcp", "tls", "ws", "wss" or "ws-deflate"
# arguments  those of `junctor bench`, or `slow-handshakes` and a number of them
# yardstick  one of the above
Row = collections.namedtuple("Row", "name title transport arguments yardstick")

# name, title, arguments: each of them is a row over Unix domain sockets and one over TCP.
OVER_BOTH = (
    ("rpc-32x1", "call, 32 callers x 1", "rpc --callers 32 --callees 32"),
    ("rpc-8x8", "call, 8 callers x 64", "rpc --callers 8 --callees 8 --depth 64"),
    ("rpc-8x8-1k", "call, 8 callers x 64, 1 KiB", "rpc --callers 8 --callees 8 --depth 64 --payload 1024"),
    ("rpc-4x4-64k", "call, 4 callers x 8, 64 KiB", "rpc --callers 4 --callees 4 --depth 8 --payload 65536"),
    ("event-1-1", "event, 1 to 1 x 64", "pubsub --depth 64"),
    ("event-1-100", "event, 1 to 100 x 1", "pubsub --subscribers 100"),
    ("event-1-100-deep", "event, 1 to 100 x 64", "pubsub --subscribers 100 --depth 64"),
    ("event-1-100-1k", "event, 1 to 100 x 64, 1 KiB", "pubsub --subscribers 100 --depth 64 --payload 1024"),
    ("event-1-10-64k", "event, 1 to 10 x 1, 64 KiB", "pubsub --subscribers 10 --payload 65536"),
    ("rpc-8x8-json", "call, 8 callers x 64, JSON", "rpc --callers 8 --callees 8 --depth 64 --serializer json"),
    ("event-1-100-json", "event, 1 to 100 x 64, JSON", "pubsub --subscribers 100 --depth 64 --serializer json"),
)

# name, title, arguments: each of them is a row over WebSocket on TCP.
OVER_WEBSOCKET = (
    ("rpc-32x1", "call, 32 callers x 1", "rpc --callers 32 --callees 32"),
    ("rpc-8x8", "call, 8 callers x 64", "rpc --callers 8 --callees 8 --depth 64"),
    ("rpc-8x8-json", "call, 8 callers x 64, JSON", "rpc --callers 8 --callees 8 --depth 64 --serializer json"),
    ("rpc-8x8-1k", "call, 8 callers x 64, 1 KiB", "rpc --callers 8 --callees 8 --depth 64 --payload 1024"),
    ("rpc-4x4-64k", "call, 4 callers x 8, 64 KiB", "rpc --callers 4 --callees 4 --depth 8 --payload 65536"),
    ("event-1-100", "event, 1 to 100 x 1", "pubsub --subscribers 100"),
    ("event-1-100-deep", "event, 1 to 100 x 64", "pubsub --subscribers 100 --depth 64"),
    ("event-1-100-json", "event, 1 to 100 x 64, JSON", "pubsub --subscribers 100 --depth 64 --serializer json"),
    ("event-1-10-64k", "event, 1 to 10 x 1, 64 KiB", "pubsub --subscribers 10 --payload 65536"),
    ("connect", "session, 8 clients that come and go", "connect --clients 8"),
)

CROSSING = "pubsub --subscribers 10 --depth 64 --payload 1024"
CALLS = "rpc --callers 8 --callees 8 --depth 64"
LARGE_CALLS = "rpc --callers 4 --callees 4 --depth 8 --payload 65536"

OTHERS = (
    Row(
        "event-1-10-cross",
        "event, 1 to 10 x 64, 1 KiB, MessagePack to JSON",
        "unix",
        f"{CROSSING} --receiver json",
        SAME_SERIALIZER,
    ),
    Row("rpc-8x8-tls", "call, 8 callers x 64, TLS", "tls", CALLS, PLAIN),
    Row("rpc-4x4-64k-tls", "call, 4 callers x 8, 64 KiB, TLS", "tls", LARGE_CALLS, PLAIN),
    Row("connect-unix", "session, 8 clients that come and go, Unix", "unix", "connect --clients 8", NOTHING),
    Row("connect-tcp", "session, 8 clients that come and go, TCP", "tcp", "connect --clients 8", NOTHING),
    Row("connect-tls", "session, 8 clients that come and go, TLS", "tls", "connect --clients 8", NOTHING),
    Row("idle-unix", "idle session, 1000 of them, Unix", "unix", "idle --sessions 1000 --burst 10", NOTHING),
    Row("idle-tcp", "idle session, 1000 of them, TCP", "tcp", "idle --sessions 1000 --burst 10", NOTHING),
    Row("idle-tls", "idle session, 1000 of them, TLS", "tls", "idle --sessions 1000 --burst 10", NOTHING),
    Row("idle-ws", "idle session, 1000 of them, WebSocket", "ws", "idle --sessions 1000 --burst 10", NOTHING),
    Row(
        "idle-ws-deflate",
        "idle session, 1000 of them, WebSocket, compressed",
        "ws-deflate",
        "idle --sessions 1000 --burst 10 --deflate",
        NOTHING,
    ),
    Row("idle-wss", "idle session, 1000 of them, secure WebSocket", "wss", "idle --sessions 1000 --burst 10", NOTHING),
    Row("slow-ws", "session, beside 1000 slow handshakes of WebSocket", "ws", "slow-handshakes 1000", NOTHING),
)

ROWS = [
    Row(f"{name}-{transport}", f"{title}, {shown}", transport, arguments, FLOOR)
    for name, title, arguments in OVER_BOTH
    for transport, shown in (("unix", "Unix"), ("tcp", "TCP"))
]
ROWS += [
    Row(f"{name}-ws", f"{title}, WebSocket", "ws", arguments, RAWSOCKET) for name, title, arguments in OVER_WEBSOCKET
]
ROWS += OTHERS


def without_option(arguments, option):
    """`arguments` without `option` and its value."""
    words = arguments.split()
    if option in words:
        place = words.index(option)
        del words[place : place + 2]
    return " ".join(words)


def select(names):
    """The rows that begin with one of `names`; all of them if there are none. Raises LookupError for a name of none."""
    for name in names:
        if not any(row.name.startswith(name) for row in ROWS):
            raise LookupError(f"no row begins with {name!r}")
    return [row for row in ROWS if not names or any(row.name.startswith(name) for name in names)]
