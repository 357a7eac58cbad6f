# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Autobahn for Python says hello: it offers a procedure and calls it, publishes an event and receives it.

    python3 hello.py [URL]

URL is where the router listens, such as rs://127.0.0.1:8081 or rs://unix:/run/junctor.sock. Without it, $JUNCTOR_URL
is taken, or else the first of these.
"""

import os
import sys

from autobahn.twisted.component import Component, run
from autobahn.wamp.types import PublishOptions
from twisted.internet.defer import Deferred

url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("JUNCTOR_URL", "rs://127.0.0.1:8081")
component = Component(
    realm="realm1",
    transports=[{"type": "rawsocket", "url": url, "serializer": "msgpack", "max_retries": 0}],
)


@component.on_join
async def hello(session, details):
    print(f"joined {details.realm} as {details.authrole}")

    await session.register(lambda x, y: x + y, "com.example.add2")
    print("com.example.add2(2, 3) =", await session.call("com.example.add2", 2, 3))

    event = Deferred()
    await session.subscribe(event.callback, "com.example.greeting")
    session.publish("com.example.greeting", "Hello, world!", options=PublishOptions(exclude_me=False))
    print("com.example.greeting:", await event)

    session.leave()


@component.on_connectfailure
def complain(_, why):
    print(f"{url}: {why}", file=sys.stderr)


run([component], log_level=None)
