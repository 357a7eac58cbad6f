# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""How long a client takes to join while many others begin handshakes of WebSocket and never end them."""

import threading
import urllib.parse

from servers import measure
from slow_clients import SlowClients

OPENING = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
PAUSE = 0.1

# One client joins and leaves again and again.
JOINING = "connect --clients 1"


class SlowHandshakes:
    """So many clients that send an octet each now and then, until the router has closed them all.

    ages  how long they lived, in seconds
    """

    def __init__(self, url, count):
        parts = urllib.parse.urlsplit(url)
        self._slow = SlowClients((parts.hostname, parts.port), count, OPENING, PAUSE)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while self._slow.open:
            self._slow.send_one_more()

    @property
    def ages(self):
        return self._slow.ages

    def wait(self):
        self._thread.join()


def measure_slow_handshakes(server, transport, count, processor, seconds):
    """The report of `junctor bench` about sessions that come and go meanwhile, and the ages of the slow ones."""
    slow = SlowHandshakes(server.urls[transport], count)
    report = measure(server, transport, JOINING, processor, ["--duration", seconds, "--warmup", "0"])
    slow.wait()
    return report, slow.ages
