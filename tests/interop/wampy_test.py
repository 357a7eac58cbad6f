# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Wampy.js against the router, over WebSocket with every serializer, and with Autobahn for Node on the other side."""

from interop import SERIALIZERS, InteropCase
from junctor_process import node_config, tcp_transport


class OverWebSocket(InteropCase):
    framing = "websocket"

    def test_wampy(self):
        self.check_scenarios("wampy")


class OverSecureWebSocket(InteropCase):
    endpoint = "tls"
    framing = "websocket"

    def test_wampy(self):
        self.check_scenarios("wampy", ["cbor"])


class Goodbye(InteropCase):
    framing = "websocket"

    def test_clients_see_the_shutdown(self):
        self.check_goodbye(["wampy"])


class Reconnection(InteropCase):
    framing = "websocket"

    def test_a_router_that_was_killed_gets_its_clients_back(self):
        clients = [self.client("wampy", "reconnect", each, "--prefix", f"com.example.{each}") for each in SERIALIZERS]
        for client in clients:
            client.wait_until_ready()
        self.router.kill()
        self.start_again()
        for client in clients:
            with self.subTest(client.name):
                client.expect_all_well()


class WithAutobahn(InteropCase):
    """Wampy over WebSocket and Autobahn over RawSocket, in one realm."""

    @classmethod
    def config(cls):
        config = node_config([tcp_transport(), {**tcp_transport(), "type": "websocket"}])
        config["workers"][0]["realms"][0]["options"] = {"compatible_with": ["autobahn-js"]}
        return config

    def check(self, serving, using):
        """What one family serves, with each serializer, the other uses with another one."""
        urls = dict(zip(("node", "wampy"), self.router.urls))
        servers, users = [], []
        for serializer in SERIALIZERS:
            prefix = ("--prefix", f"com.example.{serving}.{serializer}")
            servers.append(self.client(serving, "serve", serializer, *prefix, url=urls[serving]))
        for server in servers:
            server.wait_until_ready()
        for serializer, other in zip(SERIALIZERS, SERIALIZERS[1:] + SERIALIZERS[:1]):
            prefix = ("--prefix", f"com.example.{serving}.{serializer}")
            users.append(self.client(using, "use", other, *prefix, "--server", serving, url=urls[using]))
        for client in users:
            with self.subTest(f"what {serving} serves, used by {client.name}"):
                self.assertGreaterEqual(client.expect_all_well(), 8, "number of scenarios")
        for client in servers:
            with self.subTest(client.name):
                client.expect_all_well()

    def test_wampy_uses_what_autobahn_serves(self):
        self.check(serving="node", using="wampy")

    def test_autobahn_uses_what_wampy_serves(self):
        self.check(serving="wampy", using="node")
