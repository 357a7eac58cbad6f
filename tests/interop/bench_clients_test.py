# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The clients of scripts/bench-clients do what they are to be measured by, and count it right. Nothing is timed."""

import pathlib
import sys

from interop import SERIALIZERS, InteropCase

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import clients  # noqa: E402


class BenchClients(InteropCase):
    endpoint = "unix"

    def test_every_client_makes_all_calls(self):
        for number, name in enumerate(clients.CLIENTS):
            serializer = SERIALIZERS[number % len(SERIALIZERS)]
            with self.subTest(f"{name} over {serializer}"):
                report = clients.measure(name, self.url, serializer, depth=7, count=50, payload=40)
                self.assertEqual(report["messages"], 50)
                self.assertGreater(report["cpu_us_per_message"], 0)

    def test_a_client_that_cannot_join_fails(self):
        nowhere = f"rs://unix:{self.folder}/nowhere"
        for name in clients.CLIENTS:
            with self.subTest(name), self.assertRaises(clients.BenchmarkFailed):
                clients.measure(name, nowhere, "json", depth=1, count=1)
