# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Components that connect by WebSocket to what Autobahn for Python listens with."""

import json
import os
import subprocess
import time
import unittest

from interop import HERE, REALM, SECONDS_PER_CLIENT
from junctor_process import JunctorProcess


class Upstream(unittest.TestCase):
    def listen(self, *arguments):
        """Autobahn, and the port that it listens on."""
        command = [os.environ["INTEROP_PYTHON"], "-B", str(HERE / "python" / "upstream.py"), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def connect(self, port, *serializers):
        extra = {"prefix": "com.example.clock", "interval": 0}
        transport = {
            "type": "websocket",
            "url": f"ws://127.0.0.1:{port}/",
            "serializers": serializers,
            "options": {"compression": {"deflate": {}}},
        }
        clock = {"type": "class", "classname": "junctor.clock", "realm": REALM, "extra": extra, "transport": transport}
        process = JunctorProcess({"version": 2, "workers": [{"type": "container", "components": [clock]}]})
        self.addCleanup(process.kill)

    def check(self, subprotocol, *how):
        """A component that offers more than is known to Autobahn gets through all of it."""
        listening, port = self.listen(subprotocol, *how)
        self.connect(port, *{"msgpack.batched": 0, subprotocol: 0, "json": 0})
        output, errors = listening.communicate(timeout=SECONDS_PER_CLIENT)
        self.assertEqual(listening.returncode, 0, errors)
        handshake, refused, answered = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(handshake, {"subprotocol": f"wamp.2.{subprotocol}", "compressed": "deflate" in how})
        self.assertEqual(refused, {"request": 1, "args": ["0 arguments expected, 1 given"]})
        self.assertEqual(answered["request"], 2)
        self.assertLess(abs(answered["args"][0] - time.time()), SECONDS_PER_CLIENT)

    def test_components_serve_over_every_subprotocol(self):
        # Autobahn separates the messages in batches of JSON by another character than the specification says.
        for subprotocol in ("json", "msgpack", "cbor", "msgpack.batched", "cbor.batched"):
            for how in ((), ("deflate",)):
                with self.subTest(subprotocol, how=how):
                    self.check(subprotocol, *how)
