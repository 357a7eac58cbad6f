# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What the protocol does not allow ends the session with ABORT and the connection with it, and nobody else notices.
Spec: basic profile, "Protocol Violations"."""

import struct
import unittest

from house import HouseCase, nested, open_house, resident_bytes, with_every_serializer
from wamp_peer import ABORT, AUTHENTICATE, CALL, CANCEL, CHALLENGE, ERROR, EVENT, GOODBYE, HELLO, INTERRUPT, INVOCATION
from wamp_peer import PLAIN_ROLES, PUBLISH, PUBLISHED, REGISTER, REGISTERED, RESULT, SUBSCRIBE, SUBSCRIBED, UNREGISTER
from wamp_peer import UNREGISTERED, UNSUBSCRIBE, UNSUBSCRIBED, WELCOME, YIELD
from wamp_peer import SERIALIZERS

setUpModule = open_house

TOPIC = "com.example.topic"
PROCEDURE = "com.example.procedure"

ROUTER_ONLY = {
    "WELCOME": [WELCOME, 1, {"roles": {}}],
    "CHALLENGE": [CHALLENGE, "ticket", {}],
    "PUBLISHED": [PUBLISHED, 1, 1],
    "SUBSCRIBED": [SUBSCRIBED, 1, 1],
    "UNSUBSCRIBED": [UNSUBSCRIBED, 1],
    "EVENT": [EVENT, 1, 1, {}],
    "RESULT": [RESULT, 1, {}],
    "REGISTERED": [REGISTERED, 1, 1],
    "UNREGISTERED": [UNREGISTERED, 1],
    "INVOCATION": [INVOCATION, 1, 1, {}],
    "INTERRUPT": [INTERRUPT, 1, {}],
}

CLIENTS = {
    "GOODBYE": [GOODBYE, {}, "wamp.close.normal"],
    "ERROR": [ERROR, INVOCATION, 1, {}, "com.example.error"],
    "PUBLISH": [PUBLISH, 1, {}, TOPIC],
    "SUBSCRIBE": [SUBSCRIBE, 1, {}, TOPIC],
    "UNSUBSCRIBE": [UNSUBSCRIBE, 1, 1],
    "CALL": [CALL, 1, {}, PROCEDURE],
    "CANCEL": [CANCEL, 1, {}],
    "REGISTER": [REGISTER, 1, {}, PROCEDURE],
    "UNREGISTER": [UNREGISTER, 1, 1],
    "YIELD": [YIELD, 1, {}],
}

# Besides messages with an element left out, one added, or one replaced by something of another type.
MALFORMED = (
    [],
    {},
    "HELLO",
    5,
    None,
    True,
    [[]],
    [None],
    ["32", 1, {}, TOPIC],
    [True, 1, {}, TOPIC],
    [-1],
    [32.5, 1, {}, TOPIC],
    [0],
    [7],
    [256],
    [337, 1],
    [1023],
    [1024],
    [2**64 - 1],
)


def deformed(message, optional):
    """Variants of a message with one element too few or too many, or of the wrong type."""
    yield message[:-1]
    yield message + [[1]] * optional + [{}] * optional + [1]
    for at in range(1, len(message)):
        other = 5 if isinstance(message[at], str) else "five"
        yield message[:at] + [other] + message[at + 1 :]
        yield message[:at] + [None] + message[at + 1 :]


@with_every_serializer
class Messages(HouseCase):
    def violate(self, peer, message):
        with self.subTest(message=message):
            peer.send_frame(peer.serializer.dumps(message))
            peer.expect_violation()

    def test_before_hello_nothing_else_may_come(self):
        for message in [*CLIENTS.values(), *ROUTER_ONLY.values(), [AUTHENTICATE, "", {}]]:
            self.violate(self.stranger(), message)

    def test_hello_may_come_once(self):
        self.violate(self.peer(), [HELLO, "realm1", {"roles": PLAIN_ROLES}])

    def test_authenticate_may_come_only_as_an_answer(self):
        self.violate(self.peer(), [AUTHENTICATE, "signature", {}])

    def test_messages_of_routers_may_not_come(self):
        for message in ROUTER_ONLY.values():
            self.violate(self.peer(), message)

    def test_what_is_no_message_may_not_come(self):
        for message in MALFORMED:
            self.violate(self.stranger(), message)
            self.violate(self.peer(), message)

    def test_an_error_may_only_answer_an_invocation(self):
        for request_type in (CALL, PUBLISH, SUBSCRIBE, REGISTER, 0, 5000):
            self.violate(self.peer(), [ERROR, request_type, 1, {}, "com.example.error"])

    def test_an_answer_needs_an_invocation(self):
        callee, caller = self.peer(), self.peer()
        registration = callee.register(self.uri("procedure"))
        caller.call(self.uri("procedure"))
        callee.expect(INVOCATION, 1, registration, {})
        self.violate(callee, [YIELD, 2, {}])
        self.violate(self.peer(), [YIELD, 1, {}])
        self.violate(self.peer(), [ERROR, INVOCATION, 1, {}, "com.example.error"])


class Elements(HouseCase):
    def test_messages_must_have_the_elements_of_their_type(self):
        with_payload = ("ERROR", "PUBLISH", "CALL", "YIELD")
        for serializer in SERIALIZERS:
            for name, message in CLIENTS.items():
                for variant in deformed(message, optional=1 if name in with_payload else 0):
                    if name == "ERROR" and variant[1] != INVOCATION and len(variant) == 5:
                        continue
                    with self.subTest(serializer=serializer, message=variant):
                        peer = self.peer(serializer=serializer)
                        peer.send(*variant)
                        peer.expect_violation()

    def test_hello_must_have_its_elements(self):
        for serializer in SERIALIZERS:
            for variant in deformed([HELLO, "realm1", {"roles": PLAIN_ROLES}], optional=0):
                with self.subTest(serializer=serializer, message=variant):
                    peer = self.stranger(serializer=serializer)
                    peer.send(*variant)
                    peer.expect_violation()

    def test_payload_must_be_a_list_and_a_dict(self):
        for serializer in SERIALIZERS:
            for payload in (["args"], [{}], [5], [[], []], [[], "kwargs"], [[], {}, 1], [True]):
                with self.subTest(serializer=serializer, payload=payload):
                    peer = self.peer(serializer=serializer)
                    peer.send(PUBLISH, 1, {"acknowledge": True}, self.uri("topic"), *payload)
                    peer.expect_violation()


class OptionTypes(HouseCase):
    """A wrong option fails the request if it can be answered, and the session if not."""

    def test_requests_that_are_answered_get_an_error(self):
        requests = (
            (SUBSCRIBE, {"match": "fuzzy"}, TOPIC),
            (SUBSCRIBE, {"match": 5}, TOPIC),
            (SUBSCRIBE, {"get_retained": "yes"}, TOPIC),
            (REGISTER, {"match": True}, PROCEDURE),
            (REGISTER, {"invoke": "sometimes"}, PROCEDURE),
            (REGISTER, {"disclose_caller": 1}, PROCEDURE),
            (CALL, {"timeout": -1}, PROCEDURE),
            (CALL, {"timeout": "soon"}, PROCEDURE),
            (CALL, {"receive_progress": "yes"}, PROCEDURE),
            (CALL, {"disclose_me": 1}, PROCEDURE),
            (PUBLISH, {"acknowledge": True, "exclude_me": "no"}, TOPIC),
            (PUBLISH, {"acknowledge": True, "exclude": 5}, TOPIC),
            (PUBLISH, {"acknowledge": True, "eligible": ["five"]}, TOPIC),
            (PUBLISH, {"acknowledge": True, "eligible_authid": [5]}, TOPIC),
            (PUBLISH, {"exclude_authrole": {}, "acknowledge": True}, TOPIC),
        )
        for serializer in SERIALIZERS:
            peer = self.peer(serializer=serializer)
            for code, *elements in requests:
                with self.subTest(serializer=serializer, elements=elements):
                    peer.refused(code, "wamp.error.invalid_argument", *elements)
            peer.fence()

    def test_a_wrong_mode_of_cancel_is_an_error_and_the_call_goes_on(self):
        peer = self.peer()
        registration = peer.register(self.uri("procedure"))
        request = peer.call(self.uri("procedure"))
        invocation = peer.expect_invocation(registration)
        peer.send(CANCEL, request, {"mode": "gently"})
        peer.expect_error(CANCEL, request, "wamp.error.invalid_argument")
        peer.send(YIELD, invocation, {})
        peer.expect(RESULT, request, {})

    def test_requests_that_are_not_answered_are_a_violation(self):
        messages = (
            [PUBLISH, 1, {"acknowledge": "yes"}, TOPIC],
            [PUBLISH, 1, {"exclude_me": 5}, TOPIC],
            [PUBLISH, 1, {"acknowledge": False, "eligible": "all"}, TOPIC],
            [PUBLISH, 1, {"eligible": ["five"]}, TOPIC],
            [YIELD, 1, {"progress": "yes"}],
        )
        for message in messages:
            with self.subTest(message=message):
                peer = self.peer()
                registration = peer.register(self.uri("procedure"))
                peer.call(self.uri("procedure"))
                peer.expect(INVOCATION, 1, registration, {})
                peer.send(*message)
                peer.expect_violation()


class Ownership(HouseCase):
    def test_what_belongs_to_another_session_cannot_be_taken_away(self):
        owner, thief = self.peer(), self.peer()
        topic, procedure = self.uri("topic"), self.uri("procedure")
        subscription, registration = owner.subscribe(topic), owner.register(procedure)
        thief.refused(UNSUBSCRIBE, "wamp.error.no_such_subscription", subscription)
        thief.refused(UNREGISTER, "wamp.error.no_such_registration", registration)
        publication = thief.publish(topic)
        owner.expect(EVENT, subscription, publication, {})
        thief.call(procedure)
        owner.expect_invocation(registration)


class Octets(HouseCase):
    """Frames that hold something else than a message in the serializer that was agreed upon.

    Over RawSocket: WebSocket ends by itself what is no text.
    """

    transport = "unix"
    FULL = b"\xff\xff\xff\xff"  # as many as can be declared
    GARBAGE = {
        "json": (b"[", b"[1", b'[1,"realm1"', b"[1,]", b"{}", b"nul", b"[1 2]", b"[1,'x',{}]", b"[01]", b"[1,NaN,{}]"),
        "msgpack": (b"\xc1", b"\x93\x01", b"\xdc\x00", b"\x93\x01\xa6realm", b"\xdd" + FULL, b"\xdf" + FULL),
        "cbor": (b"\xff", b"\x83\x01", b"\x9f\x01", b"\x83\x01\x66realm", b"\x9b" + FULL * 2, b"\xbb" + FULL * 2),
    }

    def violate(self, serializer, octets):
        for peer in (self.stranger(serializer=serializer), self.peer(serializer=serializer)):
            with self.subTest(serializer=serializer, octets=octets[:40]):
                peer.send_frame(octets)
                peer.expect_violation()

    def test_garbage(self):
        for serializer, pieces in self.GARBAGE.items():
            for octets in pieces:
                self.violate(serializer, octets)
            self.violate(serializer, bytes(range(256)) * 10)

    def test_every_beginning_of_a_message(self):
        for serializer in SERIALIZERS:
            whole = self.stranger(serializer=serializer).encode(PUBLISH, 1, {}, TOPIC, [1, "two"], {"three": 3.5})
            for length in range(len(whole)):
                self.violate(serializer, whole[:length])

    def test_more_after_the_end(self):
        for serializer, more in (("json", b"[]"), ("json", b"x"), ("msgpack", b"\xc0"), ("cbor", b"\xf6")):
            whole = self.stranger(serializer=serializer).encode(SUBSCRIBE, 1, {}, TOPIC)
            self.violate(serializer, whole + more)

    def test_text_that_is_not_utf_8(self):
        for bad in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"):
            args = {
                "json": b'[16,1,{},"com.example.topic",["' + bad + b'"]]',
                "msgpack": b"\x95\x10\x01\x80\xb1com.example.topic\x91" + bytes([0xA0 + len(bad)]) + bad,
                "cbor": b"\x85\x10\x01\xa0\x71com.example.topic\x81" + bytes([0x60 + len(bad)]) + bad,
            }
            for serializer, octets in args.items():
                self.violate(serializer, octets)
                self.violate(serializer, octets.replace(b"com.example.topi", b"com.example.top" + b"\xff"))

    def test_a_lone_surrogate(self):
        for text in (b'"\\ud800"', b'"\\udc00"', b'"\\ud800x"'):
            self.violate("json", b'[16,1,{},"com.example.topic",[' + text + b"]]")

    def test_lists_nested_without_end(self):
        depth = 100_000
        for serializer, opening, closing in (("json", b"[", b"]"), ("msgpack", b"\x91", b""), ("cbor", b"\x81", b"")):
            self.violate(serializer, opening * depth)
            self.violate(serializer, opening * (depth // 2) + closing * (depth // 2))
        self.violate("json", b'{"a":' * 20_000)
        self.violate("cbor", b"\x9f" * depth)
        self.violate("cbor", b"\xc1" * depth)

    def test_a_depth_that_applications_use_is_taken(self):
        for serializer in SERIALIZERS:
            peer = self.peer(serializer=serializer)
            topic = self.uri(serializer)
            subscription = peer.subscribe(topic)
            for depth in (10, 30, 60):
                publication = peer.publish(topic, nested(depth), exclude_me=False)
                peer.expect(EVENT, subscription, publication, {}, nested(depth))

    def test_a_depth_beyond_the_limit_is_a_violation(self):
        for serializer in SERIALIZERS:
            peer = self.peer(serializer=serializer)
            peer.send(PUBLISH, 1, {}, TOPIC, nested(100))
            peer.expect_violation()

    def test_sizes_that_are_only_declared(self):
        """None of them makes the router hold memory that its sender has not sent."""
        before = resident_bytes(self.router.pid)
        begun = b"\x95\x10\x01\x80\xb1com.example.topic"
        for octets in (b"\xdd" + self.FULL, begun + b"\xdd" + self.FULL + b"\x01" * 50):
            self.violate("msgpack", octets)
        for octets in (b"\xdb" + self.FULL, b"\xc6" + self.FULL, b"\xc9" + self.FULL + b"\x01"):
            self.violate("msgpack", begun + b"\x91" + octets)
        for head in (b"\x9b", b"\xbb", b"\x5b", b"\x7b"):
            for count in (b"\x00\x00\x00\x00\xff\xff\xff\xff", b"\xff" * 8, b"\x80" + b"\x00" * 7):
                self.violate("cbor", b"\x85\x10\x01\xa0\x71com.example.topic\x81" + head + count)
        peers = [self.stranger(transport="large") for _ in range(50)]
        for peer in peers:
            peer.send_octets(struct.pack(">I", (1 << 24) - 1) + b"[")
        self.peer().fence()
        self.assertLess(resident_bytes(self.router.pid) - before, 32 << 20)


class Passthru(HouseCase):
    def test_a_passthru_that_was_not_announced_is_a_violation(self):
        scheme = {"ppt_scheme": "x_custom", "ppt_serializer": "cbor"}
        for message in ([PUBLISH, 1, scheme, TOPIC, [b"x"]], [CALL, 1, scheme, PROCEDURE, [b"x"]]):
            with self.subTest(message=message):
                peer = self.peer(serializer="msgpack")
                peer.send(*message)
                peer.expect_violation()
        peer = self.peer(serializer="msgpack")
        registration = peer.register(self.uri("procedure"))
        peer.call(self.uri("procedure"))
        peer.expect(INVOCATION, 1, registration, {})
        peer.send(YIELD, 1, scheme, [b"x"])
        peer.expect_violation()


class Others(HouseCase):
    def test_nobody_else_notices(self):
        witness = self.peer()
        topic = self.uri("topic")
        subscription = witness.subscribe(topic)
        for _ in range(20):
            peer = self.peer()
            peer.subscribe(topic)
            peer.send(WELCOME, 1, {})
            peer.expect_violation()
        publication = self.peer().publish(topic)
        witness.expect(EVENT, subscription, publication, {})
        witness.fence()

    def test_nothing_that_follows_a_violation_is_heard(self):
        witness, peer = self.peer(), self.peer()
        topic = self.uri("topic")
        witness.subscribe(topic)
        peer.send_all([WELCOME, 1, {}], [PUBLISH, 1, {"acknowledge": True}, topic], [GOODBYE, {}, "wamp.close.normal"])
        peer.expect_violation()
        witness.fence()

    def test_abort_has_three_elements_and_says_why(self):
        for serializer in SERIALIZERS:
            peer = self.peer(serializer=serializer)
            peer.send(WELCOME, 1, {})
            message = peer.receive()
            self.assertEqual(len(message), 3)
            self.assertEqual((message[0], message[2]), (ABORT, "wamp.error.protocol_violation"))
            self.assertEqual(set(message[1]), {"message"})
            self.assertIn("WELCOME", message[1]["message"])


if __name__ == "__main__":
    unittest.main()
