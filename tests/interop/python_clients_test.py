# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Autobahn for Python, on Twisted and on asyncio, against the router, over every transport with every serializer."""

from interop import InteropCase


class OverTcp(InteropCase):
    endpoint = "tcp"

    def test_twisted(self):
        self.check_scenarios("twisted")

    def test_asyncio(self):
        self.check_scenarios("asyncio")


class OverUnix(OverTcp):
    endpoint = "unix"


class OverTls(OverTcp):
    endpoint = "tls"


class OverWebSocket(OverTcp):
    framing = "websocket"


class OverSecureWebSocket(InteropCase):
    endpoint = "tls"
    framing = "websocket"

    def test_twisted(self):
        self.check_scenarios("twisted")


class Goodbye(InteropCase):
    def test_clients_see_the_shutdown(self):
        self.check_goodbye(["twisted", "asyncio"])


class GoodbyeOverWebSocket(Goodbye):
    framing = "websocket"
