# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The WebSocket transport, octet by octet. Spec: RFC 6455; advanced profile, "WebSocket Transport"."""

from house import HouseCase, open_house
from wamp_peer import ANY_ID, CALL, ERROR, EVENT, SERIALIZERS, Frame
from websocket_peer import KEY, Opcode, WebSocketConnection, close_payload, upgrade_request, ws_frame, ws_header

setUpModule = open_house

JSON = "wamp.2.json"
MSGPACK = "wamp.2.msgpack"
CBOR = "wamp.2.cbor"
HELLO = SERIALIZERS["json"].dumps([1, "realm1", {"roles": {"caller": {}}}])
PACKED_HELLO = SERIALIZERS["msgpack"].dumps([1, "realm1", {"roles": {"caller": {}}}])

MAX_MESSAGE = 131072

OK = "101 Switching Protocols"
BAD = "400 Bad Request"
FORBIDDEN = "403 Forbidden"
NOT_FOUND = "404 Not Found"
UPGRADE = "426 Upgrade Required"


class WebSocketCase(HouseCase):
    transport = "web"

    def connection(self, transport=None, **keys):
        opened = WebSocketConnection(self.url(transport), **keys)
        self.addCleanup(opened.close)
        return opened

    def opened(self, protocol=JSON, transport=None):
        """A connection with its handshake done."""
        peer = self.connection(transport)
        peer.upgrade(protocol)
        return peer

    def answer_to(self, octets, transport=None):
        """The status, the fields and, of a refusal, the text with which the connection ends."""
        peer = self.connection(transport)
        peer.send_octets(octets)
        line, fields = peer.receive_head()
        version, status = line.split(" ", 1)
        self.assertEqual(version, "HTTP/1.1")
        if status == OK:
            peer.close()
            return status, fields, ""
        text = peer.receive_rest().decode("utf-8")
        self.assertEqual(int(fields["content-length"]), len(text.encode("utf-8")))
        self.assertEqual(fields["connection"], "close")
        return status, fields, text


class Handshake(WebSocketCase):
    # What is asked, over which transport, and the status of the answer.
    REQUESTS = [
        ("the least", {}, "web", OK),
        ("any path", {"line": "GET /any/path HTTP/1.1"}, "web", OK),
        ("a query", {"line": "GET /?a=b HTTP/1.1"}, "web", OK),
        ("lower-case values", {"upgrade": "WebSocket", "connection": "keep-alive, upgrade"}, "web", OK),
        ("lists", {"upgrade": "h2c, websocket", "connection": "Upgrade, HTTP2-Settings"}, "web", OK),
        ("cookies", {"cookie": "a=b; c=d", "user_agent": "test"}, "web", OK),
        ("an extension", {"sec_websocket_extensions": "permessage-deflate; client_max_window_bits"}, "web", OK),
        ("a long field", {"x_long": "a" * 8000}, "web", OK),
        ("POST", {"line": "POST / HTTP/1.1"}, "web", BAD),
        ("HEAD", {"line": "HEAD / HTTP/1.1"}, "web", BAD),
        ("HTTP/1.0", {"line": "GET / HTTP/1.0"}, "web", BAD),
        ("HTTP/2.0", {"line": "GET / HTTP/2.0"}, "web", BAD),
        ("no version of HTTP", {"line": "GET /"}, "web", BAD),
        ("no target", {"line": "GET  HTTP/1.1"}, "web", BAD),
        ("an absolute target", {"line": "GET http://127.0.0.1/ HTTP/1.1"}, "web", BAD),
        ("*", {"line": "GET * HTTP/1.1"}, "web", BAD),
        ("no host", {"host": None}, "web", BAD),
        ("a body", {"content_length": "5"}, "web", BAD),
        ("a chunked body", {"transfer_encoding": "chunked"}, "web", BAD),
        ("a space in a name", {"x y": "z"}, "web", BAD),
        ("a control character", {"x": "\x01"}, "web", BAD),
        ("no upgrade", {"upgrade": None}, "web", UPGRADE),
        ("another upgrade", {"upgrade": "h2c"}, "web", UPGRADE),
        ("no connection", {"connection": None}, "web", UPGRADE),
        ("another connection", {"connection": "keep-alive"}, "web", UPGRADE),
        ("no key", {"sec_websocket_key": None}, "web", BAD),
        ("an empty key", {"sec_websocket_key": ""}, "web", BAD),
        ("a short key", {"sec_websocket_key": "AAAA"}, "web", BAD),
        ("a long key", {"sec_websocket_key": KEY[:-2] + "AAAA"}, "web", BAD),
        ("no base64", {"sec_websocket_key": "?" * 22 + "=="}, "web", BAD),
        ("no version", {"sec_websocket_version": None}, "web", UPGRADE),
        ("version 8", {"sec_websocket_version": "8"}, "web", UPGRADE),
        ("version 14", {"sec_websocket_version": "14"}, "web", UPGRADE),
        ("version 013", {"sec_websocket_version": "013"}, "web", UPGRADE),
        ("two versions", {"sec_websocket_version": "13, 8"}, "web", UPGRADE),
        ("the path", {"line": "GET /wamp HTTP/1.1"}, "ws_path", OK),
        ("the path with a query", {"line": "GET /wamp?a=/b HTTP/1.1"}, "ws_path", OK),
        ("the root", {"line": "GET / HTTP/1.1"}, "ws_path", NOT_FOUND),
        ("a path within", {"line": "GET /wamp/a HTTP/1.1"}, "ws_path", NOT_FOUND),
        ("a longer path", {"line": "GET /wampa HTTP/1.1"}, "ws_path", NOT_FOUND),
        ("another case", {"line": "GET /WAMP HTTP/1.1"}, "ws_path", NOT_FOUND),
        ("the same origin", {"host": "a.example:8080", "origin": "http://a.example:8080"}, "web", OK),
        ("in other letters", {"host": "A.example:8080", "origin": "http://a.Example:8080"}, "web", OK),
        ("the usual port of http", {"host": "a.example", "origin": "http://a.example:80"}, "web", OK),
        ("the usual port in host", {"host": "a.example:80", "origin": "http://a.example"}, "web", OK),
        ("the usual port of https", {"host": "a.example:443", "origin": "https://a.example"}, "web", OK),
        ("IPv6", {"host": "[::1]:8080", "origin": "http://[::1]:8080"}, "web", OK),
        ("another port", {"host": "a.example:8080", "origin": "http://a.example:8081"}, "web", FORBIDDEN),
        ("another usual port", {"host": "a.example:80", "origin": "https://a.example"}, "web", FORBIDDEN),
        ("another host", {"host": "a.example", "origin": "http://b.example"}, "web", FORBIDDEN),
        ("a host within", {"host": "a.example", "origin": "http://b.a.example"}, "web", FORBIDDEN),
        ("a host around", {"host": "a.example", "origin": "http://a.example.org"}, "web", FORBIDDEN),
        ("null", {"origin": "null"}, "web", FORBIDDEN),
        ("no URL", {"host": "a.example", "origin": "a.example"}, "web", FORBIDDEN),
        ("an empty origin", {"origin": ""}, "web", FORBIDDEN),
        ("an allowed origin", {"origin": "https://shop.example"}, "ws_origins", OK),
        ("with its port", {"origin": "https://shop.example:443"}, "ws_origins", OK),
        ("an allowed pattern", {"origin": "http://a.parts.example:8080"}, "ws_origins", OK),
        ("a longer match", {"origin": "http://a.b.parts.example:8080"}, "ws_origins", OK),
        ("the port is wrong", {"origin": "http://a.parts.example:8081"}, "ws_origins", FORBIDDEN),
        ("the scheme is wrong", {"origin": "http://shop.example"}, "ws_origins", FORBIDDEN),
        ("behind the match", {"origin": "https://shop.example.org"}, "ws_origins", FORBIDDEN),
        ("the same host is not named", {"host": "a.example", "origin": "http://a.example"}, "ws_origins", FORBIDDEN),
        ("null is allowed", {"origin": "null"}, "ws_origins", OK),
        ("any origin", {"origin": "http://any.example"}, "ws_lax", OK),
        ("null with any", {"origin": "null"}, "ws_lax", OK),
    ]

    def test_what_is_asked_and_answered(self):
        for name, request, transport, status in self.REQUESTS:
            with self.subTest(name):
                self.assertEqual(self.answer_to(upgrade_request(JSON, **request), transport)[0], status)

    # What the client offers, over which transport, and what it gets.
    SUBPROTOCOLS = [
        ((JSON,), "web", JSON),
        ((MSGPACK,), "web", MSGPACK),
        ((CBOR,), "web", CBOR),
        ((CBOR, JSON), "web", CBOR),
        ((JSON, CBOR), "web", JSON),
        (("wamp.2.ubjson", "wamp.2.ubjson.batched", MSGPACK, JSON), "web", MSGPACK),
        (("wamp.2.flatbuffers",), "web", None),
        (("WAMP.2.JSON",), "web", None),
        (("wamp", "mqtt"), "web", None),
        ((), "web", None),
        ((MSGPACK, JSON), "ws_json_only", JSON),
        ((MSGPACK,), "ws_json_only", None),
        (("mqtt",), "ws_lax", None),
    ]

    def test_the_client_gets_the_first_of_its_subprotocols_that_is_allowed(self):
        for offered, transport, chosen in self.SUBPROTOCOLS:
            with self.subTest(offered=offered, transport=transport):
                status, fields, text = self.answer_to(upgrade_request(*offered), transport)
                self.assertEqual(fields.get("sec-websocket-protocol"), chosen)
                self.assertEqual(status, OK if chosen else BAD)
                if not chosen:
                    self.assertIn(JSON, text, "it tells which subprotocols there are")

    def test_subprotocols_may_stand_in_several_fields(self):
        request = upgrade_request(MSGPACK)[:-2] + b"Sec-WebSocket-Protocol: wamp.2.json\r\n\r\n"
        self.assertEqual(self.answer_to(request, "ws_json_only")[1]["sec-websocket-protocol"], JSON)

    def test_a_client_without_subprotocol_speaks_json_if_that_is_allowed(self):
        peer = self.connection("ws_lax")
        self.assertNotIn("sec-websocket-protocol", peer.upgrade())
        peer.send_octets(ws_frame(HELLO))
        self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))

    def test_fields_that_may_stand_once_only(self):
        for field in (f"Sec-WebSocket-Key: {KEY}", "Host: b", "Origin: http://127.0.0.1"):
            with self.subTest(field):
                request = upgrade_request(JSON, origin="http://127.0.0.1")[:-2] + field.encode() + b"\r\n\r\n"
                self.assertEqual(self.answer_to(request)[0], BAD)

    def test_no_extension_is_granted_unless_the_transport_has_it(self):
        fields = self.answer_to(upgrade_request(JSON, sec_websocket_extensions="permessage-deflate"))[1]
        self.assertNotIn("sec-websocket-extensions", fields)

    def test_a_browser_is_shown_a_page(self):
        status, fields, text = self.answer_to(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual((status, fields["content-type"]), (UPGRADE, "text/html; charset=utf-8"))
        self.assertEqual((fields["upgrade"], fields["sec-websocket-version"]), ("websocket", "13"))
        self.assertIn("WAMP router", text)

    def test_or_just_a_line_without_saying_what_answers(self):
        status, fields, text = self.answer_to(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "ws_lax")
        self.assertEqual((status, fields["content-type"]), (UPGRADE, "text/plain; charset=utf-8"))
        self.assertNotIn("server", fields)
        self.assertIn("does not ask for a WebSocket", text)

    def test_nothing_that_the_client_says_is_in_the_answer(self):
        for line in ("GET /<script>evil</script> HTTP/1.1", "GET / HTTP/1.1"):
            fields = {"line": line, "origin": "http://evil.example", "host": "evil", "user_agent": "evil"}
            self.assertNotIn("evil", self.answer_to(upgrade_request("evil", **fields), "ws_path")[2])

    def test_a_head_that_is_too_long(self):
        for octets in (upgrade_request(JSON, x="a" * 20_000), b"GET /" + b"a" * 20_000):
            self.assertEqual(self.answer_to(octets)[0], "431 Request Header Fields Too Large")

    def test_whoever_speaks_something_else_gets_nothing_but_the_end(self):
        tls = bytes.fromhex("16030100c5010000c103038a")
        for octets in (b"\x7f\xf1\x00\x00", tls, b"\0", b"\r\n", b" GET / HTTP/1.1\r\n\r\n"):
            with self.subTest(octets=octets[:12]):
                peer = self.connection()
                peer.send_octets(octets)
                peer.expect_end()

    def test_it_may_come_in_pieces_and_together_with_what_follows(self):
        for transport in ("web", "ws_unix", "wss"):
            octets = upgrade_request(JSON) + ws_frame(HELLO)
            for size in (1, 7, len(octets) - 5, len(octets)):
                with self.subTest(transport=transport, size=size):
                    peer = self.connection(transport)
                    for at in range(0, len(octets), size):
                        peer.send_octets(octets[at : at + size])
                    self.assertEqual(peer.receive_head()[0], "HTTP/1.1 " + OK)
                    self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))

    def test_whoever_says_nothing_in_time_is_dropped(self):
        for octets in (b"", b"GET ", upgrade_request(JSON)[:-2]):
            with self.subTest(octets=octets):
                peer = self.connection("ws_hasty")
                peer.send_octets(octets)
                peer.expect_end()

    def test_speaking_slowly_does_not_prolong_the_time_to_join(self):
        peer = self.connection("ws_hasty")
        for octet in upgrade_request(JSON, x="a" * 10_000):
            try:
                peer.send_octets(bytes([octet]))
            except ConnectionError:
                return
            if peer.ends_within(0.02):
                return
        self.fail("the connection lives on")

    def test_whoever_does_not_join_in_time_is_dropped(self):
        for octets in (b"", b"\x81", ws_frame(b"[1,", fin=False), ws_frame(b"", Opcode.PONG)):
            with self.subTest(octets=octets):
                peer = self.opened(transport="ws_hasty")
                peer.send_octets(octets)
                peer.receive_rest()

    def test_a_connection_beyond_the_limit_is_told_so(self):
        self.opened(transport="ws_single")
        status = self.answer_to(upgrade_request(JSON), "ws_single")[0]
        self.assertEqual(status, "503 Service Unavailable")


def fragments(payload, *sizes, opcode=Opcode.TEXT):
    """`payload` in frames of these sizes, and a last one with the rest."""
    octets, at = b"", 0
    for size in sizes:
        octets += ws_frame(payload[at : at + size], opcode, fin=False)
        at, opcode = at + size, Opcode.CONTINUATION
    return octets + ws_frame(payload[at:], opcode)


PROTOCOL_ERROR, UNSUPPORTED, NOT_UTF8, TOO_BIG = 1002, 1003, 1007, 1009

EURO = "€".encode()


class Frames(WebSocketCase):
    # What makes the router close the connection, and by which code.
    WRONG = [
        ("text without a mask", ws_frame(b"[]", mask=None), PROTOCOL_ERROR),
        ("nothing without a mask", ws_frame(b"", mask=None), PROTOCOL_ERROR),
        ("a PING without a mask", ws_frame(b"", Opcode.PING, mask=None), PROTOCOL_ERROR),
        ("a Close frame without a mask", ws_frame(b"", Opcode.CLOSE, mask=None), PROTOCOL_ERROR),
        *[(f"RSV {rsv} of text", ws_frame(b"[]", rsv=rsv), PROTOCOL_ERROR) for rsv in range(1, 8)],
        *[(f"RSV {rsv} of PING", ws_frame(b"", Opcode.PING, rsv=rsv), PROTOCOL_ERROR) for rsv in (1, 2, 4)],
        ("RSV of a continuation", ws_frame(b"[", fin=False) + ws_frame(b"]", 0, rsv=4), PROTOCOL_ERROR),
        *[(f"opcode {code}", ws_frame(b"", code), PROTOCOL_ERROR) for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)],
        *[(f"opcode {code} in pieces", ws_frame(b"", code, fin=False), PROTOCOL_ERROR) for code in (3, 11)],
        ("a PING of 126 octets", ws_frame(b"a" * 126, Opcode.PING), PROTOCOL_ERROR),
        ("a PONG of 126 octets", ws_frame(b"a" * 126, Opcode.PONG), PROTOCOL_ERROR),
        ("a PING of 65536 octets", ws_frame(b"a" * 65536, Opcode.PING), PROTOCOL_ERROR),
        ("a Close frame of 126 octets", ws_frame(close_payload(1000, b"a" * 124), Opcode.CLOSE), PROTOCOL_ERROR),
        ("a short PING with a long length", ws_frame(b"", Opcode.PING, form=2), PROTOCOL_ERROR),
        *[
            (f"{code.name} in pieces", ws_frame(b"", code, fin=False), PROTOCOL_ERROR)
            for code in (Opcode.CLOSE, Opcode.PING, Opcode.PONG)
        ],
        ("0 in 2 octets", ws_frame(b"", form=2), PROTOCOL_ERROR),
        ("125 in 2 octets", ws_frame(b"a" * 125, form=2), PROTOCOL_ERROR),
        ("0 in 8 octets", ws_frame(b"", form=8), PROTOCOL_ERROR),
        ("126 in 8 octets", ws_frame(b"a" * 126, form=8), PROTOCOL_ERROR),
        ("65535 in 8 octets", ws_frame(b"a" * 65535, form=8), PROTOCOL_ERROR),
        ("the highest bit of the length", ws_header(1 << 63, 1) + b"mask", PROTOCOL_ERROR),
        ("the highest length", ws_header((1 << 64) - 1, 1) + b"mask", PROTOCOL_ERROR),
        ("nothing to continue", ws_frame(b"[]", Opcode.CONTINUATION), PROTOCOL_ERROR),
        ("nothing to continue in pieces", ws_frame(b"[]", Opcode.CONTINUATION, fin=False), PROTOCOL_ERROR),
        ("text within text", ws_frame(b"[", fin=False) + ws_frame(b"]"), PROTOCOL_ERROR),
        ("text in pieces within text", ws_frame(b"[", fin=False) + ws_frame(b"]", fin=False), PROTOCOL_ERROR),
        ("binary within text", ws_frame(b"[", fin=False) + ws_frame(b"]", Opcode.BINARY), PROTOCOL_ERROR),
        ("text within nothing", ws_frame(b"", fin=False) + ws_frame(b"[]"), PROTOCOL_ERROR),
        ("binary", ws_frame(b"[]", Opcode.BINARY), UNSUPPORTED),
        ("nothing in binary", ws_frame(b"", Opcode.BINARY), UNSUPPORTED),
        ("binary in pieces", ws_frame(b"[", Opcode.BINARY, fin=False), UNSUPPORTED),
        ("a lone continuation octet", ws_frame(b'["\x80"]'), NOT_UTF8),
        ("0xff", ws_frame(b"\xff"), NOT_UTF8),
        ("an octet is missing", ws_frame(b'["' + EURO[:-1] + b'"]'), NOT_UTF8),
        ("an octet is missing at the end", ws_frame(b"[" + EURO[:-1]), NOT_UTF8),
        ("an overlong form", ws_frame(b'["\xc0\xaf"]'), NOT_UTF8),
        ("a surrogate", ws_frame(b'["\xed\xa0\x80"]'), NOT_UTF8),
        ("beyond U+10FFFF", ws_frame(b'["\xf4\x90\x80\x80"]'), NOT_UTF8),
        ("in pieces", fragments(b'["' + EURO[:-1] + b'"]', 3), NOT_UTF8),
        ("in the last piece", ws_frame(EURO[:2], fin=False) + ws_frame(b"", 0), NOT_UTF8),
        ("one octet too many", ws_header(MAX_MESSAGE + 1, 1) + b"mask", TOO_BIG),
        ("by far too many", ws_header(1 << 62, 1) + b"mask", TOO_BIG),
        ("one octet too many in pieces", ws_frame(b" " * MAX_MESSAGE, fin=False) + ws_header(1, 0) + b"mask", TOO_BIG),
        ("one octet too many in many pieces", fragments(b" " * (MAX_MESSAGE + 1), *[4096] * 32), TOO_BIG),
    ]

    def test_what_is_wrong_ends_the_connection(self):
        for name, octets, code in self.WRONG:
            with self.subTest(name):
                peer = self.opened()
                peer.send_octets(octets)
                self.assertEqual(peer.close_code(), code)

    def test_it_is_seen_whatever_comes_before_in_the_same_piece(self):
        for name, octets, code in self.WRONG[::5]:
            with self.subTest(name):
                peer = self.opened()
                peer.send_octets(ws_frame(HELLO) + ws_frame(b"hi", Opcode.PING) + octets)
                self.assertEqual(peer.close_code(), code)

    def test_it_is_seen_in_single_octets_and_over_tls(self):
        for name, octets, code in self.WRONG[::4]:
            if len(octets) > 200:
                continue
            with self.subTest(name):
                peer = self.opened(transport="wss")
                for octet in octets:
                    try:
                        peer.send_octets(bytes([octet]))
                    except ConnectionError:
                        break  # The router need not wait for the rest of what is wrong.
                self.assertEqual(peer.close_code(), code)

    def test_text_where_binary_is_agreed_on(self):
        for protocol in (MSGPACK, CBOR):
            for octets in (ws_frame(b""), ws_frame(HELLO), ws_frame(b"[", fin=False)):
                peer = self.opened(protocol)
                peer.send_octets(octets)
                self.assertEqual(peer.close_code(), UNSUPPORTED)

    # How one and the same message may come.
    WHOLE = [
        ("in one frame", ws_frame(HELLO)),
        ("with a mask of zeros", ws_frame(HELLO, mask=b"\0\0\0\0")),
        ("with a mask of ones", ws_frame(HELLO, mask=b"\xff\xff\xff\xff")),
        ("in two frames", fragments(HELLO, 10)),
        ("in three frames", fragments(HELLO, 1, 1)),
        ("in single octets", fragments(HELLO, *[1] * (len(HELLO) - 1))),
        ("with nothing first", fragments(HELLO, 0)),
        ("with nothing last", fragments(HELLO, len(HELLO))),
        ("with nothing between", fragments(HELLO, 5, 0, 0, 0, 5)),
        ("behind a PONG", ws_frame(b"a", Opcode.PONG) + ws_frame(HELLO)),
        ("with a PONG between", ws_frame(HELLO[:9], fin=False) + ws_frame(b"", 10) + ws_frame(HELLO[9:], 0)),
        ("with blanks, 2 octets of length", ws_frame(HELLO + b" " * 1000)),
        ("with blanks, 8 octets of length", ws_frame(HELLO + b" " * 70_000)),
        ("the longest", ws_frame(HELLO + b" " * (MAX_MESSAGE - len(HELLO)))),
        ("the longest in pieces", fragments(HELLO + b" " * (MAX_MESSAGE - len(HELLO)), *[5000] * 26)),
    ]

    def test_a_message_may_come_in_any_way(self):
        for transport in ("web", "wss", "ws_unix"):
            for name, octets in self.WHOLE:
                with self.subTest(name, transport=transport):
                    peer = self.opened(transport=transport)
                    peer.send_octets(octets)
                    opcode, payload = peer.receive_ws()
                    self.assertEqual(opcode, Opcode.TEXT)
                    self.assertTrue(payload.startswith(b"[2,"), payload)

    def test_a_message_may_be_cut_anywhere(self):
        octets = ws_frame(HELLO[:7], fin=False) + ws_frame(b"hi", Opcode.PING) + ws_frame(HELLO[7:], 0)
        for at in range(1, len(octets)):
            peer = self.opened(transport="ws_unix")
            peer.send_octets(octets[:at])
            peer.wait_until_taken()
            peer.send_octets(octets[at:])
            self.assertEqual(peer.receive_ws(), (Opcode.PONG, b"hi"))
            self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))
            peer.close()

    def test_a_character_may_be_divided(self):
        text = SERIALIZERS["json"].dumps([1, "realm1", {"roles": {"caller": {}}, "x": "€𝄞"}])
        self.assertIn(EURO, text)
        for at in range(1, len(text)):
            peer = self.opened(transport="ws_unix")
            peer.send_octets(fragments(text, at))
            self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))
            peer.close()

    def test_binary_subprotocols_answer_in_binary(self):
        peer = self.opened(MSGPACK)
        peer.send_octets(fragments(PACKED_HELLO, 3, 5, opcode=Opcode.BINARY))
        opcode, payload = peer.receive_ws()
        self.assertEqual((opcode, SERIALIZERS["msgpack"].loads(payload)[0]), (Opcode.BINARY, 2))

    def test_a_ping_is_answered_with_its_payload(self):
        peer = self.opened()
        for payload in (b"", b"a", b"\0\xff" * 62, b"a" * 125):
            peer.send_octets(ws_frame(payload, Opcode.PING))
            self.assertEqual(peer.receive_ws(), (Opcode.PONG, payload))

    def test_a_ping_within_a_message_is_answered_at_once(self):
        peer = self.opened()
        peer.send_octets(ws_frame(HELLO[:9], fin=False) + ws_frame(b"now", Opcode.PING))
        self.assertEqual(peer.receive_ws(), (Opcode.PONG, b"now"))
        peer.send_octets(ws_frame(HELLO[9:], Opcode.CONTINUATION))
        self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))

    def test_a_pong_that_nobody_asked_for_is_passed_over(self):
        peer = self.peer()
        for _ in range(3):
            peer.send_frame(b"unasked", Frame.PONG)
        peer.fence()

    def test_frames_longer_than_allowed(self):
        peer = self.opened(transport="ws_frames")
        peer.send_octets(fragments(HELLO + b" " * 2000, *[1000] * 2))
        self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))
        peer.send_octets(ws_header(1001, 1) + b"mask")
        self.assertEqual(peer.close_code(), TOO_BIG)

    def test_lengths_of_what_is_sent(self):
        """Where the header grows, in both directions."""
        for serializer in SERIALIZERS:
            receiver, sender = self.peer(serializer=serializer), self.peer(serializer=serializer)
            topic = self.uri(serializer)
            subscription = receiver.subscribe(topic)
            lengths = []
            for size in [*range(60, 140), *range(65_460, 65_540, 4), 100_000]:
                sender.publish(topic, ["a" * size])
                receiver.expect(EVENT, subscription, ANY_ID, {}, ["a" * size])
                lengths.append(len(receiver.last_payload))
            self.assertLess(min(lengths), 126)
            self.assertGreater(max(lengths), 65536)

    def test_many_messages_in_one_piece(self):
        peer = self.peer()
        calls = [[CALL, number, {}, "com.example.nothing"] for number in range(1, 1001)]
        peer.send_all(*calls)
        for _, number, _, _ in calls:
            self.assertEqual(peer.receive()[:3], [ERROR, CALL, number])


class Close(WebSocketCase):
    # The payload of the client's Close frame, and the code with which the router answers.
    CODES = [
        (b"", 1000),
        *[(close_payload(code), code) for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013)],
        *[(close_payload(code), code) for code in (1014, 3000, 3999, 4000, 4999)],
        (close_payload(1000, b"bye"), 1000),
        (close_payload(1000, b"a" * 123), 1000),
        (close_payload(3333, EURO), 3333),
        (b"\x03", PROTOCOL_ERROR),
        *[(close_payload(code), PROTOCOL_ERROR) for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100)],
        *[(close_payload(code), PROTOCOL_ERROR) for code in (2000, 2999, 5000, 65535)],
        (close_payload(1000, EURO[:2]), NOT_UTF8),
        (close_payload(1000, b"\xff"), NOT_UTF8),
    ]

    def test_a_close_frame_is_answered_then_the_connection_ends(self):
        for payload, code in self.CODES:
            with self.subTest(payload=payload):
                peer = self.opened()
                peer.send_octets(ws_frame(payload, Opcode.CLOSE))
                self.assertEqual(peer.close_code(), code)

    def test_in_a_session_and_on_every_kind_of_endpoint(self):
        for transport in ("web", "wss", "ws_unix"):
            with self.subTest(transport):
                peer = self.peer(transport=transport)
                peer.send_octets(ws_frame(close_payload(1001), Opcode.CLOSE))
                self.assertEqual(peer.close_code(), 1001)

    def test_nothing_behind_a_close_frame_counts(self):
        for rest in (ws_frame(b"hi", Opcode.PING), ws_frame(b"\xff"), b"\xff\xff\xff", ws_frame(HELLO)):
            peer = self.opened()
            peer.send_octets(ws_frame(close_payload(1000), Opcode.CLOSE) + rest)
            self.assertEqual(peer.receive_ws(), (Opcode.CLOSE, close_payload(1000)))

    def test_what_comes_before_a_close_frame_counts(self):
        peer = self.opened()
        peer.send_octets(ws_frame(HELLO) + ws_frame(close_payload(1000), Opcode.CLOSE))
        self.assertTrue(peer.receive_ws()[1].startswith(b"[2,"))
        self.assertEqual(peer.close_code(), 1000)

    def test_a_message_may_be_left_unfinished(self):
        peer = self.opened()
        peer.send_octets(ws_frame(b"[1,", fin=False) + ws_frame(b"", Opcode.CLOSE))
        self.assertEqual(peer.close_code(), 1000)

    def test_after_goodbye_the_same_connection_may_carry_another_session(self):
        peer = self.peer()
        peer.leave()
        peer.join().fence()
        peer.leave()
        peer.send_octets(ws_frame(b"", Opcode.CLOSE))
        self.assertEqual(peer.close_code(), 1000)

    def test_a_session_that_is_aborted_is_told_first(self):
        peer = self.stranger()
        peer.hello("no.such.realm")
        peer.expect_abort("wamp.error.no_such_realm")

    def test_whoever_leaves_without_a_word_leaves_nothing(self):
        for leave in (WebSocketConnection.close, WebSocketConnection.reset):
            peer = self.peer()
            topic = self.uri(leave.__name__)
            peer.subscribe(topic)
            leave(peer)
            self.peer().publish(topic)


class KeepAlive(WebSocketCase):
    def test_a_silent_client_is_pinged_and_dropped_unless_it_answers_in_time(self):
        peer = self.peer(transport="ws_chatty")
        self.assertEqual(peer.receive_ws(), (Opcode.PING, b""))
        peer.send_frame(b"", Frame.PONG)
        self.assertEqual(peer.receive_ws(), (Opcode.PING, b""))
        self.assertGreater(self.router.wait_for_event("ping answered")["rtt_us"], 0)
        self.assertEqual(peer.receive_rest(), b"")
