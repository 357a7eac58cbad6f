# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Autobahn for Node against the router, over the transports that it can connect to, with every serializer."""

from interop import InteropCase


class OverTcp(InteropCase):
    endpoint = "tcp"

    @classmethod
    def config(cls):
        config = super().config()
        config["workers"][0]["realms"][0]["options"] = {"compatible_with": ["autobahn-js"]}
        return config

    def test_node(self):
        self.check_scenarios("node")


class OverUnix(OverTcp):
    endpoint = "unix"


class OverWebSocket(OverTcp):
    framing = "websocket"


class OverSecureWebSocket(OverTcp):
    endpoint = "tls"
    framing = "websocket"

    def test_node(self):
        self.check_scenarios("node", ["msgpack"])


class OverLongPoll(OverTcp):
    """Autobahn has JSON alone there, and takes one message with each request."""

    framing = "web"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"http://127.0.0.1:{cls.router.tcp_address[1]}/lp"

    @classmethod
    def transport(cls):
        service = {"type": "longpoll", "options": {"queue_limit_messages": 10000}}
        return {"endpoint": super().transport()["endpoint"], "paths": {"lp": service}}

    def test_node(self):
        self.check_scenarios("node", ["json"])


class Goodbye(InteropCase):
    def test_clients_see_the_shutdown(self):
        self.check_goodbye(["node"])


class GoodbyeOverWebSocket(Goodbye):
    framing = "websocket"
