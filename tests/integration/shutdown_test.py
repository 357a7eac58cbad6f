# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""How the router ends: it says goodbye to everybody, waits no longer than it was told to, and exits with 0."""

import os
import signal
import time
import unittest

from house import RouterCase, make_certificate
from junctor_process import tcp_transport
from wamp_peer import ABORT, ANY_DICT, CALL, GOODBYE, PUBLISH, Connection

# What the router may take beyond its timeout for GOODBYE: a second of its own, and what a machine that is busy adds.
MARGIN = 10

# A timeout that nobody waits for: a test that takes so long has failed.
ENDLESS = {"goodbye_timeout": 60_000, "join_timeout": 60_000}


class Shutdown(RouterCase):
    def all_transports(self, **keys):
        tls = tcp_transport(**keys)
        tls["endpoint"]["tls"] = make_certificate(self.folder())
        return [tcp_transport(**keys), self.unix_transport(**keys), tls]

    def expect_shutdown(self, peer, *, answer=True):
        """GOODBYE, and the end once it was answered; the answer to it is not answered."""
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        if answer:
            peer.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        peer.expect_end()
        peer.close()

    def test_fifty_sessions_are_told_goodbye(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            router = self.start(*self.all_transports(limits=ENDLESS))
            serializers = ("json", "msgpack", "cbor")
            peers = [self.peer(router.urls[at % 3], serializers[at // 3 % 3]) for at in range(50)]
            for peer in peers:
                peer.subscribe("com.example.topic")
            router.send_signal(number)
            for peer in peers:
                self.expect_shutdown(peer)
            self.assertEqual(router.wait(), 0)
            self.assertFalse(os.path.exists(router.unix_path))
            self.assertEqual([event for event in router.log if event["level"] in ("warning", "error")], [])

    def test_over_websocket_the_router_says_that_it_goes_away(self):
        router = self.start({**tcp_transport(limits=ENDLESS), "type": "websocket"})
        peer = self.peer(router.urls[0])
        router.send_signal(signal.SIGTERM)
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        peer.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        self.assertEqual(peer.close_code(), 1001)
        peer.close()
        self.assertEqual(router.wait(), 0)

    def test_answers_of_every_kind_are_taken(self):
        router = self.start(self.unix_transport(limits=ENDLESS))
        peers = [self.peer(router.urls[0]) for _ in range(4)]
        answers = (
            [GOODBYE, {}, "wamp.close.normal"],
            [GOODBYE, {}, "wamp.error.goodbye_and_out"],
            [ABORT, {}, "wamp.error.system_shutdown"],
        )
        router.send_signal(signal.SIGTERM)
        for peer, answer in zip(peers, answers):
            peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
            peer.send(*answer)
            peer.expect_end()
            peer.close()
        peers[-1].expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        peers[-1].close()
        self.assertEqual(router.wait(), 0)

    def test_a_goodbye_that_crosses_that_of_the_router_counts_as_its_answer(self):
        router = self.start(self.unix_transport(limits=ENDLESS))
        peer = self.peer(router.urls[0])
        router.send_signal(signal.SIGSTOP)
        peer.send(GOODBYE, {}, "wamp.close.normal")
        router.send_signal(signal.SIGTERM)
        router.send_signal(signal.SIGCONT)
        self.assertEqual(peer.receive()[0], GOODBYE)
        peer.expect_end()
        peer.close()
        self.assertEqual(router.wait(), 0)

    def test_what_was_queued_before_is_still_delivered(self):
        router = self.start(*self.all_transports(limits=ENDLESS))
        for url in router.urls:
            peer = self.peer(url)
            subscription = peer.subscribe("com.example.topic")
        publisher = self.peer(router.urls[0])
        for number in range(50):
            publisher.send(PUBLISH, publisher.request(), {}, "com.example.topic", [number, "x" * 60_000])
        publisher.fence()
        router.send_signal(signal.SIGTERM)
        for number in range(50):
            self.assertEqual(peer.receive()[1], subscription)
            self.assertEqual(peer.serializer.loads(peer.last_payload)[4][0], number)
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")

    def test_a_client_that_never_answers_is_not_waited_for_too_long(self):
        router = self.start(*self.all_transports(limits={"goodbye_timeout": 300}))
        silent = [self.peer(url) for url in router.urls]
        deaf = [self.peer(url, receive_buffer=4096) for url in router.urls]
        for peer in deaf:
            peer.subscribe("com.example.topic")
        publisher = self.peer(router.urls[0])
        for _ in range(100):
            publisher.send(PUBLISH, publisher.request(), {}, "com.example.topic", ["x" * 60_000])
        publisher.fence()
        begun = time.monotonic()
        router.send_signal(signal.SIGTERM)
        for peer in silent:
            self.expect_shutdown(peer, answer=False)
        self.assertEqual(router.wait(), 0)
        self.assertLess(time.monotonic() - begun, 0.3 + MARGIN)

    def test_connections_that_have_not_joined_are_not_waited_for(self):
        router = self.start(*self.all_transports(limits=ENDLESS))
        waiting = [self.stranger(url) for url in router.urls]
        for url in router.urls:
            waiting.append(Connection(url, tls=False))
            self.addCleanup(waiting[-1].close)
        left = self.peer(router.urls[0])
        left.leave()
        for url in router.urls:  # connections that the router has ended, and whose clients do not end them
            waiting.append(self.stranger(url))
            waiting[-1].hello(realm="com.example.nowhere")
            waiting[-1].expect(ABORT, ANY_DICT, "wamp.error.no_such_realm")
        begun = time.monotonic()
        router.send_signal(signal.SIGTERM)
        self.assertEqual(router.wait(), 0)
        self.assertLess(time.monotonic() - begun, MARGIN)
        for one in [*waiting, left]:
            one.receive_rest()

    def test_calls_under_way_do_not_delay_it(self):
        router = self.start(self.unix_transport(limits=ENDLESS))
        callee, caller = self.peer(router.urls[0]), self.peer(router.urls[0])
        registration = callee.register("com.example.procedure")
        caller.call("com.example.procedure", timeout=60_000)
        callee.expect_invocation(registration)
        router.send_signal(signal.SIGTERM)
        for peer in (callee, caller):
            message = peer.receive()
            while message[0] != GOODBYE:
                message = peer.receive()
            self.assertEqual(message[2], "wamp.close.system_shutdown")
            peer.close()
        self.assertEqual(router.wait(), 0)

    def test_a_second_signal_ends_it_at_once(self):
        router = self.start(self.unix_transport(limits=ENDLESS))
        peer = self.peer(router.urls[0])
        begun = time.monotonic()
        router.send_signal(signal.SIGTERM)
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        router.send_signal(signal.SIGTERM)
        self.assertEqual(router.wait(), -signal.SIGTERM)
        self.assertLess(time.monotonic() - begun, MARGIN)
        peer.expect_end()

    def test_nobody_is_let_in_any_more(self):
        router = self.start(*self.all_transports(limits=ENDLESS))
        peer = self.peer(router.urls[0])
        router.send_signal(signal.SIGTERM)
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        for url in router.urls:
            with self.assertRaises((ConnectionError, FileNotFoundError)):
                Connection(url)
        peer.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        peer.expect_end()
        peer.close()
        self.assertEqual(router.wait(), 0)

    def test_what_a_client_asks_for_after_goodbye_is_not_answered(self):
        router = self.start(self.unix_transport(limits=ENDLESS))
        peer = self.peer(router.urls[0])
        router.send_signal(signal.SIGTERM)
        peer.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        peer.send(CALL, 1, {}, "com.example.procedure")
        peer.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        peer.expect_end()
        peer.close()
        self.assertEqual(router.wait(), 0)


if __name__ == "__main__":
    unittest.main()
