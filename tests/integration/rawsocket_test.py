# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The RawSocket transport, octet by octet. Spec: advanced profile, "RawSocket Transport"."""

import random
import time
import unittest

from house import HouseCase, open_house
from wamp_peer import ANY_ID, CALL, ERROR, EVENT, INVOCATION, PUBLISH, PUBLISHED, RESULT, SUBSCRIBE, SUBSCRIBED, YIELD
from wamp_peer import SERIALIZERS, Frame, frame, handshake

setUpModule = open_house

DEFAULT_NIBBLE = 8  # 128 kB
EXTENDED = 1 << 24


class RawSocketCase(HouseCase):
    transport = "unix"


class Handshake(RawSocketCase):
    def answer_to(self, octets, transport=None):
        peer = self.connection(transport)
        peer.send_octets(octets)
        return peer.receive_octets(4).hex()

    def refusal_of(self, octets, transport=None):
        peer = self.connection(transport)
        peer.send_octets(octets)
        return peer.receive_rest().hex()

    def test_the_reply_echoes_the_serializer_and_tells_the_routers_own_limit(self):
        for nibble in (0, 7, 15):
            for number in (1, 2, 3):
                with self.subTest(nibble=nibble, serializer=number):
                    self.assertEqual(self.answer_to(handshake(number, nibble)), f"7f{DEFAULT_NIBBLE:x}{number}0000")

    def test_the_limit_told_is_the_next_power_of_two(self):
        self.assertEqual(self.answer_to(handshake("json"), "small"), "7f110000", "1000 octets: 1024")
        self.assertEqual(self.answer_to(handshake("json"), "large"), "7ff10000")

    def test_it_works_on_every_kind_of_endpoint(self):
        for transport in ("tcp", "unix", "tls", "abstract", "tcp6", "tls6"):
            with self.subTest(transport):
                self.peer(transport=transport).fence()

    def test_a_serializer_that_is_unknown_or_not_enabled_is_refused_by_error_1(self):
        for number in (4, 5, 15):
            self.assertEqual(self.refusal_of(handshake(number)), "7f100000")
        self.assertEqual(self.refusal_of(handshake("msgpack"), "json_only"), "7f100000")
        self.assertEqual(self.answer_to(handshake("json"), "json_only"), "7f810000")

    def test_serializer_0_is_illegal(self):
        self.assertIn(self.refusal_of(b"\x7f\xf0\x00\x00"), ("", "7f100000"))

    def test_reserved_octets_are_refused_by_error_3(self):
        for octets in (b"\x7f\xf1\x01\x00", b"\x7f\xf1\x00\x01", b"\x7f\xf1\xff\xff"):
            self.assertEqual(self.refusal_of(octets), "7f300000")

    def test_a_client_that_takes_too_little_is_refused_by_error_2(self):
        self.assertEqual(self.refusal_of(handshake("json", 2), "picky"), "7f200000", "2048 octets")
        self.assertEqual(self.answer_to(handshake("json", 3), "picky"), "7f810000", "4096 octets")

    def test_whoever_speaks_something_else_gets_nothing_but_the_end(self):
        http = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        tls = bytes.fromhex("16030100c5010000c103038a")
        for octets in (http, tls, b"\0", b"\xff" * 10_000, b"\x7e\xf1\x00\x00"):
            for transport in ("tcp", "unix"):
                with self.subTest(octets=octets[:12], transport=transport):
                    peer = self.connection(transport)
                    peer.send_octets(octets)
                    peer.expect_end()

    def test_it_may_come_in_pieces(self):
        for transport in ("tcp", "unix", "tls"):
            peer = self.connection(transport)
            for octet in handshake("json"):
                peer.send_octets(bytes([octet]))
            self.assertEqual(peer.receive_octets(4).hex(), "7f810000")

    def test_it_may_come_together_with_the_first_frame(self):
        hello = SERIALIZERS["json"].dumps([1, "realm1", {"roles": {"caller": {}}}])
        for transport in ("tcp", "unix", "tls"):
            for rest in (frame(hello), frame(hello)[:7]):
                peer = self.connection(transport)
                peer.send_octets(handshake("json") + rest)
                peer.send_octets(frame(hello)[len(rest) :])
                self.assertEqual(peer.receive_octets(4).hex(), "7f810000")
                length = int.from_bytes(peer.receive_octets(4), "big")
                self.assertTrue(peer.receive_octets(length).startswith(b"[2,"))

    def test_whoever_says_nothing_in_time_is_dropped(self):
        for octets in (b"", b"\x7f", b"\x7f\xf1\x00"):
            with self.subTest(octets=octets):
                peer = self.connection("hasty")
                peer.send_octets(octets)
                peer.expect_end()

    def test_whoever_does_not_join_in_time_is_dropped(self):
        for octets in (b"", b"\0", b"\0\0\1\0[1,"):
            with self.subTest(octets=octets):
                peer = self.stranger("hasty")
                peer.send_octets(octets)
                peer.expect_end()

    def test_speaking_slowly_does_not_prolong_the_time_to_join(self):
        peer = self.stranger("hasty")
        for octet in frame(b"[" + b" " * 10_000):
            try:
                peer.send_octets(bytes([octet]))
            except ConnectionError:
                return
            if peer.ends_within(0.02):
                return
        self.fail("the connection lives on")

    def test_a_tls_handshake_that_does_not_begin_is_dropped_in_time(self):
        for octets in (b"", b"\x16\x03\x01"):
            peer = self.connection("hasty_tls", tls=False)
            peer.send_octets(octets)
            peer.expect_end()

    def test_plain_words_on_a_port_for_tls_are_answered_by_the_end(self):
        """And not only when the time to join is over, which are ten seconds."""
        whole = handshake("json") + frame(b'[1,"realm1",{}]')
        for octets in (b"GET / HTTP/1.1\r\n\r\n", whole, handshake("json"), b"\x7f"):
            with self.subTest(octets=octets):
                peer = self.connection("tls", tls=False)
                begun = time.monotonic()
                peer.send_octets(octets)
                self.assertNotIn(b"\x7f", peer.receive_rest(), "at most an alert of TLS")
                self.assertLess(time.monotonic() - begun, 5)


class Frames(RawSocketCase):
    def expect_failed(self, peer):
        """The connection is failed; all that may come before is one word about why."""
        rest = peer.receive_rest()
        self.assertTrue(rest == b"" or b"wamp.error.protocol_violation" in rest, rest)

    def test_reserved_types_fail_the_connection(self):
        for first in range(3, 8):
            with self.subTest(first=first):
                peer = self.peer()
                peer.send_octets(bytes([first, 0, 0, 0]))
                self.expect_failed(peer)

    def test_reserved_bits_fail_the_connection(self):
        for first in (0x10, 0x20, 0x40, 0x80, 0xF1):
            with self.subTest(first=first):
                peer = self.peer()
                peer.send_octets(bytes([first, 0, 0, 0]))
                self.expect_failed(peer)

    def test_the_extension_bit_with_a_length_fails_the_connection(self):
        peer = self.peer(transport="large")
        peer.send_octets(b"\x08\x00\x00\x01")
        self.expect_failed(peer)

    def test_a_frame_beyond_the_limit_fails_the_connection_by_its_header_alone(self):
        for transport, limit in (("unix", 1 << 17), ("small", 1024), ("tcp", 1 << 17), ("tls", 1 << 17)):
            for kind in Frame:
                with self.subTest(transport=transport, kind=kind):
                    peer = self.peer(transport=transport)
                    peer.send_octets(bytes([kind]) + (limit + 1).to_bytes(3, "big"))
                    self.expect_failed(peer)
        peer = self.peer()
        peer.send_octets(b"\x08\x00\x00\x00")
        self.expect_failed(peer)

    def test_a_frame_as_long_as_the_limit_is_taken(self):
        topic = self.uri("topic")
        for transport, limit in (("small", 1024), ("unix", 1 << 17), ("tcp", 1 << 17), ("tls", 1 << 17)):
            with self.subTest(transport):
                peer = self.peer(transport=transport)
                message = peer.encode(PUBLISH, 1, {"acknowledge": True}, topic)
                peer.send_frame(message + b" " * (limit - len(message)))
                peer.expect(PUBLISHED, 1, ANY_ID)

    def test_a_message_of_2_to_the_24_octets_has_the_extension_bit(self):
        subscriber = self.peer(transport="large", serializer="msgpack")
        publisher = self.peer(transport="large", serializer="msgpack")
        topic = self.uri("topic")
        subscription = subscriber.subscribe(topic)
        overhead = len(publisher.encode(PUBLISH, 1, {}, topic, [b" " * 70_000])) - 70_000
        data = b" " * (EXTENDED - overhead)
        publisher.send(PUBLISH, 1, {}, topic, [data])
        subscriber.expect(EVENT, subscription, ANY_ID, {}, [data])

        publisher.send_octets(b"\x09\x00\x00\x00" + data + b"." * overhead)
        self.assertEqual(publisher.receive_octets(4).hex(), "0a000000")
        self.assertEqual(publisher.receive_octets(EXTENDED), data + b"." * overhead)

    def test_a_frame_without_content_is_no_message(self):
        for transport in ("tcp", "unix", "tls"):
            joined = self.peer(transport=transport)
            joined.send_octets(b"\0\0\0\0")
            joined.expect_violation()
            stranger = self.stranger(transport)
            stranger.send_octets(b"\0\0\0\0")
            stranger.expect_violation()

    def test_many_frames_in_one_piece_keep_their_order(self):
        for transport in ("tcp", "unix", "tls"):
            peer = self.peer(transport=transport)
            topics = [self.uri(f"{transport}{number}") for number in range(500)]
            peer.send_all(*[[SUBSCRIBE, request, {}, topic] for request, topic in enumerate(topics, 1)])
            for request in range(1, 501):
                peer.expect(SUBSCRIBED, request, ANY_ID)

    def test_one_frame_may_come_in_many_pieces(self):
        for transport in ("tcp", "unix", "tls"):
            peer = self.peer(transport=transport)
            octets = frame(peer.encode(SUBSCRIBE, 1, {}, self.uri(transport)))
            for octet in octets:
                peer.send_octets(bytes([octet]))
            peer.expect(SUBSCRIBED, 1, ANY_ID)

    def test_frames_are_found_wherever_they_are_cut(self):
        seed = random.randrange(2**32)
        for transport in ("tcp", "unix", "tls"):
            with self.subTest(transport=transport, seed=seed):
                self.send_in_pieces(transport, random.Random(seed))

    def send_in_pieces(self, transport, chance):
        """Messages and pings of all sizes, cut at random, come back as events and pongs."""
        peer = self.peer(transport=transport, serializer="msgpack")
        topic = self.uri(transport)
        subscription = peer.subscribe(topic)
        sizes = [0, 1, 500, 505, 511, 512, 513, 4000, 16_000, 60_000, 65_536, 100_000]
        datas = [bytes([number]) * (chance.choice(sizes) + chance.randrange(20)) for number in range(60)]
        frames = []
        for request, data in enumerate(datas, 1):
            frames.append(frame(peer.encode(PUBLISH, request, {"exclude_me": False}, topic, [data])))
            frames.append(frame(data[:100], Frame.PING))
        octets = b"".join(frames)
        while octets:
            size = chance.choice([1, 3, 4, 5, 100, 512, 5000, 65_536, 200_000])
            peer.send_octets(octets[:size])
            octets = octets[size:]
        events, pongs = [], []
        for _ in frames:
            kind, payload = peer.receive_frame()
            if kind == Frame.PONG:
                pongs.append(payload)
            else:
                message = peer.serializer.loads(payload)
                self.assertEqual(message[:2], [EVENT, subscription])
                events += message[4]
        self.assertEqual(events, datas)
        self.assertEqual(pongs, [data[:100] for data in datas])


class PingPong(RawSocketCase):
    def test_a_ping_is_answered_by_one_pong_with_its_payload(self):
        for transport, limit in (("unix", 1 << 17), ("tcp", 1 << 17), ("tls", 1 << 17), ("small", 1024)):
            peer = self.peer(transport=transport)
            for payload in (b"", b"\0", b"ping", bytes(range(256)), b"x" * 1000, b"y" * limit):
                with self.subTest(transport=transport, size=len(payload)):
                    peer.send_frame(payload, Frame.PING)
                    self.assertEqual(peer.receive_frame(), (Frame.PONG, payload))
            peer.fence()

    def test_a_ping_is_answered_before_anybody_has_joined(self):
        peer = self.stranger()
        peer.send_frame(b"early", Frame.PING)
        self.assertEqual(peer.receive_frame(), (Frame.PONG, b"early"))
        peer.join().fence()

    def test_pings_may_come_between_messages(self):
        peer = self.peer()
        messages = [frame(peer.encode(SUBSCRIBE, request, {}, self.uri("topic"))) for request in (1, 2)]
        pings = [frame(payload, Frame.PING) for payload in (b"first", b"", b"third")]
        peer.send_octets(pings[0] + messages[0] + pings[1] + messages[1] + pings[2])
        came = [peer.receive_frame() for _ in range(5)]
        self.assertEqual([payload for kind, payload in came if kind == Frame.PONG], [b"first", b"", b"third"])
        answers = [peer.serializer.loads(payload)[:2] for kind, payload in came if kind == Frame.MESSAGE]
        self.assertEqual(answers, [[SUBSCRIBED, 1], [SUBSCRIBED, 2]])

    def test_a_pong_that_nobody_asked_for_is_ignored(self):
        peer = self.peer()
        for payload in (b"", b"unasked", b"x" * 5000):
            peer.send_frame(payload, Frame.PONG)
        peer.fence()

    def test_a_pong_does_not_exceed_what_the_client_takes(self):
        peer = self.peer(nibble=1)
        peer.send_frame(b"x" * 1024, Frame.PING)
        self.assertEqual(peer.receive_frame(), (Frame.PONG, b"x" * 1024))
        peer.send_frame(b"x" * 1025, Frame.PING)
        peer.fence()

    def test_a_pong_need_not_wait_for_all_that_is_queued(self):
        """A client in use waits two seconds for its pong, however much it is sent."""
        for transport in ("tcp", "unix", "tls"):
            reader, publisher = self.peer(transport=transport, receive_buffer=32_768), self.peer()
            subscription = reader.subscribe(self.uri(transport))
            texts = [str(number) + "x" * 60_000 for number in range(150)]
            for text in texts:
                publisher.send(PUBLISH, publisher.request(), {}, self.uri(transport), [text])
            publisher.fence()
            reader.send_frame(b"still there?", Frame.PING)
            reader.wait_until_taken()
            publisher.fence()  # what the router has read is answered before what comes later
            came = []
            while len(came) <= len(texts):
                kind, payload = reader.receive_frame()
                came.append(payload if kind == Frame.PONG else reader.serializer.loads(payload)[4][0])
            pong = came.index(b"still there?")
            self.assertLess(pong, len(texts), "it overtakes")
            self.assertEqual(came[:pong] + came[pong + 1 :], texts, "and nothing else is out of order")
            reader.unsubscribe(subscription)

    def test_the_router_pings_nobody_unless_it_is_configured_to(self):
        quiet = self.peer()
        chatty = self.stranger("chatty")
        chatty.hello()
        pings = 0
        while pings < 2:
            kind, payload = chatty.receive_frame()
            if kind == Frame.PING:
                chatty.send_frame(payload, Frame.PONG)
                pings += 1
        quiet.fence()

    def test_it_can_be_configured_to_ping_whoever_pinged_first(self):
        quiet, polite = self.peer(transport="polite"), self.peer(transport="polite")
        polite.send_frame(b"hello", Frame.PING)
        self.assertEqual(polite.receive_frame(), (Frame.PONG, b"hello"))
        self.assertEqual(polite.receive_frame()[0], Frame.PING)
        quiet.fence()

    def test_who_answers_no_ping_is_dropped_in_the_end(self):
        peer = self.peer(transport="chatty")
        rest = peer.receive_rest()
        self.assertGreater(len(rest), 4, "not at the first ping")
        self.assertEqual(rest, b"\x01\0\0\0" * (len(rest) // 4))


class LimitsOfTheReceiver(RawSocketCase):
    """Nobody is sent a message longer than the client has announced that it takes."""

    NIBBLE = 1
    LIMIT = 1024

    def sizes(self, overhead):
        """The longest text that fits, and one octet more."""
        return "f" * (self.LIMIT - overhead), "f" * (self.LIMIT - overhead + 1)

    def test_an_event_that_is_too_long_is_left_out(self):
        for transport in ("tcp", "unix", "tls"):
            small = self.peer(transport=transport, nibble=self.NIBBLE)
            large, publisher = self.peer(transport=transport), self.peer(transport=transport)
            topic = self.uri(transport)
            subscription = small.subscribe(topic)
            large.subscribe(topic)
            publication = publisher.publish(topic, [""])
            small.expect(EVENT, subscription, publication, {}, [""])
            large.expect(EVENT, subscription, publication, {}, [""])

            text = "f" * 2000
            publication = publisher.publish(topic, [text])
            large.expect(EVENT, subscription, publication, {}, [text])
            small.fence()
            publication = publisher.publish(topic, ["after"])
            small.expect(EVENT, subscription, publication, {}, ["after"])

    def test_an_event_that_just_fits_is_sent(self):
        small, publisher = self.peer(nibble=self.NIBBLE), self.peer()
        topic = self.uri("topic")
        subscription = small.subscribe(topic)
        publisher.publish(topic, [""])
        small.receive()
        # The publication's number has as many digits as it likes, so the events around the limit are all tried.
        for size in range(self.LIMIT - len(small.last_payload) - 20, self.LIMIT - len(small.last_payload) + 20):
            text = "f" * size
            publication = publisher.publish(topic, [text])
            message = [EVENT, subscription, publication, {}, [text]]
            if len(small.encode(*message)) <= self.LIMIT:
                small.expect(*message)
            else:
                small.fence()

    def test_an_invocation_that_is_too_long_is_an_error_of_the_call(self):
        callee, caller = self.peer(nibble=self.NIBBLE), self.peer()
        procedure = self.uri("procedure")
        registration = callee.register(procedure)
        overhead = len(callee.encode(INVOCATION, 1, registration, {}, [""]))
        fits, too_long = self.sizes(overhead)
        request = caller.call(procedure, [too_long])
        caller.expect_error(CALL, request, "wamp.error.payload_size_exceeded")
        request = caller.call(procedure, [fits])
        callee.expect(INVOCATION, 1, registration, {}, [fits])
        callee.send(YIELD, 1, {})
        caller.expect(RESULT, request, {})

    def test_a_result_that_is_too_long_is_an_error_of_the_call(self):
        callee, caller = self.peer(), self.peer(nibble=self.NIBBLE)
        procedure = self.uri("procedure")
        registration = callee.register(procedure)
        fits, too_long = self.sizes(len(caller.encode(RESULT, 1, {}, [""])))
        for text, invocation in ((fits, 1), (too_long, 2), (fits, 3)):
            request = caller.call(procedure)
            callee.expect(INVOCATION, invocation, registration, {})
            callee.send(YIELD, invocation, {}, [text])
            if text == fits:
                caller.expect(RESULT, request, {}, [text])
            else:
                caller.expect_error(CALL, request, "wamp.error.payload_size_exceeded")

    def test_an_error_that_is_too_long_is_another_error_of_the_call(self):
        callee, caller = self.peer(), self.peer(nibble=self.NIBBLE)
        procedure = self.uri("procedure")
        registration = callee.register(procedure)
        request = caller.call(procedure)
        callee.expect(INVOCATION, 1, registration, {})
        callee.send(ERROR, INVOCATION, 1, {}, "com.example.error", ["f" * 2000])
        caller.expect_error(CALL, request, "wamp.error.payload_size_exceeded")
        caller.fence()

    def test_a_client_that_cannot_even_take_the_welcome_is_told_so(self):
        for serializer in SERIALIZERS:
            with self.subTest(serializer):
                peer = self.stranger(serializer=serializer, nibble=0)
                peer.hello()
                kind, payload = peer.receive_frame()
                self.assertEqual(kind, Frame.MESSAGE)
                self.assertLessEqual(len(payload), 512)
                message = peer.serializer.loads(payload)
                if message[0] != 2:
                    self.assertEqual((message[0], message[2]), (3, "wamp.error.payload_size_exceeded"))
                    peer.expect_end()


if __name__ == "__main__":
    unittest.main()
