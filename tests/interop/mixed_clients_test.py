# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Clients of two languages, or our own and one of those, call each other and send each other events.

With every pair of serializers, but where our client serves: there the router translates between any two.
"""

from interop import SERIALIZERS, InteropCase


class Mixed(InteropCase):
    endpoint = "tcp"

    def check(self, serving, using, users_of=lambda serializer: SERIALIZERS):
        """What clients of one family serve, with each serializer, clients of the other use with those of `users_of`."""
        servers = {}
        for serializer in SERIALIZERS:
            prefix = f"com.example.{serving}.{serializer}"
            servers[serializer, prefix] = self.client(serving, "serve", serializer, "--prefix", prefix)
        for server in servers.values():
            server.wait_until_ready()
        for serializer, prefix in servers:
            options = ("--prefix", prefix, "--server", serving)
            users = [self.client(using, "use", each, *options) for each in users_of(serializer)]
            for user in users:
                with self.subTest(f"{prefix} used by {user.name}"):
                    self.assertGreaterEqual(user.expect_all_well(), 8, "number of scenarios")
        for server in servers.values():
            with self.subTest(server.name):
                server.expect_all_well()

    @staticmethod
    def next_serializer(serializer):
        """Another serializer for each, so that the router changes payloads from every one into every other's form."""
        return [SERIALIZERS[(SERIALIZERS.index(serializer) + 1) % len(SERIALIZERS)]]

    def test_node_uses_what_python_serves(self):
        self.check(serving="twisted", using="node")

    def test_python_uses_what_node_serves(self):
        self.check(serving="node", using="asyncio")

    def test_our_client_uses_what_others_serve(self):
        for family in ("twisted", "node"):
            self.check(serving=family, using="junctor")

    def test_others_use_what_our_client_serves(self):
        for family in ("asyncio", "node"):
            self.check(serving="junctor", using=family, users_of=self.next_serializer)
