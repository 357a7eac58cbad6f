# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Clients of two languages call each other and send each other events, with every pair of serializers."""

from interop import SERIALIZERS, InteropCase


class Mixed(InteropCase):
    endpoint = "tcp"

    def check(self, serving, using):
        """What clients of one family serve, with each serializer, clients of the other use with each serializer."""
        servers = {}
        for serializer in SERIALIZERS:
            prefix = f"com.example.{serving}.{serializer}"
            servers[prefix] = self.client(serving, "serve", serializer, "--prefix", prefix)
        for server in servers.values():
            server.wait_until_ready()
        for prefix in servers:
            users = [self.client(using, "use", serializer, "--prefix", prefix) for serializer in SERIALIZERS]
            for user in users:
                with self.subTest(f"{prefix} used by {user.name}"):
                    self.assertGreaterEqual(user.expect_all_well(), 5, "number of scenarios")
        for server in servers.values():
            with self.subTest(server.name):
                server.expect_all_well()

    def test_node_uses_what_python_serves(self):
        self.check(serving="twisted", using="node")

    def test_python_uses_what_node_serves(self):
        self.check(serving="node", using="asyncio")
