# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Commands that connect by WebSocket: to the router, and to one of which the test says every octet. Spec: RFC 6455."""

import socket
import subprocess

from house import HouseCase, open_house
from junctor_process import binary
from wamp_peer import ANY_ID, INVOCATION, PATIENCE, SERIALIZERS, YIELD
from websocket_peer import KEY, Opcode, accept_value, close_payload, masked, ws_frame, ws_header

setUpModule = open_house

JSON = "wamp.2.json"
CBOR = "wamp.2.cbor"

PROTOCOL_ERROR, UNSUPPORTED, NOT_UTF8, TOO_BIG = 1002, 1003, 1007, 1009


class ScriptedRouter:
    """A router of which the test says every octet. It is spoken to by a `junctor ping` of its own."""

    def __init__(self, case, *arguments):
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(PATIENCE)
        port = listening.getsockname()[1]
        command = [binary(), "ping", "--url", f"ws://127.0.0.1:{port}/wamp?a=b", "--serializer", "json", *arguments]
        self._client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self._client.communicate)
        case.addCleanup(self._client.kill)
        with listening:
            self._socket = listening.accept()[0]
        case.addCleanup(self._socket.close)
        self._socket.settimeout(PATIENCE)
        self._input = self._socket.makefile("rb")
        case.addCleanup(self._input.close)
        self.line = self._input.readline().decode().rstrip()
        lines = iter(lambda: self._input.readline().decode().rstrip(), "")
        self.fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        self.key = self.fields["sec-websocket-key"]

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
        assert start & 0xF0 == 0x80 and length & 0x80, (start, length)
        length &= 0x7F
        if length > 125:
            length = int.from_bytes(self._input.read({126: 2, 127: 8}[length]), "big")
        mask = self._input.read(4)
        return Opcode(start & 15), mask, masked(self._input.read(length), mask)

    def complaint(self):
        """What the client says when it ends, without a session."""
        self._socket.close()
        self._input.close()
        text = self._client.communicate(timeout=PATIENCE)[1]
        assert self._client.returncode == 15, text
        return text


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
        ({"sec_websocket_extensions": "permessage-deflate"}, "does not speak WebSocket"),
        ({"sec_websocket_protocol": None}, "does not agree to the serializer"),
        ({"sec_websocket_protocol": CBOR}, "does not agree to the serializer"),
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
                frames = [router.receive()]
                while frames[-1][0] != Opcode.CLOSE:
                    frames.append(router.receive())
                self.assertEqual(frames[-1][2], close_payload(code))
