# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What becomes of a payload on its way between serializers. Spec: basic profile, "Serializations"; advanced profile,
"Binary conversion of JSON Strings"."""

import itertools
import math
import unittest

from house import HouseCase, nested, open_house
from wamp_peer import ABORT, ANY_ID, CALL, ERROR, EVENT, INVOCATION, PUBLISH, RESULT, SERIALIZERS, SUBSCRIBED, YIELD

setUpModule = open_house

PAIRS = list(itertools.product(SERIALIZERS, SERIALIZERS))

VALUES = [
    None,
    True,
    False,
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    -32,
    -33,
    -128,
    -129,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32,
    -(2**31),
    2**53,
    2**53 + 1,
    -(2**53),
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    0.5,
    -0.1,
    1.0,
    1e300,
    5e-324,
    "",
    "text",
    "grüße, 世界 \U0001f30d",
    'quote " backslash \\ slash / newline \n tab \t bell \x07',
    "x" * 31,
    "x" * 32,
    "x" * 255,
    "x" * 256,
    "y" * 20_000,
    b"",
    b"\x00\x01\xfe\xff",
    b"z" * 300,
    [],
    {},
    [[]],
    [{}],
    {"": ""},
    {"a": {"b": {"c": [1, [2, [3, {"d": None}]]]}}},
    list(range(15)),
    list(range(16)),
    {str(n): n for n in range(15)},
    {str(n): n for n in range(16)},
    [None] * 300,
]


class Conversion(HouseCase):
    def test_values_arrive_unchanged_from_every_serializer_in_every_other(self):
        for one, other in PAIRS:
            sender, receiver = self.peer(serializer=one), self.peer(serializer=other)
            topic = self.uri(f"{one}.{other}")
            subscription = receiver.subscribe(topic)
            for value in VALUES:
                with self.subTest(sender=one, receiver=other, value=value):
                    publication = sender.publish(topic, [value], {"key": value})
                    receiver.expect(EVENT, subscription, publication, {}, [value], {"key": value})
            publication = sender.publish(topic, VALUES, {"all": VALUES})
            receiver.expect(EVENT, subscription, publication, {}, VALUES, {"all": VALUES})

    def test_calls_cross_serializers_both_ways(self):
        body = [[1, "two", None, -3.5, b"\x00bin"], {"key": [True, {}]}]
        for one, other in PAIRS:
            with self.subTest(caller=one, callee=other):
                caller, callee = self.peer(serializer=one), self.peer(serializer=other)
                procedure = self.uri(f"{one}.{other}")
                registration = callee.register(procedure)
                request = caller.call(procedure, *body)
                invocation = callee.expect_invocation(registration, {}, *body)
                callee.send(YIELD, invocation, {}, *body)
                caller.expect(RESULT, request, {}, *body)
                request = caller.call(procedure)
                invocation = callee.expect_invocation(registration)
                callee.send(ERROR, INVOCATION, invocation, {}, "com.example.error", *body)
                caller.expect(ERROR, CALL, request, {}, "com.example.error", *body)

    def test_keys_that_are_integers_become_text(self):
        for one, other in PAIRS:
            if one == "json":
                continue
            with self.subTest(sender=one, receiver=other):
                sender, receiver = self.peer(serializer=one), self.peer(serializer=other)
                topic = self.uri(f"{one}.{other}")
                subscription = receiver.subscribe(topic)
                publication = sender.publish(topic, [{5: "five", -1: "minus one"}])
                keys = (5, -1) if one == other else ("5", "-1")
                wanted = dict(zip(keys, ("five", "minus one")))
                receiver.expect(EVENT, subscription, publication, {}, [wanted])

    def test_the_deepest_value_that_is_taken_arrives_in_every_serializer(self):
        for one in SERIALIZERS:
            receivers = [self.peer(serializer=serializer) for serializer in SERIALIZERS]
            topic = self.uri(one)
            subscription = {receiver.subscribe(topic) for receiver in receivers}.pop()
            taken = [depth for depth in range(56, 70) if self.offer(one, topic, nested(depth), receivers, subscription)]
            self.assertEqual(taken, list(range(56, max(taken) + 1)))
            self.assertLess(max(taken), 69)

    def offer(self, serializer, topic, args, receivers, subscription):
        """Whether `args` are taken from a publisher; if they are, the receivers must get them."""
        publisher = self.peer(serializer=serializer)
        publisher.send(PUBLISH, 1, {"acknowledge": True}, topic, args)
        answer = publisher.receive()
        if answer[0] == ABORT:
            self.assertEqual(answer[2], "wamp.error.protocol_violation")
            return False
        for receiver in receivers:
            receiver.expect(EVENT, subscription, answer[2], {}, args)
        return True

    def test_numbers_at_the_edges_of_json(self):
        for text, wanted in (
            ("18446744073709551616", 2.0**64),
            ("-9223372036854775809", -(2.0**63)),
            ("123456789012345678901234567890", 123456789012345678901234567890.0),
            ("-0", 0),
            ("-0.0", -0.0),
            ("1E+2", 100.0),
            ("0.1e-6", 1e-7),
            ("2.2250738585072011e-308", 2.2250738585072011e-308),
        ):
            for other in ("msgpack", "cbor"):
                with self.subTest(text=text, receiver=other):
                    sender, receiver = self.peer(), self.peer(serializer=other)
                    topic = self.uri(f"{other}.t{len(text)}")
                    subscription = receiver.subscribe(topic)
                    sender.send_frame(f'[16,1,{{}},"{topic}",[{text}]]'.encode())
                    receiver.expect(EVENT, subscription, ANY_ID, {}, [wanted])

    def test_what_json_has_no_number_for_becomes_null(self):
        for one in ("msgpack", "cbor"):
            sender, receiver = self.peer(serializer=one), self.peer()
            subscription = receiver.subscribe(self.uri(one))
            for value in (math.nan, math.inf, -math.inf):
                publication = sender.publish(self.uri(one), [value])
                receiver.expect(EVENT, subscription, publication, {}, [None])

    # An extension of MessagePack's, which neither JSON nor CBOR has.
    EXTENSION = b"\xd4\x05\x00"

    def test_what_a_serializer_cannot_tell_is_left_out_of_events_for_it_alone(self):
        sender = self.peer(serializer="msgpack")
        receivers = [self.peer(serializer=serializer) for serializer in SERIALIZERS]
        topic = self.uri("topic")
        subscription = {receiver.subscribe(topic) for receiver in receivers}.pop()
        octets = sender.encode(PUBLISH, 1, {"acknowledge": True}, topic, [None])
        self.assertTrue(octets.endswith(b"\x91\xc0"))
        sender.send_frame(octets[:-1] + self.EXTENSION)
        sender.receive()
        for receiver in receivers:
            if receiver.serializer.name == "msgpack":
                _, payload = receiver.receive_frame()
                self.assertTrue(payload.endswith(b"\x91" + self.EXTENSION), payload)
            receiver.fence()
        publication = sender.publish(topic)
        for receiver in receivers:
            receiver.expect(EVENT, subscription, publication, {})

    def test_what_a_serializer_cannot_tell_is_an_error_of_the_call(self):
        caller = self.peer(serializer="msgpack")
        for serializer in ("json", "cbor"):
            callee = self.peer(serializer=serializer)
            registration = callee.register(self.uri(serializer))
            request = caller.request()
            octets = caller.encode(CALL, request, {}, self.uri(serializer), [None])
            caller.send_frame(octets[:-1] + self.EXTENSION)
            caller.expect_error(CALL, request, "wamp.error.invalid_argument")
            callee.fence()

            request = callee.call(self.uri("extended"))
            callee.expect_error(CALL, request, "wamp.error.no_such_procedure")
            own = caller.register(self.uri(f"extended.{serializer}"))
            request = callee.call(self.uri(f"extended.{serializer}"))
            invocation = caller.expect_invocation(own)
            octets = caller.encode(YIELD, invocation, {}, [None])
            caller.send_frame(octets[:-1] + self.EXTENSION)
            callee.expect_error(CALL, request, "wamp.error.invalid_argument")
            caller.fence()
            callee.unregister(registration)


class Verbatim(HouseCase):
    """Between equal serializers a payload travels as the octets that it came in."""

    # The same list [1, {"a": 2}] each, and kwargs {"k": 3}, but not as anybody would write them.
    UNUSUAL = {
        "json": (b'[ 1.00 ,\t{"\\u0061":2e0 } ]', b'{ "\\u006b" : 3\n}'),
        "msgpack": (
            b"\xdd\x00\x00\x00\x02\xcf" + b"\x00" * 7 + b"\x01\xde\x00\x01\xd9\x01a\xd3" + b"\x00" * 7 + b"\x02",
            b"\xdf\x00\x00\x00\x01\xda\x00\x01k\xcd\x00\x03",
        ),
        "cbor": (
            b"\x9f\x18\x01\xbf\x7f\x61a\xff\x1b" + b"\x00" * 7 + b"\x02\xff\xff",
            b"\xb8\x01\x78\x01k\x19\x00\x03",
        ),
    }

    def replace_body(self, peer, *message):
        """`message`, the body of which is [0] and {}, with the unusual body in its place."""
        octets = peer.encode(*message, [0], {})
        ends = {"json": b",[0],{}]", "msgpack": b"\x91\x00\x80", "cbor": b"\x81\x00\xa0"}
        end = ends[peer.serializer.name]
        self.assertTrue(octets.endswith(end))
        args, kwargs = self.UNUSUAL[peer.serializer.name]
        unusual = b"," + args + b"," + kwargs + b"]" if peer.serializer.name == "json" else args + kwargs
        return octets[: -len(end)] + unusual

    def check(self, receiver):
        _, payload = receiver.receive_frame()
        for part in self.UNUSUAL[receiver.serializer.name]:
            self.assertIn(part, payload)
        return receiver.serializer.loads(payload)

    def test_it_does(self):
        for serializer in SERIALIZERS:
            with self.subTest(serializer):
                one, two = self.peer(serializer=serializer), self.peer(serializer=serializer)
                uri = self.uri(serializer)
                two.subscribe(uri)
                two.register(uri)
                one.send_frame(self.replace_body(one, PUBLISH, 1, {}, uri))
                self.assertEqual(self.check(two)[0], EVENT)
                for request, answer in ((2, [YIELD, 1, {}]), (3, [ERROR, INVOCATION, 2, {}, "com.example.error"])):
                    one.send_frame(self.replace_body(one, CALL, request, {}, uri))
                    self.assertEqual(self.check(two)[0], INVOCATION)
                    two.send_frame(self.replace_body(two, *answer))
                    self.assertEqual(self.check(one)[0], RESULT if answer[0] == YIELD else ERROR)

    def test_it_means_the_same_in_other_serializers(self):
        for one, other in PAIRS:
            if one == other:
                continue
            with self.subTest(sender=one, receiver=other):
                sender, receiver = self.peer(serializer=one), self.peer(serializer=other)
                topic = self.uri(f"{one}.{other}")
                subscription = receiver.subscribe(topic)
                sender.send_frame(self.replace_body(sender, PUBLISH, 1, {}, topic))
                first, second = (1.0, 2.0) if one == "json" else (1, 2)
                receiver.expect(EVENT, subscription, ANY_ID, {}, [first, {"a": second}], {"k": 3})


class Spellings(HouseCase):
    """Whatever a serializer allows for writing the same message is understood."""

    def check(self, serializer, octets):
        with self.subTest(serializer=serializer, octets=octets):
            peer = self.peer(serializer=serializer)
            peer.send_frame(octets)
            subscription = peer.expect(SUBSCRIBED, 5, ANY_ID)[2]
            publication = self.peer().publish("com.spelling.topic")
            peer.expect(EVENT, subscription, publication, {"topic": "com.spelling.topic"})

    def test_of_json(self):
        for octets in (
            b'[32,5,{"match":"prefix"},"com.spelling"]',
            b' \t\r\n[ 32 , 5 ,\n{ "match" : "prefix" } , "com.spelling" ] \n',
            b'[32,5.0,{"m\\u0061tch":"prefi\\u0078"},"com\\u002espelling"]',
            b'[3.2e1,50e-1,{"other":[{"match":"exact"}],"match":"prefix"},"com.spelling"]',
        ):
            self.check("json", octets)

    def test_of_msgpack(self):
        match, prefix, uri = b"\xa5match", b"\xa6prefix", b"\xaccom.spelling"
        zeros = b"\x00" * 7
        wide = b"\xd9\x05match", b"\xda\x00\x06prefix", b"\xdb\x00\x00\x00\x0ccom.spelling"
        for octets in (
            b"\x94\x20\x05\x81" + match + prefix + uri,
            b"\xdc\x00\x04\xcc\x20\xcd\x00\x05\xde\x00\x01" + b"".join(wide),
            b"\xdd\x00\x00\x00\x04\xce\x00\x00\x00\x20\xcf" + zeros + b"\x05\xdf\x00\x00\x00\x01" + b"".join(wide),
            b"\x94\xd0\x20\xd3" + zeros + b"\x05\x82\xa1x\xc7\x02\x05ab" + match + prefix + uri,
            b"\x94\x20\xcb\x40\x14" + b"\x00" * 6 + b"\x82\x07\xc0" + match + prefix + uri,
        ):
            self.check("msgpack", octets)

    def test_of_cbor(self):
        match, prefix, uri = b"\x65match", b"\x66prefix", b"\x6ccom.spelling"
        parts = b"\x7f\x64com.\x68spelling\xff"
        for octets in (
            b"\x84\x18\x20\x05\xa1" + match + prefix + uri,
            b"\x9f\x18\x20\x05\xbf" + match + prefix + b"\xff" + uri + b"\xff",
            b"\x84\x19\x00\x20\x1b" + b"\x00" * 7 + b"\x05\xa1\x78\x05match\x79\x00\x06prefix" + parts,
            b"\xd9\xd9\xf7\x84\x18\x20\xf9\x45\x00\xa2\x61x\xf7" + match + prefix + uri,
        ):
            self.check("cbor", octets)


class JsonBinary(HouseCase):
    def test_text_that_looks_like_binary_but_is_not_stays_text(self):
        sender, receiver = self.peer(), self.peer(serializer="msgpack")
        topic = self.uri("topic")
        subscription = receiver.subscribe(topic)
        for text in ("\0not base64!", "\0abc", "\0====", "text\0AQID"):
            with self.subTest(text=text):
                publication = sender.publish(topic, [text])
                receiver.expect(EVENT, subscription, publication, {}, [text])


class Ids(HouseCase):
    def test_no_serializer_gets_them_as_anything_but_unsigned_integers(self):
        """Clients in use fail over signed ones of MessagePack's, and over floating point numbers."""
        peer = self.peer(serializer="msgpack")
        peer.subscribe(self.uri("topic"))
        for _ in range(20):
            peer.publish(self.uri("topic"), exclude_me=False)
            _, payload = peer.receive_frame()
            # EVENT, a subscription below 128 or not, and a publication of 53 bits.
            at = 2 + {0xCC: 2, 0xCD: 3, 0xCE: 5}.get(payload[2], 1)
            self.assertIn(payload[at], (0xCF, 0xCE), payload.hex(" "))


if __name__ == "__main__":
    unittest.main()
