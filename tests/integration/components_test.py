# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Components of the library as their routers see them: the examples of the documentation join our router, which goes
away and comes back, and one that is written here after the specification alone.

Environment: JUNCTOR_BINARY, and the examples JUNCTOR_EXAMPLE_CLOCK and JUNCTOR_EXAMPLE_ADD2.
"""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import msgpack

from junctor_process import JunctorProcess, node_config, tcp_transport, unix_transport
from wamp_peer import ABORT, CALL, ERROR, EVENT, GOODBYE, HELLO, INVOCATION, PATIENCE, REGISTER, REGISTERED
from wamp_peer import RESULT, WELCOME, YIELD, Peer, same

KILLED = 20


@contextlib.contextmanager
def component(example, url):
    """An example of the documentation, connected to `url`. It must end well when it is stopped."""
    process = subprocess.Popen(
        [os.environ[f"JUNCTOR_EXAMPLE_{example.upper()}"], url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=PATIENCE)
        if process.returncode != 0 or complaints:
            raise AssertionError(f"{example} exited with {process.returncode}: {complaints.decode()}")
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def call_until_answered(url, procedure):
    """The result of a procedure that is going to be registered."""
    peer = Peer(url, "json")
    try:
        peer.join()
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            request = peer.request()
            peer.send(CALL, request, {}, procedure)
            answer = peer.receive()
            if answer[0] == RESULT:
                return answer[3]
            if answer[:3] != [ERROR, CALL, request] or answer[4] != "wamp.error.no_such_procedure":
                raise AssertionError(f"{procedure} answers {answer}")
        raise AssertionError(f"nobody registers {procedure}")
    finally:
        peer.close()


class OwnRouter(unittest.TestCase):
    """Our components at our router."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="junctor-components-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "router.sock")

    def config(self):
        return node_config([unix_transport(self.path), tcp_transport()])

    def test_a_call_of_its_own_procedure(self):
        with JunctorProcess(self.config()) as router:
            for url in router.urls:
                told = subprocess.run(
                    [os.environ["JUNCTOR_EXAMPLE_ADD2"], url], capture_output=True, timeout=PATIENCE, check=True
                )
                self.assertEqual(told.stdout, b"2 + 3 = 5\n")

    def test_calls_and_events(self):
        with JunctorProcess(self.config()) as router:
            for url in router.urls:
                with component("clock", url):
                    before = int(time.time())
                    (now,) = call_until_answered(router.urls[0], "com.example.clock.now")
                    self.assertTrue(before <= now <= time.time(), now)
                    peer = Peer(router.urls[0], "json")
                    peer.join()
                    subscription = peer.subscribe("com.example.clock.tick")
                    event = peer.receive()
                    self.assertEqual(event[:2], [EVENT, subscription])
                    self.assertTrue(before <= event[4][0] <= time.time(), event)
                    peer.close()

    def test_it_comes_back_whenever_its_router_does(self):
        """The router is killed again and again: what the component had registered is there each time."""
        url = f"rs://unix:{self.path}"
        with component("clock", url) as clock:
            for _ in range(KILLED):
                router = JunctorProcess(self.config())
                try:
                    router.wait_until_ready()
                    self.assertEqual(len(call_until_answered(url, "com.example.clock.now")), 1)
                finally:
                    router.kill()
            self.assertIsNone(clock.poll())


class ScriptedRouter:
    """The other end of one connection, octet by octet."""

    def __init__(self, listener):
        self.connection, _ = listener.accept()
        self.connection.settimeout(PATIENCE)

    def take(self, count):
        octets = b""
        while len(octets) < count:
            more = self.connection.recv(count - len(octets))
            if not more:
                raise AssertionError(f"the component ended the connection after {octets}")
            octets += more
        return octets

    def shake_hands(self):
        request = self.take(4)
        if request[0] != 0x7F or request[1] & 0x0F != 2 or request[2:] != b"\0\0":
            raise AssertionError(f"the component begins with {request.hex()}")
        # Nothing may ride with it: some routers would lose that.
        self.connection.setblocking(False)
        try:
            early = self.connection.recv(1)
            raise AssertionError(f"{early} came before the handshake was answered")
        except BlockingIOError:
            pass
        self.connection.settimeout(PATIENCE)
        self.connection.sendall(b"\x7f\xf2\0\0")

    def receive(self):
        header = self.take(4)
        kind, length = header[0], int.from_bytes(header[1:], "big")
        content = self.take(length)
        return (kind, content) if kind else (0, msgpack.unpackb(content))

    def expect(self, *wanted):
        kind, message = self.receive()
        if kind != 0 or not same(list(wanted), message[: len(wanted)]):
            raise AssertionError(f"{list(wanted)} was to come, and {message} did")
        return message

    def frame(self, *message):
        content = msgpack.packb(list(message))
        return struct.pack(">I", len(content)) + content

    def send(self, *message):
        self.connection.sendall(self.frame(*message))

    def send_in_pieces(self, *message):
        for octet in self.frame(*message):
            self.connection.sendall(bytes([octet]))

    def welcome(self, **details):
        self.shake_hands()
        hello = self.expect(HELLO, "realm1")
        self.send(WELCOME, 7, {"roles": {"broker": {}, "dealer": {}}, **details})
        return hello

    def serve(self):
        """To where the clock has registered its procedure."""
        request = self.expect(REGISTER)[1]
        self.send(REGISTERED, request, 77)

    def expect_end(self):
        while self.connection.recv(4096):
            pass
        self.connection.close()


class ForeignRouter(unittest.TestCase):
    """Our components at a router that behaves as it likes."""

    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.listener.settimeout(PATIENCE)
        self.url = f"rs://127.0.0.1:{self.listener.getsockname()[1]}"

    def router(self):
        router = ScriptedRouter(self.listener)
        self.addCleanup(router.connection.close)
        return router

    def leave(self, clock, router):
        """The component says GOODBYE when it is stopped, and takes any answer to it."""
        clock.send_signal(signal.SIGTERM)
        while True:
            kind, message = router.receive()
            if kind == 0 and message[0] == GOODBYE:
                break
        router.send(GOODBYE, {}, "wamp.error.goodbye_and_out")
        router.expect_end()
        self.assertEqual(clock.wait(PATIENCE), 0)

    def test_hello_says_what_it_can_do(self):
        with component("clock", self.url) as clock:
            router = self.router()
            details = router.welcome()[2]
            self.assertEqual(set(details["roles"]), {"publisher", "subscriber", "caller", "callee"})
            self.assertTrue(details["roles"]["callee"]["features"]["call_canceling"])
            for role in details["roles"].values():
                self.assertEqual(set(role["features"].values()), {True})
            self.leave(clock, router)

    def test_odd_but_legal(self):
        """Unknown details, a feature that is no boolean, frames in pieces, PINGs in the middle, late answers."""
        with component("clock", self.url) as clock:
            router = self.router()
            router.shake_hands()
            router.expect(HELLO, "realm1")
            roles = {"broker": {"features": {"x": None}}, "dealer": {"features": []}, "seer": 1}
            router.send_in_pieces(WELCOME, 2**53, {"roles": roles, "authid": None, "x_more": [1, {}], "agent": 5})
            router.serve()
            router.connection.sendall(b"\1\0\0\3abc")
            router.send(RESULT, 1, {}, ["to nobody"])
            router.send_in_pieces(INVOCATION, 1, 77, {"x_custom": 1, "caller": 5})
            seen = []
            while len(seen) < 2:
                kind, message = router.receive()
                if kind == 2:
                    self.assertEqual(message, b"abc")
                    seen.append("PONG")
                elif message[0] == YIELD:
                    self.assertEqual(message[1], 1)
                    seen.append("YIELD")
            self.leave(clock, router)

    def test_whatever_ends_a_session_is_followed_by_another(self):
        endings = {
            "GOODBYE": lambda router: router.send(GOODBYE, {}, "wamp.close.system_shutdown"),
            "ABORT": lambda router: router.send(ABORT, {"message": "enough"}, "wamp.error.protocol_violation"),
            "the end of the connection": lambda router: router.connection.close(),
            "a message that is none": lambda router: router.connection.sendall(b"\0\0\0\1\xc1"),
            "a frame of no type": lambda router: router.connection.sendall(b"\7\0\0\0"),
            "an answer to nothing": lambda router: router.send(RESULT, 1000, {}),
        }
        with component("clock", self.url) as clock:
            for name, end in endings.items():
                with self.subTest(name):
                    router = self.router()
                    router.welcome()
                    router.serve()
                    end(router)
            router = self.router()
            router.welcome()
            router.serve()
            self.leave(clock, router)

    def test_whatever_prevents_a_session_is_followed_by_another_attempt(self):
        refusals = {
            "an error of RawSocket": lambda router: router.connection.sendall(b"\x7f\x40\0\0"),
            "another serializer": lambda router: router.connection.sendall(b"\x7f\xf1\0\0"),
            "HTTP": lambda router: router.connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "the end": lambda router: None,
        }
        with component("clock", self.url) as clock:
            for name, refuse in refusals.items():
                with self.subTest(name):
                    router = self.router()
                    router.take(4)
                    refuse(router)
                    router.connection.close()
            router = self.router()
            router.shake_hands()
            router.expect(HELLO)
            router.send(ABORT, {}, "wamp.close.system_shutdown")
            router.expect_end()
            router = self.router()
            router.welcome()
            router.serve()
            self.leave(clock, router)


if __name__ == "__main__":
    unittest.main()
