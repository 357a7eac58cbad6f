# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Compression and batches over WebSocket, octet by octet. Spec: RFC 7692; advanced profile, "Message Batching"."""

import struct
import zlib

import websocket_test
from house import open_house
from wamp_peer import ANY_ID, CALL, ERROR, EVENT, PUBLISH, PUBLISHED, SERIALIZERS
from websocket_peer import Deflate, Opcode, batch_of, close_payload, messages_of, upgrade_request, ws_frame, ws_header
from websocket_test import BAD, CBOR, HELLO, JSON, MAX_MESSAGE, MSGPACK, NOT_UTF8, OK, PROTOCOL_ERROR, TOO_BIG
from websocket_test import UNSUPPORTED, fragments

setUpModule = open_house

PMD = "permessage-deflate"


def deflated(payload, **how):
    return Deflate(**how).compress(payload)


def compressed(payload, *sizes, opcode=Opcode.TEXT, **how):
    """A compressed message in frames of these sizes, and a last one with the rest."""
    return in_frames(deflated(payload, **how), *sizes, opcode=opcode)


def in_frames(octets, *sizes, opcode=Opcode.TEXT):
    frames = fragments(octets, *sizes, opcode=opcode)
    return bytes([frames[0] | 0x40]) + frames[1:]


def in_last_block(payload):
    """Compressed to a block that says that it is the last one."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(payload) + compressor.flush(zlib.Z_FINISH) + b"\0"


def in_blocks(payload, size):
    """Compressed to many blocks."""
    compressor = zlib.compressobj(wbits=-15)
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    return b"".join(compressor.compress(piece) + compressor.flush(zlib.Z_SYNC_FLUSH) for piece in pieces)[:-4]


class CompressionCase(websocket_test.WebSocketCase):
    transport = "ws_deflate"

    def opened(self, protocol=JSON, transport=None, offer=PMD):
        peer = self.connection(transport)
        peer.upgrade(protocol, sec_websocket_extensions=offer)
        return peer

    def expect_welcome(self, peer):
        self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))


class Negotiation(CompressionCase):
    # What the client offers, over which transport, and what it is answered.
    OFFERS = [
        (PMD, "ws_deflate", PMD),
        (f"{PMD}; client_max_window_bits", "ws_deflate", PMD),
        (f"{PMD}; client_max_window_bits=15", "ws_deflate", PMD),
        (f"{PMD}; client_max_window_bits=10", "ws_deflate", f"{PMD}; client_max_window_bits=10"),
        (f"{PMD}; client_max_window_bits=8", "ws_deflate", f"{PMD}; client_max_window_bits=8"),
        (f"{PMD}; server_max_window_bits=15", "ws_deflate", PMD),
        (f"{PMD}; server_max_window_bits=9", "ws_deflate", f"{PMD}; server_max_window_bits=9"),
        (f'{PMD}; server_max_window_bits="10"', "ws_deflate", f"{PMD}; server_max_window_bits=10"),
        (f"{PMD} ;server_max_window_bits = 10", "ws_deflate", f"{PMD}; server_max_window_bits=10"),
        (f"{PMD}; server_no_context_takeover", "ws_deflate", f"{PMD}; server_no_context_takeover"),
        (f"{PMD}; client_no_context_takeover", "ws_deflate", f"{PMD}; client_no_context_takeover"),
        (f", ,{PMD},", "ws_deflate", PMD),
        (f"x-webkit-deflate-frame, {PMD}", "ws_deflate", PMD),
        (f'x-foo; a="b c"; d, {PMD}', "ws_deflate", BAD),
        (f'x-foo; a="b\\c"; d, {PMD}', "ws_deflate", PMD),
        (f"{PMD}; unknown, {PMD}", "ws_deflate", PMD),
        (f"{PMD}; server_max_window_bits=8", "ws_deflate", None),
        (f"{PMD}; server_max_window_bits=8, {PMD}; server_max_window_bits=9", "ws_deflate",
         f"{PMD}; server_max_window_bits=9"),
        (f"{PMD}; server_max_window_bits", "ws_deflate", None),
        (f"{PMD}; server_max_window_bits=7", "ws_deflate", None),
        (f"{PMD}; server_max_window_bits=16", "ws_deflate", None),
        (f"{PMD}; server_max_window_bits=010", "ws_deflate", None),
        (f"{PMD}; server_max_window_bits=x", "ws_deflate", None),
        (f"{PMD}; client_max_window_bits=7", "ws_deflate", None),
        (f"{PMD}; client_max_window_bits=16", "ws_deflate", None),
        (f"{PMD}; client_max_window_bits=+9", "ws_deflate", None),
        (f"{PMD}; server_no_context_takeover=1", "ws_deflate", None),
        (f"{PMD}; client_no_context_takeover=true", "ws_deflate", None),
        (f"{PMD}; server_no_context_takeover; server_no_context_takeover", "ws_deflate", None),
        (f"{PMD}; client_max_window_bits; client_max_window_bits=10", "ws_deflate", None),
        (f"{PMD}; unknown", "ws_deflate", None),
        ("Permessage-deflate", "ws_deflate", None),
        ("permessage-bzip2", "ws_deflate", None),
        (None, "ws_deflate", None),
        (PMD, "web", None),
        (PMD, "ws_deflate_small",
         f"{PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9"),
        (f"{PMD}; client_max_window_bits=12", "ws_deflate_small",
         f"{PMD}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; "
         "client_max_window_bits=12"),
        (PMD, "ws_deflate_asking", None),
        (f"{PMD}; client_max_window_bits", "ws_deflate_asking",
         f"{PMD}; server_max_window_bits=11; client_max_window_bits=10"),
        (f"{PMD}; client_max_window_bits=9; server_max_window_bits=10", "ws_deflate_asking",
         f"{PMD}; server_max_window_bits=10; client_max_window_bits=9"),
        (f"{PMD};", "ws_deflate", BAD),
        (f"{PMD}; =10", "ws_deflate", BAD),
        (f"{PMD}; server_max_window_bits=", "ws_deflate", BAD),
        (f'{PMD}; server_max_window_bits="10', "ws_deflate", BAD),
        (f"{PMD} {PMD}", "ws_deflate", BAD),
        ("@", "web", BAD),
    ]

    def test_the_first_offer_that_may_be_accepted_is(self):
        for offer, transport, answer in self.OFFERS:
            with self.subTest(offer, transport=transport):
                request = upgrade_request(JSON, sec_websocket_extensions=offer)
                status, fields, _ = self.answer_to(request, transport)
                self.assertEqual(status, BAD if answer == BAD else OK)
                self.assertEqual(fields.get("sec-websocket-extensions", BAD if answer == BAD else None), answer)

    def test_offers_may_stand_in_several_fields(self):
        request = upgrade_request(JSON, sec_websocket_extensions="x-foo")[:-2]
        request += f"Sec-WebSocket-Extensions: {PMD}\r\n\r\n".encode()
        self.assertEqual(self.answer_to(request)[1]["sec-websocket-extensions"], PMD)


class Compressed(CompressionCase):
    # How one and the same message may come.
    WHOLE = [
        ("in one frame", compressed(HELLO)),
        ("not compressed", ws_frame(HELLO)),
        ("in two frames", compressed(HELLO, 10)),
        ("in single octets", compressed(HELLO, *[1] * (len(deflated(HELLO)) - 1))),
        ("with nothing first", compressed(HELLO, 0)),
        ("with nothing last", compressed(HELLO, len(deflated(HELLO)))),
        ("copied", compressed(HELLO, level=0)),
        ("quickly", compressed(HELLO, level=1)),
        ("with effort", compressed(HELLO, level=9)),
        ("with a fixed code", compressed(HELLO, strategy=zlib.Z_FIXED)),
        ("without references", compressed(HELLO, strategy=zlib.Z_HUFFMAN_ONLY)),
        ("in runs", compressed(HELLO + b" " * 500, strategy=zlib.Z_RLE)),
        ("with a small window", compressed(HELLO, agreed=f"{PMD}; client_max_window_bits=9")),
        ("in a last block", in_frames(in_last_block(HELLO))),
        ("in two last blocks", in_frames(in_last_block(HELLO[:9])[:-1] + in_last_block(HELLO[9:]))),
        ("in many blocks", in_frames(in_blocks(HELLO, 3))),
        ("behind a PONG", ws_frame(b"a", Opcode.PONG) + compressed(HELLO)),
        ("the longest", compressed(HELLO + b" " * (MAX_MESSAGE - len(HELLO)))),
        ("the longest, copied", compressed(HELLO + b" " * (MAX_MESSAGE - len(HELLO)), level=0)),
    ]

    def test_a_message_may_come_in_any_way(self):
        for transport in ("ws_deflate", "wss_deflate", "ws_deflate_small"):
            for name, octets in self.WHOLE:
                with self.subTest(name, transport=transport):
                    peer = self.opened(transport=transport)
                    peer.send_octets(octets)
                    self.expect_welcome(peer)

    def test_a_message_may_be_cut_anywhere(self):
        octets = compressed(HELLO, 7)
        for at in range(1, len(octets), 3):
            peer = self.opened()
            peer.send_octets(octets[:at])
            peer.wait_until_taken()
            peer.send_octets(octets[at:])
            self.expect_welcome(peer)
            peer.close()

    def test_a_ping_within_a_message_is_answered_at_once_and_as_it_is(self):
        peer = self.opened()
        frames = compressed(HELLO, 9)
        peer.send_octets(frames[: 6 + 9] + ws_frame(b"a" * 100, Opcode.PING))
        self.assertEqual(peer.receive_ws(), (Opcode.PONG, b"a" * 100))
        peer.send_octets(frames[6 + 9 :])
        self.expect_welcome(peer)

    # What makes the router close the connection, and by which code.
    WRONG = [
        *[(f"RSV {rsv}", ws_frame(deflated(HELLO), rsv=rsv), PROTOCOL_ERROR) for rsv in (1, 2, 3, 5, 6, 7)],
        ("a continuation", ws_frame(b"[", fin=False) + ws_frame(b"]", 0, rsv=4), PROTOCOL_ERROR),
        ("each frame", ws_frame(b"a", fin=False, rsv=4) + ws_frame(b"", 0, rsv=4), PROTOCOL_ERROR),
        ("nothing to continue", ws_frame(b"", 0, rsv=4), PROTOCOL_ERROR),
        *[(f"a control frame {code}", ws_frame(b"", code, rsv=4), PROTOCOL_ERROR) for code in (8, 9, 10)],
        ("a reserved opcode", ws_frame(b"", 3, rsv=4), PROTOCOL_ERROR),
        ("without a mask", ws_frame(deflated(HELLO), rsv=4, mask=None), PROTOCOL_ERROR),
        ("a message within", compressed(HELLO, 3)[:9] + compressed(HELLO), PROTOCOL_ERROR),
        ("binary", compressed(HELLO, opcode=Opcode.BINARY), UNSUPPORTED),
        ("nothing", ws_frame(b"", rsv=4), NOT_UTF8),
        ("no compression", ws_frame(HELLO, rsv=4), NOT_UTF8),
        ("a reserved kind of block", ws_frame(b"\x07", rsv=4), NOT_UTF8),
        ("lengths that differ", ws_frame(b"\0\1\0\0\0a", rsv=4), NOT_UTF8),
        ("too little", ws_frame(deflated(HELLO)[:-1], rsv=4), NOT_UTF8),
        ("half of it", ws_frame(deflated(HELLO)[:20], rsv=4), NOT_UTF8),
        ("behind the last block", ws_frame(in_last_block(HELLO)[:-1] + b"\x07", rsv=4), NOT_UTF8),
        ("a reference to nothing", ws_frame(deflated(HELLO * 2)[20:], rsv=4), NOT_UTF8),
        ("no UTF-8", compressed(b'["\xff"]'), NOT_UTF8),
        ("half a character", compressed("€".encode()[:2]), NOT_UTF8),
        ("one octet too many", compressed(b" " * (MAX_MESSAGE + 1)), TOO_BIG),
        ("one octet too many, copied", compressed(b" " * (MAX_MESSAGE + 1), level=0), TOO_BIG),
        ("a bomb", compressed(b" " * 50_000_000), TOO_BIG),
        ("a bomb in frames", compressed(b" " * 5_000_000, *[100] * 40), TOO_BIG),
        ("long already", ws_header(MAX_MESSAGE * 2, 1, rsv=4) + b"mask", TOO_BIG),
        ("by far too long", ws_header(1 << 62, 1, rsv=4) + b"mask", TOO_BIG),
        ("long in frames", ws_frame(b"a" * MAX_MESSAGE, rsv=4, fin=False) + ws_header(9999, 0) + b"mask", TOO_BIG),
        ("long, not compressed", ws_header(MAX_MESSAGE + 1, 1) + b"mask", TOO_BIG),
    ]

    def test_what_is_wrong_ends_the_connection(self):
        for name, octets, code in self.WRONG:
            with self.subTest(name):
                peer = self.opened()
                peer.send_octets(octets)
                self.assertEqual(peer.close_code(), code)

    def test_where_nothing_is_agreed_nothing_may_be_compressed(self):
        for offer, transport in ((None, "ws_deflate"), (PMD, "web")):
            peer = self.opened(transport=transport, offer=offer)
            peer.send_octets(compressed(HELLO))
            self.assertEqual(peer.close_code(), PROTOCOL_ERROR)

    def test_messages_may_refer_to_those_before_them_unless_that_is_excluded(self):
        peer = self.opened()
        again = Deflate()
        peer.send_octets(ws_frame(again.compress(HELLO), rsv=4))
        self.expect_welcome(peer)
        peer.send_octets(ws_frame(again.compress(HELLO), rsv=4))
        self.assertTrue(peer.receive_ws()[1].startswith(b"[3,"), "a second HELLO is a violation")

        peer = self.opened(transport="ws_deflate_small")
        again = Deflate()
        peer.send_octets(ws_frame(again.compress(HELLO), rsv=4))
        self.expect_welcome(peer)
        peer.send_octets(ws_frame(again.compress(HELLO), rsv=4))
        self.assertEqual(peer.close_code(), NOT_UTF8)


class Conversations(CompressionCase):
    OFFERS = [
        ("ws_deflate", PMD),
        ("ws_deflate", f"{PMD}; server_max_window_bits=9; client_max_window_bits=9"),
        ("ws_deflate", f"{PMD}; server_no_context_takeover"),
        ("ws_deflate_small", PMD),
        ("ws_deflate_asking", f"{PMD}; client_max_window_bits"),
        ("wss_deflate", PMD),
    ]

    def test_events_of_any_length_in_every_serializer(self):
        for number, (transport, offer) in enumerate(self.OFFERS):
            serializer = list(SERIALIZERS)[number % 3]
            with self.subTest(offer, transport=transport, serializer=serializer):
                peers = {"serializer": serializer, "transport": transport, "offer": offer}
                receiver, sender, plain = self.peer(**peers), self.peer(**peers), self.peer(transport="web")
                topic = self.uri(f"events{number}")
                subscription, plain_one = receiver.subscribe(topic), plain.subscribe(topic)
                for size in [*range(20), *range(40, 200, 7), 5000, 70_000, 120_000]:
                    sender.publish(topic, ["ab" * (size // 2), size])
                    receiver.expect(EVENT, subscription, ANY_ID, {}, ["ab" * (size // 2), size])
                    plain.expect(EVENT, plain_one, ANY_ID, {}, ["ab" * (size // 2), size])
                    self.assertEqual(receiver.last_compressed[0], len(receiver.last_payload) >= 64)
                self.assertLess(receiver.last_compressed[1], 1000)

    def test_what_is_sent_again_is_short_unless_nothing_may_refer_to_it(self):
        for transport, offer in self.OFFERS:
            with self.subTest(offer, transport=transport):
                peer = self.peer(transport=transport, offer=offer)
                topic, text = self.uri("twice"), zlib.compress(offer.encode()).hex()
                subscription = peer.subscribe(topic)
                for _ in range(2):
                    peer.send(PUBLISH, peer.request(), {"exclude_me": False}, topic, [text])
                    peer.expect(EVENT, subscription, ANY_ID, {}, [text])
                refers = "server_no_context_takeover" not in peer.reply["sec-websocket-extensions"]
                self.assertEqual(peer.last_compressed[1] < 60, refers, peer.last_compressed)

    def test_many_messages_in_one_piece(self):
        for transport, offer in self.OFFERS:
            peer = self.peer(transport=transport, offer=offer)
            calls = [[CALL, number, {}, f"com.example.nothing{number}"] for number in range(1, 501)]
            peer.send_all(*calls)
            for _, number, _, _ in calls:
                self.assertEqual(peer.receive()[:3], [ERROR, CALL, number])

    def test_small_messages_that_stand_for_much_are_taken_a_few_at_a_time(self):
        for transport in ("ws_deflate", "wss_deflate"):
            peer = self.peer(transport=transport, offer=PMD)
            topic = self.uri(transport)
            number = 60  # Of 120 kB each, in one read.
            messages = [[PUBLISH, at, {"acknowledge": True}, topic, ["a" * 120_000]] for at in range(1, number + 1)]
            peer.send_all(*messages)
            for message in messages:
                peer.expect(PUBLISHED, message[1], ANY_ID)

    def test_a_receiver_that_lags_behind_gets_everything_in_order(self):
        receiver, sender = self.peer(offer=PMD, receive_buffer=4096), self.peer()
        topic = self.uri("slow")
        subscription = receiver.subscribe(topic)
        noise = [zlib.compress(str(number).encode() * 50).hex() * 100 for number in range(200)]
        for text in noise:
            sender.publish(topic, [text])
        receiver.send_octets(ws_frame(b"still there?", Opcode.PING))
        pongs = 0
        for text in noise:
            opcode, payload = receiver.receive_ws()
            if opcode == Opcode.PONG:
                pongs += 1
                opcode, payload = receiver.receive_ws()
            self.assertEqual(SERIALIZERS["json"].loads(payload)[4:], [[text]])
            self.assertEqual(SERIALIZERS["json"].loads(payload)[:2], [EVENT, subscription])
        self.assertLessEqual(pongs, 1)

    def test_the_end_comes_behind_all_messages(self):
        peer = self.peer(offer=PMD)
        peer.send_octets(peer._frame(peer.encode(CALL, 1, {}, "com.example.nothing")))
        peer.send_octets(ws_frame(close_payload(1001), Opcode.CLOSE))
        self.assertEqual(peer.receive()[:3], [ERROR, CALL, 1])
        self.assertEqual(peer.close_code(), 1001)


BATCHED = {name: f"wamp.2.{name}.batched" for name in SERIALIZERS}
PACKED_HELLO = SERIALIZERS["msgpack"].dumps([1, "realm1", {"roles": {"caller": {}}}])


def packed(*payloads):
    return batch_of("msgpack", payloads)


class Batches(CompressionCase):
    # What the client offers, over which transport, and what it gets.
    SUBPROTOCOLS = [
        ((BATCHED["json"],), "web", BATCHED["json"]),
        ((BATCHED["msgpack"], MSGPACK), "web", BATCHED["msgpack"]),
        ((MSGPACK, BATCHED["msgpack"]), "web", MSGPACK),
        ((BATCHED["cbor"], CBOR), "web", BATCHED["cbor"]),
        (("wamp.2.ubjson.batched", BATCHED["cbor"]), "web", BATCHED["cbor"]),
        ((BATCHED["cbor"], BATCHED["json"]), "ws_json_only", BATCHED["json"]),
        (("wamp.2.batched",), "web", None),
        (("wamp.2.json.batched.batched",), "web", None),
        ((".batched",), "web", None),
    ]

    def test_the_client_gets_the_first_of_its_subprotocols_that_is_allowed(self):
        for offered, transport, chosen in self.SUBPROTOCOLS:
            with self.subTest(offered=offered):
                _, fields, _ = self.answer_to(upgrade_request(*offered), transport)
                self.assertEqual(fields.get("sec-websocket-protocol"), chosen)

    def converse(self, serializer, transport="web", separator=b"\x1e", offer=None):
        """A session in which many messages stand in one batch. Returns how many batches the answers came in."""
        form = SERIALIZERS[serializer]
        data = Opcode.TEXT if serializer == "json" else Opcode.BINARY
        peer = self.opened(BATCHED[serializer], transport, offer)
        hello = form.dumps([1, "realm1", {"roles": {"caller": {}}}])
        peer.send_octets(ws_frame(batch_of(serializer, [hello], separator), data))
        opcode, batch = peer.receive_ws()
        (welcome,) = messages_of(serializer, batch, separator)
        self.assertEqual((opcode, form.loads(welcome)[0]), (data, 2))
        calls = [form.dumps([CALL, number, {}, "com.example.nothing"]) for number in range(1, 2001)]
        peer.send_octets(ws_frame(batch_of(serializer, calls, separator), data))
        answers, batches = [], 0
        while len(answers) < len(calls):
            batch = peer.receive_ws()[1]
            answers += messages_of(serializer, batch, separator)
            batches += 1
            self.assertLess(len(batch), 66_000)
        for number, answer in enumerate(answers, 1):
            self.assertEqual(form.loads(answer)[:3], [ERROR, CALL, number])
        return batches

    def test_many_messages_come_and_go_in_few_batches(self):
        for serializer in SERIALIZERS:
            for transport, offer in (("web", None), ("wss", None), ("ws_deflate", PMD), ("ws_deflate_small", PMD)):
                with self.subTest(serializer, transport=transport):
                    self.assertLess(self.converse(serializer, transport, offer=offer), 100)

    def test_who_separates_as_autobahn_for_python_does_is_answered_alike(self):
        self.assertLess(self.converse("json", separator=b"\x18"), 100)

    # What makes the router close the connection, in JSON and in MessagePack, and by which code.
    WRONG_TEXT = [
        ("nothing", ws_frame(b""), PROTOCOL_ERROR),
        ("no separator", ws_frame(HELLO), PROTOCOL_ERROR),
        ("no last separator", ws_frame(HELLO + b"\x1e[]"), PROTOCOL_ERROR),
        ("a separator only", ws_frame(b"\x1e"), PROTOCOL_ERROR),
        ("an empty message", ws_frame(HELLO + b"\x1e\x1e"), PROTOCOL_ERROR),
        ("a separator in front", ws_frame(b"\x1e" + HELLO), PROTOCOL_ERROR),
        ("another separator", ws_frame(HELLO + b"\x1f"), PROTOCOL_ERROR),
        ("a separator of its own", ws_frame(HELLO + b"\x1e") + ws_frame(HELLO + b"\x18"), PROTOCOL_ERROR),
        ("no UTF-8", ws_frame(b'["\xff"]\x1e'), NOT_UTF8),
        ("binary", ws_frame(HELLO + b"\x1e", Opcode.BINARY), UNSUPPORTED),
        ("too many messages", ws_frame(b"1\x1e" * 65_536), TOO_BIG),
        ("too long", ws_header(MAX_MESSAGE + 1, 1) + b"mask", TOO_BIG),
    ]
    WRONG_BINARY = [
        ("nothing", b"", PROTOCOL_ERROR),
        ("half a length", b"\0\0", PROTOCOL_ERROR),
        ("a length only", b"\0\0\0\x01", PROTOCOL_ERROR),
        ("an empty message", b"\0\0\0\0", PROTOCOL_ERROR),
        ("an empty message behind", packed(PACKED_HELLO, b""), PROTOCOL_ERROR),
        ("one octet is missing", packed(PACKED_HELLO)[:-1], PROTOCOL_ERROR),
        ("one octet too many", packed(PACKED_HELLO) + b"\0", PROTOCOL_ERROR),
        ("no length", PACKED_HELLO, PROTOCOL_ERROR),
        ("the highest length", b"\xff\xff\xff\xff" + PACKED_HELLO, PROTOCOL_ERROR),
        ("little-endian", struct.pack("<I", len(PACKED_HELLO)) + PACKED_HELLO, PROTOCOL_ERROR),
    ]

    def test_what_is_wrong_ends_the_connection(self):
        binary = [(name, ws_frame(octets, Opcode.BINARY), code) for name, octets, code in self.WRONG_BINARY]
        for serializer, cases in (("json", self.WRONG_TEXT), ("msgpack", binary)):
            for name, octets, code in cases:
                with self.subTest(name, serializer=serializer):
                    peer = self.opened(BATCHED[serializer], "web", None)
                    peer.send_octets(octets)
                    self.assertEqual(peer.close_code(), code)

    def test_a_batch_may_come_in_any_way(self):
        whole = packed(PACKED_HELLO, SERIALIZERS["msgpack"].dumps([CALL, 1, {}, "com.example.nothing"]))
        ways = [
            ws_frame(whole, Opcode.BINARY),
            fragments(whole, *[1] * (len(whole) - 1), opcode=Opcode.BINARY),
            compressed(whole, opcode=Opcode.BINARY),
            compressed(whole, 5, 0, 5, opcode=Opcode.BINARY),
        ]
        for octets in ways:
            peer = self.opened(BATCHED["msgpack"])
            peer.send_octets(octets)
            answers = []
            while len(answers) < 2:
                answers += messages_of("msgpack", peer.receive_ws()[1])
            self.assertEqual([SERIALIZERS["msgpack"].loads(answer)[0] for answer in answers], [2, ERROR])


class Count(CompressionCase):
    TABLES = [
        websocket_test.Handshake.REQUESTS,
        websocket_test.Handshake.SUBPROTOCOLS,
        websocket_test.Frames.WRONG,
        websocket_test.Frames.WHOLE,
        websocket_test.Close.CODES,
        Negotiation.OFFERS,
        Compressed.WHOLE,
        Compressed.WRONG,
        Batches.SUBPROTOCOLS,
        Batches.WRONG_TEXT,
        Batches.WRONG_BINARY,
    ]

    def test_the_list_of_cases_does_not_shrink(self):
        cases = [repr(case) for table in self.TABLES for case in table]
        self.assertGreaterEqual(len(set(cases)), 320)
