# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""A WAMP client over WebSocket for tests, as exact as the one over RawSocket, and what its octets are made of.

    peer = WebSocketPeer("ws://127.0.0.1:43211", "msgpack").join("realm1")
    peer.send_octets(ws_frame(b"\\xff", Opcode.TEXT, fin=False))

Spec: RFC 6455, RFC 7692.
"""

import base64
import enum
import hashlib
import struct
import zlib

from wamp_peer import SERIALIZERS, Connection, Ended, Frame, Peer

KEY = base64.b64encode(bytes(range(16))).decode("ascii")
MASK = b"\x37\xfa\x21\x3d"


class Opcode(enum.IntEnum):
    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def accept_value(key):
    """What the router answers to Sec-WebSocket-Key."""
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode("ascii")).digest()
    return base64.b64encode(digest).decode("ascii")


def upgrade_request(*protocols, line="GET / HTTP/1.1", **fields):
    """The request of a client. Fields are added or, with None, left out: `host=None`, `origin="http://a"`."""
    all_fields = {
        "host": "127.0.0.1",
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec_websocket_key": KEY,
        "sec_websocket_version": "13",
        "sec_websocket_protocol": ", ".join(protocols) if protocols else None,
        **fields,
    }
    lines = [line] + [f"{name.replace('_', '-')}: {value}" for name, value in all_fields.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def path_of(url):
    """What a client asks for whom `url` leads to the router."""
    address = url.split("://", 1)[1]
    slash = -1 if address.startswith("unix:") else address.find("/")
    return address[slash:] if slash >= 0 else "/"


def masked(payload, mask=MASK):
    whole = (mask * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")  # Octet by octet takes too long.
    return mixed.to_bytes(len(payload), "big")


def ws_header(length, opcode, fin=True, rsv=0, mask=True, form=None):
    """The header up to the mask. `form`: how many octets the length takes, 0, 2 or 8; by default the least."""
    if form is None:
        form = 0 if length < 126 else 2 if length < 65536 else 8
    short = {0: length, 2: 126, 8: 127}[form]
    octets = bytes([fin << 7 | rsv << 4 | opcode, mask << 7 | short])
    return octets + length.to_bytes(form, "big") if form else octets


def ws_frame(payload=b"", opcode=Opcode.TEXT, mask=MASK, **header):
    """A frame of a client. `mask` may be None."""
    octets = ws_header(len(payload), opcode, mask=mask is not None, **header)
    return octets + payload if mask is None else octets + mask + masked(payload, mask)


def close_payload(code, reason=b""):
    return struct.pack(">H", code) + reason


class Deflate:
    """What a client does to compress as `agreed` (the field of the answer). `level`, `strategy`: those of zlib."""

    TAIL = b"\0\0\xff\xff"

    def __init__(self, agreed="permessage-deflate", level=-1, strategy=zlib.Z_DEFAULT_STRATEGY):
        name, *parameters = [part.strip() for part in agreed.split(";")]
        values = dict(part.partition("=")[::2] for part in parameters)
        if name != "permessage-deflate":
            raise AssertionError(f"{agreed!r} is no compression")
        self._out = (level, zlib.DEFLATED, -int(values.get("client_max_window_bits", 15)), 8, strategy)
        self._in = -int(values.get("server_max_window_bits", 15))
        self._forget_out = "client_no_context_takeover" in values
        self._forget_in = "server_no_context_takeover" in values
        self._compressor = zlib.compressobj(*self._out)
        self._decompressor = zlib.decompressobj(self._in)

    def compress(self, payload):
        compressed = self._compressor.compress(payload) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
        if self._forget_out:
            self._compressor = zlib.compressobj(*self._out)
        return compressed[: -len(self.TAIL)]

    def decompress(self, compressed):
        payload = self._decompressor.decompress(compressed + self.TAIL)
        if self._forget_in:
            self._decompressor = zlib.decompressobj(self._in)
        return payload


class WebSocketConnection(Connection):
    """A connection on which the test makes the handshake.

    deflate            how messages are compressed, once that is agreed
    last_compressed    whether the message received last was, and how long it came
    """

    deflate = None
    last_compressed = (False, 0)

    def receive_head(self):
        """The head of the router's answer: its first line, and the fields by their names in small letters."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.receive_octets(1)
        line, *fields = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        pairs = (field.split(": ", 1) for field in fields)
        return line, {name.lower(): value for name, value in pairs}

    def upgrade(self, *protocols, **request):
        """Has its request granted, and returns the fields of the answer."""
        self.send_octets(upgrade_request(*protocols, **request))
        line, fields = self.receive_head()
        if line != "HTTP/1.1 101 Switching Protocols" or fields["sec-websocket-accept"] != accept_value(KEY):
            raise AssertionError(self.told(f"the handshake was refused: {line}"))
        if agreed := fields.get("sec-websocket-extensions"):
            self.deflate = Deflate(agreed)
        return fields

    def receive_ws(self):
        """The opcode and the payload of the next frame, which must be whole and not masked."""
        start, length = self.receive_octets(2)
        compressed = self.deflate is not None and start in (0xC1, 0xC2)
        if (start >> 4 != 8 and not compressed) or length > 127:
            raise AssertionError(self.told(f"a frame that begins with {start:#x} {length:#x} came"))
        if length == 126:
            (length,) = struct.unpack(">H", self.receive_octets(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.receive_octets(8))
        payload = self.receive_octets(length) if length else b""
        if start & 15 in (Opcode.TEXT, Opcode.BINARY):
            self.last_compressed = (compressed, length)
        return Opcode(start & 15), self.deflate.decompress(payload) if compressed else payload

    def close_code(self):
        """The code of the Close frame, whatever messages come before; the connection ends behind it."""
        while True:
            opcode, payload = self.receive_ws()
            if opcode == Opcode.CLOSE:
                break
        if rest := self.receive_rest():
            raise AssertionError(self.told(f"{rest!r} came behind the Close frame"))
        return struct.unpack(">H", payload)[0]


def batch_of(serializer, payloads, separator=b"\x1e"):
    """Messages as one WebSocket message of a batched subprotocol."""
    if serializer == "json":
        return b"".join(payload + separator for payload in payloads)
    return b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads)


def messages_of(serializer, batch, separator=b"\x1e"):
    """What such a message holds."""
    if serializer == "json":
        *payloads, rest = batch.split(separator)
    else:
        payloads, rest = [], batch
        while len(rest) >= 4:
            end = 4 + struct.unpack(">I", rest[:4])[0]
            payloads.append(rest[4:end])
            rest = rest[end:]
    if rest or not all(payloads):
        raise AssertionError(f"{batch!r} is no batch")
    return payloads


class WebSocketPeer(WebSocketConnection, Peer):
    """A `Peer` over WebSocket, which compresses all that it sends if that is agreed: `offer` says how."""

    def __init__(self, url, serializer="json", offer=None, **connection):
        Connection.__init__(self, url, **connection)
        self.serializer = SERIALIZERS[serializer]
        self.session = None
        self.details = None
        self.last_payload = None
        self._requests = 0
        try:
            protocol = f"wamp.2.{serializer}"
            line = f"GET {path_of(url)} HTTP/1.1"
            self.reply = self.upgrade(protocol, line=line, sec_websocket_extensions=offer)
        except BaseException:
            self.close()
            raise

    def _frame(self, payload, kind=Frame.MESSAGE):
        data = Opcode.TEXT if self.serializer.name == "json" else Opcode.BINARY
        if self.deflate is not None and kind == Frame.MESSAGE:
            return ws_frame(self.deflate.compress(payload), data, rsv=4)
        return ws_frame(payload, {Frame.MESSAGE: data, Frame.PING: Opcode.PING, Frame.PONG: Opcode.PONG}[kind])

    def send_frame(self, payload, kind=Frame.MESSAGE):
        self.send_octets(self._frame(payload, kind))

    def send_all(self, *messages):
        self.send_octets(b"".join(self._frame(self.encode(*message)) for message in messages))

    def receive_frame(self):
        opcode, payload = self.receive_ws()
        if opcode == Opcode.CLOSE:
            raise Ended(self.told("the router closed the connection"))
        return {Opcode.PING: Frame.PING, Opcode.PONG: Frame.PONG}.get(opcode, Frame.MESSAGE), payload

    def expect_end(self):
        """A Close frame comes, then the end."""
        self.close_code()
