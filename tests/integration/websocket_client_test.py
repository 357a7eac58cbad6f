# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Commands and components that connect by WebSocket: to the router, and to one of which the test says every octet.

Spec: RFC 6455, RFC 7692; advanced profile, "Message Batching".
"""

import socket
import subprocess
import time

from hosted import SOON, answer, clock, container, joined, wait_for
from house import HouseCase, open_house
from junctor_process import JunctorProcess, binary
from wamp_peer import ANY_ID, INVOCATION, PATIENCE, REGISTER, REGISTERED, SERIALIZERS, YIELD
from websocket_peer import (KEY, Deflate, Opcode, accept_value, batch_of, close_payload, masked, messages_of, ws_frame,
                            ws_header)

setUpModule = open_house

JSON = "wamp.2.json"
CBOR = "wamp.2.cbor"
PMD = "permessage-deflate"

PROTOCOL_ERROR, UNSUPPORTED, NOT_UTF8, TOO_BIG = 1002, 1003, 1007, 1009


class ScriptedRouter:
    """A router of which the test says every octet. It is spoken to by a client of its own, by default `junctor ping`.

    deflate    how messages are compressed, as the client sees it; None if they are not
    """

    deflate = None

    def __init__(self, case):
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(PATIENCE)
        with listening:
            self._start_client(case, f"ws://127.0.0.1:{listening.getsockname()[1]}/wamp?a=b")
            self._socket = listening.accept()[0]
        case.addCleanup(self._socket.close)
        self._socket.settimeout(PATIENCE)
        self._input = self._socket.makefile("rb")
        case.addCleanup(self._input.close)
        self.line = self._input.readline().decode().rstrip()
        lines = iter(lambda: self._input.readline().decode().rstrip(), "")
        self.fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        self.key = self.fields["sec-websocket-key"]

    def _start_client(self, case, url):
        command = [binary(), "ping", "--url", url, "--serializer", "json"]
        self._client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self._client.communicate)
        case.addCleanup(self._client.kill)

    def answer(self, status="101 Switching Protocols", **fields):
        """Answers the request. Fields replace those of a good answer or, with None, leave them out."""
        all_fields = {
            "upgrade": "websocket",
            "connection": "Upgrade",
            "sec_websocket_accept": accept_value(self.key),
            "sec_websocket_protocol": JSON,
            **fields,
        }
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in all_fields.items() if value is not None]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def send(self, octets):
        self._socket.sendall(octets)

    def receive(self):
        """The opcode, the mask and the payload of the client's next frame."""
        start, length = self._input.read(2)
        compressed = self.deflate is not None and start & 0xF0 == 0xC0
        assert (compressed or start & 0xF0 == 0x80) and length & 0x80, (start, length)
        length &= 0x7F
        if length > 125:
            length = int.from_bytes(self._input.read({126: 2, 127: 8}[length]), "big")
        mask = self._input.read(4)
        payload = masked(self._input.read(length), mask)
        return Opcode(start & 15), mask, self.deflate.decompress(payload) if compressed else payload

    def expect_close(self, code):
        """A Close frame with this code comes, whatever comes before."""
        while (frame := self.receive())[0] != Opcode.CLOSE:
            pass
        assert frame[2] == close_payload(code), frame[2]

    def complaint(self):
        """What the client says when it ends, without a session."""
        self._socket.close()
        self._input.close()
        text = self._client.communicate(timeout=PATIENCE)[1]
        assert self._client.returncode == 15, text
        return text


class Upstream(ScriptedRouter):
    """One to which a component connects by a transport that has these `keys`."""

    def __init__(self, case, **keys):
        self._keys = keys
        super().__init__(case)

    def _start_client(self, case, url):
        transport = {"type": "websocket", "url": url, **SOON, **self._keys}
        self.client = JunctorProcess({"version": 2, "workers": [container(clock("clock", transport))]})
        case.addCleanup(self.client.kill)

    def expect_end(self):
        """The client closes: there is nothing but a Close frame before that, if any."""
        rest = self._input.read()
        assert rest[:1] in (b"", b"\x88"), rest

    def compress(self, agreed):
        """From now on messages are compressed as the extension says."""
        swapped = agreed.replace("server_", "x_").replace("client_", "server_").replace("x_", "client_")
        self.deflate = Deflate(swapped)  # Which is written for the other end.


def router_frame(payload, opcode=Opcode.TEXT, **header):
    return ws_frame(payload, opcode, mask=None, **header)


WELCOME = b'[2,1,{"roles":{"broker":{},"dealer":{}}}]'


class Connecting(HouseCase):
    def run_client(self, *arguments):
        done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_commands_join_by_websocket(self):
        callee = self.peer(transport="web")
        procedure = self.uri("echo")
        registration = callee.register(procedure)
        for transport in ("web", "ws_unix", "ws_path"):
            for serializer in SERIALIZERS:
                with self.subTest(transport=transport, serializer=serializer):
                    url, size = self.url(transport), 70_000 if serializer == "cbor" else 300
                    command = [binary(), "call", procedure, "a" * size, "--url", url, "--serializer", serializer]
                    caller = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                    request = callee.expect(INVOCATION, ANY_ID, registration, {}, ["a" * size])[1]
                    callee.send(YIELD, request, {}, ["b" * size])
                    self.assertIn("b" * size, caller.communicate(timeout=PATIENCE)[0])

    def test_commands_join_by_secure_websocket(self):
        tls = ["--ca", self.certificate, "--tls-hostname", "localhost"]
        self.run_client("ping", "--url", self.url("wss"), *tls, "--count", "1")

    def test_the_request(self):
        router = ScriptedRouter(self)
        self.assertEqual(router.line, "GET /wamp?a=b HTTP/1.1")
        asked = [router.fields[name] for name in ("upgrade", "connection", "sec-websocket-version")]
        self.assertEqual(asked, ["websocket", "Upgrade", "13"])
        self.assertEqual(router.fields["sec-websocket-protocol"], JSON)
        self.assertRegex(router.fields["host"], r"^127\.0\.0\.1:\d+$")
        self.assertNotEqual(router.key, ScriptedRouter(self).key)

    # What a router answers, and what the client says about it.
    ANSWERS = [
        ({"status": "400 Bad Request"}, "refuses to open a WebSocket"),
        ({"status": "200 OK"}, "refuses to open a WebSocket"),
        ({"status": "302 Found", "location": "ws://127.0.0.1:1/"}, "refuses to open a WebSocket"),
        ({"sec_websocket_accept": None}, "does not speak WebSocket"),
        ({"sec_websocket_accept": accept_value(KEY)}, "does not speak WebSocket"),
        ({"upgrade": None}, "does not speak WebSocket"),
        ({"connection": "close"}, "does not speak WebSocket"),
        ({"sec_websocket_extensions": PMD}, "agrees to an extension that was not offered"),
        ({"sec_websocket_protocol": None}, "agrees to none of the serializers"),
        ({"sec_websocket_protocol": CBOR}, "agrees to none of the serializers"),
        ({"x": "a" * 20_000}, "too long"),
    ]

    def test_answers_that_are_no_agreement(self):
        for answer, complaint in self.ANSWERS:
            with self.subTest(answer=str(answer)[:80]):
                router = ScriptedRouter(self)
                router.answer(**answer)
                self.assertIn(complaint, router.complaint())

    def test_every_frame_has_a_mask_of_its_own(self):
        router = ScriptedRouter(self)
        router.answer()
        opcode, mask, payload = router.receive()
        self.assertEqual((opcode, payload[:3]), (Opcode.TEXT, b"[1,"))
        masks = {mask, b"\0\0\0\0"}
        for number in range(8):
            router.send(router_frame(str(number).encode(), Opcode.PING))
            opcode, mask, payload = router.receive()
            self.assertEqual((opcode, payload), (Opcode.PONG, str(number).encode()))
            masks.add(mask)
        self.assertEqual(len(masks), 10)

    def test_frames_of_a_router_that_are_wrong(self):
        for octets, code in (
            (ws_frame(WELCOME), PROTOCOL_ERROR),
            (router_frame(WELCOME, rsv=4), PROTOCOL_ERROR),
            (router_frame(WELCOME, Opcode.BINARY), UNSUPPORTED),
            (router_frame(b"\xff"), NOT_UTF8),
            (ws_header(1 << 20, Opcode.TEXT, mask=False), TOO_BIG),
        ):
            with self.subTest(octets[:4]):
                router = ScriptedRouter(self)
                router.answer()
                router.receive()
                router.send(octets)
                router.expect_close(code)


class Components(HouseCase):
    def test_everything_is_offered_in_its_order(self):
        deflate = {"request_no_context_takeover": True, "request_max_window_bits": 12, "max_window_bits": 10}
        router = Upstream(self, serializers=["cbor.batched", "msgpack", "json"],
                          options={"compression": {"deflate": deflate}})
        self.assertEqual(router.fields["sec-websocket-protocol"], "wamp.2.cbor.batched, wamp.2.msgpack, wamp.2.json")
        self.assertEqual(router.fields["sec-websocket-extensions"],
                         f"{PMD}; server_no_context_takeover; server_max_window_bits=12; client_max_window_bits=10")

    # What a router answers to an offer of compression in which it is asked to compress each message by itself.
    ANSWERS = [PMD, f"{PMD}; server_no_context_takeover; unknown", f"{PMD}, {PMD}", "permessage-bzip2",
               f"{PMD}; server_no_context_takeover; client_max_window_bits", f"{PMD};"]

    def test_answers_about_compression_that_are_no_agreement(self):
        for extension in self.ANSWERS:
            with self.subTest(extension):
                options = {"compression": {"deflate": {"request_no_context_takeover": True}}}
                router = Upstream(self, serializer="json", options=options)
                router.answer(sec_websocket_extensions=extension)
                (event, *_) = wait_for(router.client, "component cannot join")
                self.assertIn("agrees to an extension that was not offered", event["cause"])

    def join(self, router, serializer="json", batched=False):
        """The component joins and registers its procedure; all in the form that was agreed on."""
        codec = SERIALIZERS[serializer]
        opcode = Opcode.TEXT if serializer == "json" else Opcode.BINARY

        def receive():
            found, _, payload = router.receive()
            self.assertEqual(found, opcode)
            payloads = messages_of(serializer, payload) if batched else [payload]
            return [codec.loads(each) for each in payloads]

        def send(*messages):
            payloads = [codec.dumps(each) for each in messages]
            for payload in [batch_of(serializer, payloads)] if batched else payloads:
                if router.deflate is not None:
                    router.send(router_frame(router.deflate.compress(payload), opcode, rsv=4))
                else:
                    router.send(router_frame(payload, opcode))

        self.assertEqual(receive()[0][:2], [1, "realm1"])
        send([2, 1, {"roles": {"broker": {}, "dealer": {}}}])
        (register,) = receive()
        self.assertEqual((register[0], register[3]), (REGISTER, "com.example.clock.now"))
        return register[1], send, receive

    def check_calls(self, router, **form):
        """Two calls that come together are answered."""
        request, send, receive = self.join(router, **form)
        send([REGISTERED, request, 7], *([INVOCATION, number, 7, {}] for number in (1, 2)))
        yields = receive()
        if len(yields) == 1:
            yields += receive()
        self.assertEqual([each[:2] for each in yields], [[YIELD, 1], [YIELD, 2]])
        self.assertLess(abs(yields[0][3][0] - time.time()), PATIENCE)

    def test_messages_are_compressed_as_is_agreed(self):
        for agreed in (PMD, f"{PMD}; client_no_context_takeover; server_no_context_takeover",
                       f"{PMD}; client_max_window_bits=9; server_max_window_bits=10"):
            with self.subTest(agreed):
                router = Upstream(self, serializer="json", options={"compression": {"deflate": {}}})
                router.answer(sec_websocket_extensions=agreed)
                router.compress(agreed)
                self.check_calls(router)

    def test_batches_go_both_ways(self):
        for serializer in SERIALIZERS:
            for agreed in (None, PMD):
                with self.subTest(serializer, agreed=agreed):
                    router = Upstream(self, serializers=[f"{serializer}.batched"],
                                      options={"compression": {"deflate": {}}})
                    router.answer(sec_websocket_protocol=f"wamp.2.{serializer}.batched",
                                  sec_websocket_extensions=agreed)
                    if agreed:
                        router.compress(agreed)
                    self.check_calls(router, serializer=serializer, batched=True)

    def test_a_small_frame_that_stands_for_a_long_message_ends_the_connection(self):
        router = Upstream(self, serializer="json", options={"compression": {"deflate": {}}})
        router.answer(sec_websocket_extensions=PMD)
        router.compress(PMD)
        router.receive()
        router.send(router_frame(router.deflate.compress(b" " * 10_000_000), rsv=4))
        router.expect_close(TOO_BIG)

    def test_control_frames_are_masked_between_batches(self):
        router = Upstream(self, serializers=["cbor.batched"])
        router.answer(sec_websocket_protocol=f"{CBOR}.batched")
        router.receive()
        router.send(router_frame(b"still there?", Opcode.PING))
        opcode, mask, payload = router.receive()
        self.assertEqual((opcode, payload), (Opcode.PONG, b"still there?"))
        self.assertNotEqual(mask, bytes(4))

    def test_a_frame_may_have_a_bound_of_its_own(self):
        router = Upstream(self, serializer="json", options={"max_frame_size": 1000})
        router.answer()
        router.receive()
        router.send(ws_header(1001, Opcode.TEXT, mask=False))
        router.expect_close(TOO_BIG)

    def test_a_router_that_answers_no_ping_is_given_up(self):
        router = Upstream(self, serializer="json", options={"auto_ping_interval": 2000, "auto_ping_timeout": 1000})
        router.answer()
        router.receive()
        router.send(router_frame(WELCOME))
        router.receive()
        self.assertEqual(router.receive()[0], Opcode.PING)
        router.expect_end()  # Without a second PING.

    def test_the_handshake_may_have_a_bound_of_its_own(self):
        router = Upstream(self, serializer="json", options={"open_handshake_timeout": 1000})
        (event, *_) = wait_for(router.client, "component cannot join")
        self.assertIn("no handshake within 1000 ms", event["cause"])

    def test_a_component_joins_the_router_itself(self):
        for transport in ("web", "wss", "ws_deflate", "ws_deflate_small", "ws_deflate_asking"):
            for batched in ("", ".batched"):
                for serializer in SERIALIZERS:
                    name = f"{transport}_{serializer}{batched}".replace(".", "_")
                    with self.subTest(name):
                        keys = {"url": self.url(transport), "serializers": [serializer + batched],
                                "options": {"compression": {"deflate": {}}}}
                        if transport == "wss":
                            keys["endpoint"] = self.trusting(keys["url"])
                        self.check_joins(name, {"type": "websocket", **SOON, **keys})

    def trusting(self, url):
        """The endpoint of `url`, with the certificate that the router has."""
        tls = {"hostname": "localhost", "ca_certificates": [self.certificate]}
        return {"type": "tcp", "host": "127.0.0.1", "port": int(url.rsplit(":", 1)[1]), "tls": tls}

    def check_joins(self, name, upstream):
        process = JunctorProcess({"version": 2, "workers": [container(clock(name, upstream))]})
        self.addCleanup(process.kill)
        with joined(self.url("tcp")) as peer:
            self.assertLess(abs(answer(peer, f"com.example.{name}.now") - time.time()), PATIENCE)
        self.assertEqual(process.stop(), 0)
