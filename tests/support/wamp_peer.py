# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""A WAMP client over RawSocket for tests: it sends exactly what it is told to, and takes nothing but what it expects.

    peer = Peer("rs://127.0.0.1:43211", "msgpack")
    peer.join("realm1")
    subscription = peer.subscribe("com.example.topic")
    peer.expect(EVENT, subscription, ANY_ID, {}, ["hello"])
    peer.fence()  # nothing else was under way

Messages are lists of Python's own types, `bytes` for binary data. They are compared with their types: 1, 1.0 and True
are three things. What has travelled stands in the text of a failure.

Needs the modules msgpack, of version 1.0 or later, and cbor2: Debian's python3-msgpack and python3-cbor2.
"""

import array
import base64
import collections
import enum
import fcntl
import functools
import json
import socket
import ssl
import struct
import termios
import time

import cbor2
import msgpack

# How long anything that must come may take: tests share their machine, and sanitizers are slow.
PATIENCE = 30.0

ID_MAX = 2**53


# The types of messages.
HELLO, WELCOME, ABORT, CHALLENGE, AUTHENTICATE, GOODBYE, ERROR = 1, 2, 3, 4, 5, 6, 8
PUBLISH, PUBLISHED = 16, 17
SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED, EVENT = 32, 33, 34, 35, 36
CALL, CANCEL, RESULT = 48, 49, 50
REGISTER, REGISTERED, UNREGISTER, UNREGISTERED, INVOCATION, INTERRUPT, YIELD = 64, 65, 66, 67, 68, 69, 70


class Frame(enum.IntEnum):
    """The types of RawSocket's frames."""

    MESSAGE = 0
    PING = 1
    PONG = 2


# What a session announces unless told otherwise: the roles of a client, and none of their features.
PLAIN_ROLES = {"publisher": {}, "subscriber": {}, "caller": {}, "callee": {}}


def roles_with(**features):
    """The roles of a client with features: `roles_with(callee=["call_canceling"])`."""
    return {
        role: {"features": {name: True for name in features.get(role, ())}} if role in features else {}
        for role in PLAIN_ROLES
    }


# Comparing ----------------------------------------------------------------------------------------------------------


class Matcher:
    """Stands for a value in what is expected. It matches whatever `accepts` accepts."""

    def __init__(self, name, accepts):
        self._name = name
        self.accepts = accepts

    def __repr__(self):
        return self._name


def is_id(value):
    return type(value) is int and 1 <= value <= ID_MAX


ANY_ID = Matcher("ANY_ID", is_id)
ANY_TEXT = Matcher("ANY_TEXT", lambda value: type(value) is str)
ANY_DICT = Matcher("ANY_DICT", lambda value: type(value) is dict)
ANYTHING = Matcher("ANYTHING", lambda value: True)


def same(expected, given):
    """Whether `given` is what is expected, of the same types in every part."""
    if isinstance(expected, Matcher):
        return expected.accepts(given)
    if type(expected) is not type(given):
        return False
    if isinstance(expected, list):
        return len(expected) == len(given) and all(map(same, expected, given))
    if isinstance(expected, dict):
        return expected.keys() == given.keys() and all(same(value, given[key]) for key, value in expected.items())
    return expected == given


# Serializers --------------------------------------------------------------------------------------------------------


def _json_binary(value):
    """Spec: "Binary conversion of JSON Strings"."""
    if isinstance(value, bytes):
        return "\0" + base64.b64encode(value).decode("ascii")
    raise TypeError(f"{value!r} cannot be told in JSON")


def _with_binary(value):
    if isinstance(value, str) and value.startswith("\0"):
        return base64.b64decode(value[1:], validate=True)
    if isinstance(value, list):
        return [_with_binary(element) for element in value]
    if isinstance(value, dict):
        return {key: _with_binary(element) for key, element in value.items()}
    return value


def _refuse_constant(text):
    raise ValueError(f"{text} is not JSON")


def _to_json(message):
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_json_binary)
    return text.encode("utf-8")


def _from_json(octets):
    return _with_binary(json.loads(octets.decode("utf-8"), parse_constant=_refuse_constant))


def _from_msgpack(octets):
    return msgpack.unpackb(octets, strict_map_key=False)


Serializer = collections.namedtuple("Serializer", "name number dumps loads")

SERIALIZERS = {
    "json": Serializer("json", 1, _to_json, _from_json),
    "msgpack": Serializer("msgpack", 2, msgpack.packb, _from_msgpack),
    "cbor": Serializer("cbor", 3, cbor2.dumps, cbor2.loads),
}


# Octets -------------------------------------------------------------------------------------------------------------


class Ended(AssertionError):
    """The connection ended where something was to come."""


class Connection:
    """A connection to `url`, such as "rs://127.0.0.1:8081", "rss://[::1]:443" or "rs://unix:/run/junctor.sock".

    `receive_buffer` keeps the system from taking more than about so many octets that are not read. `tls` may be a
    context of TLS to use instead of one that trusts everybody, or false: then TLS is not begun. `preface` is sent
    before anything else.
    """

    def __init__(self, url, receive_buffer=None, tls=True, preface=b""):
        scheme, address = url.split("://", 1)
        if scheme.startswith("ws") and not address.startswith("unix:"):
            address = address.split("/", 1)[0]  # What the path is, is said by the request.
        self.trail = collections.deque(maxlen=12)
        self._socket = self._open(address, receive_buffer)
        self._socket.settimeout(PATIENCE)
        self._socket.sendall(preface)
        if scheme in ("rss", "wss") and tls:
            try:
                context = tls if isinstance(tls, ssl.SSLContext) else tls_client()
                self._socket = context.wrap_socket(self._socket, server_hostname="localhost")
            except BaseException:
                self._socket.close()
                raise

    @staticmethod
    def _open(address, receive_buffer):
        if address.startswith("unix:"):
            path = address[len("unix:") :]
            opened, target = socket.socket(socket.AF_UNIX), "\0" + path[1:] if path.startswith("@") else path
        else:
            host, port = address.rsplit(":", 1)
            host = host.strip("[]")
            opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            target = (host, int(port))
        try:
            if receive_buffer is not None:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if opened.family != socket.AF_UNIX:  # There, a socket with a timeout does not wait for room in the backlog.
                opened.settimeout(PATIENCE)
            opened.connect(target)
            if opened.family != socket.AF_UNIX:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            opened.close()
            raise
        return opened

    def fileno(self):
        return self._socket.fileno()

    def send_octets(self, octets):
        self._note(">", octets)
        self._socket.sendall(octets)

    def wait_until_taken(self):
        """Returns once the other end has read all that was sent: the system has none of it any more.

        The system tells no event for that, so it is asked again and again.
        """
        deadline = time.monotonic() + PATIENCE
        while octets := self._octets_under_way():
            if time.monotonic() > deadline:
                raise AssertionError(self.told(f"{octets} octets are not read"))
            time.sleep(0.001)

    def _octets_under_way(self):
        unsent = array.array("i", [0])
        fcntl.ioctl(self._socket, termios.TIOCOUTQ, unsent)
        if unsent[0] != 0 or self._socket.family == socket.AF_UNIX:
            return unsent[0]
        # What has come to the other end of a TCP connection, the system tells in that end's line only.
        table = "/proc/net/tcp6" if self._socket.family == socket.AF_INET6 else "/proc/net/tcp"
        ends = [f":{name[1]:04X}" for name in (self._socket.getpeername(), self._socket.getsockname())]
        with open(table, encoding="ascii") as lines:
            for line in lines:
                _, local, remote, _, queues, *_ = line.split()
                if local.endswith(ends[0]) and remote.endswith(ends[1]):
                    return int(queues.split(":")[1], 16)
        raise AssertionError(self.told("the other end is not on this machine, or has gone"))

    def receive_octets(self, count):
        """Exactly `count` octets. Raises `Ended` if the connection ends before."""
        octets = bytearray()
        while len(octets) < count:
            part = self._receive_some(count - len(octets))
            if not part:
                self._note("<", bytes(octets))
                raise Ended(self.told(f"the connection ended after {len(octets)} of {count} octets"))
            octets += part
        self._note("<", bytes(octets))
        return bytes(octets)

    def receive_rest(self):
        """All octets up to the end of the connection, which must come."""
        octets = bytearray()
        while part := self._receive_some(65536):
            octets += part
        self._note("<", bytes(octets))
        return bytes(octets)

    def expect_end(self):
        """The connection ends, and nothing more comes before."""
        if rest := self.receive_rest():
            raise AssertionError(self.told(f"{len(rest)} octets came instead of the end: {rest[:80]!r}"))

    def ends_within(self, seconds):
        """Whether the connection ends in this time. Nothing may come before."""
        self._socket.settimeout(seconds)
        try:
            came = self._socket.recv(1)
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True
        finally:
            self._socket.settimeout(PATIENCE)
        if came:
            raise AssertionError(self.told(f"{came!r} came instead of the end"))
        return True

    def _receive_some(self, count):
        try:
            return self._socket.recv(count)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""  # Who closes with input unread sends a reset: the end nevertheless.
        except TimeoutError:
            raise AssertionError(self.told(f"nothing came within {PATIENCE} s")) from None

    def finish_sending(self):
        """Tells the other side that nothing more will come; what it sends can still be received."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self):
        self._socket.close()

    def reset(self):
        """Closes the connection as a crashed machine would: without any farewell."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if isinstance(self._socket, ssl.SSLSocket):
            socket.socket(fileno=self._socket.detach()).close()
        else:
            self._socket.close()

    def _note(self, direction, octets):
        self.trail.append((direction, len(octets), octets[:64]))

    def told(self, what):
        """`what` with the octets that travelled last."""
        lines = [f"  {way} {count} octets: {octets.hex(' ')}\n      {octets!r}" for way, count, octets in self.trail]
        return "\n".join([what, "what travelled last:", *lines])


@functools.cache
def tls_client():
    """What a client needs for TLS that trusts every server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


# Frames and messages ------------------------------------------------------------------------------------------------


def handshake(serializer, nibble=15):
    """The request of a client that can take messages of 2^(9 + nibble) octets."""
    number = serializer if isinstance(serializer, int) else SERIALIZERS[serializer].number
    return bytes([0x7F, nibble << 4 | number, 0, 0])


def frame(payload, kind=Frame.MESSAGE):
    """`payload` with its header."""
    if len(payload) == 1 << 24:
        return bytes([kind | 0x08, 0, 0, 0]) + payload
    return struct.pack(">I", kind << 24 | len(payload)) + payload


class Peer(Connection):
    """A client with its handshake done. `nibble` announces the longest message that it takes: 2^(9 + nibble) octets.

    session        after `join`: the identifier of the session
    details        after `join`: the details of WELCOME
    reply          the four octets with which the router answered the handshake
    last_payload   the octets of the last message received

    Further keys are those of a `Connection`.
    """

    def __init__(self, url, serializer="json", nibble=15, **connection):
        super().__init__(url, **connection)
        self.serializer = SERIALIZERS[serializer]
        self.session = None
        self.details = None
        self.last_payload = None
        self._requests = 0
        try:
            self.send_octets(handshake(serializer, nibble))
            self.reply = self.receive_octets(4)
            if self.reply[0] != 0x7F or self.reply[1] & 0x0F != self.serializer.number or self.reply[2:] != b"\0\0":
                raise AssertionError(self.told("the handshake was refused"))
        except BaseException:
            self.close()
            raise

    # Frames

    def send_frame(self, payload, kind=Frame.MESSAGE):
        self.send_octets(frame(payload, kind))

    def receive_frame(self):
        """The type and the payload of the next frame."""
        (header,) = struct.unpack(">I", self.receive_octets(4))
        kind, length = header >> 24, header & 0xFFFFFF
        if kind & 0x08 and length == 0:
            kind, length = kind & ~0x08, 1 << 24
        if kind not in (0, 1, 2):
            raise AssertionError(self.told(f"a frame with the first octet {kind:#x} came"))
        return Frame(kind), self.receive_octets(length) if length else b""

    # Messages

    def encode(self, *message):
        return self.serializer.dumps(list(message))

    def send(self, *message):
        self.send_frame(self.encode(*message))

    def send_all(self, *messages):
        """Sends several messages in one piece."""
        self.send_octets(b"".join(frame(self.encode(*message)) for message in messages))

    def receive(self):
        """The next message."""
        kind, payload = self.receive_frame()
        if kind != Frame.MESSAGE:
            raise AssertionError(self.told(f"{kind.name} came instead of a message"))
        self.last_payload = payload
        message = self.serializer.loads(payload)
        if type(message) is not list or not message or type(message[0]) is not int:
            raise AssertionError(self.told("what came is no message"))
        return message

    def expect(self, *wanted):
        """Takes the next message, which must be `wanted` element by element, and returns it."""
        message = self.receive()
        if not same(list(wanted), message):
            raise AssertionError(self.told(f"expected {list(wanted)}\n     got {message}"))
        return message

    def expect_error(self, request_type, request, uri):
        """Takes an ERROR that the router itself made: without details, with a text for people at most."""
        message = self.receive()
        wanted = [ERROR, request_type, request, {}, uri]
        if not same(wanted, message) and not same([*wanted, [ANY_TEXT]], message):
            raise AssertionError(self.told(f"expected {wanted}\n     got {message}"))
        return message

    def expect_abort(self, reason):
        """Takes an ABORT with `reason`, after which the connection ends."""
        message = self.receive()
        wanted = [ABORT, ANY_DICT, reason]
        if not same(wanted, message) or not same(ANY_TEXT, message[1].get("message", "")):
            raise AssertionError(self.told(f"expected {wanted}\n     got {message}"))
        self.expect_end()

    def expect_violation(self):
        """The router ends the session for what it takes as a protocol violation."""
        self.expect_abort("wamp.error.protocol_violation")

    # Conversations

    def request(self):
        """The next request identifier of the session."""
        self._requests += 1
        return self._requests

    def hello(self, realm="realm1", roles=None, **details):
        self.send(HELLO, realm, {"roles": PLAIN_ROLES if roles is None else roles, **details})

    def join(self, realm="realm1", roles=None, **details):
        """Joins `realm`, and returns itself."""
        self.hello(realm, roles, **details)
        _, self.session, self.details = self.expect(WELCOME, ANY_ID, ANY_DICT)
        self._requests = 0
        return self

    def leave(self, reason="wamp.close.normal"):
        """Says goodbye and has it answered."""
        self.send(GOODBYE, {}, reason)
        self.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")

    def fence(self):
        """A round trip: whatever the router had sent this session before must have come before its answer."""
        request = self.request()
        self.send(UNSUBSCRIBE, request, ID_MAX)
        self.expect_error(UNSUBSCRIBE, request, "wamp.error.no_such_subscription")

    def subscribe(self, topic, **options):
        """Subscribes, and returns the subscription's identifier."""
        request = self.request()
        self.send(SUBSCRIBE, request, options, topic)
        return self.expect(SUBSCRIBED, request, ANY_ID)[2]

    def unsubscribe(self, subscription):
        request = self.request()
        self.send(UNSUBSCRIBE, request, subscription)
        self.expect(UNSUBSCRIBED, request)

    def publish(self, topic, *body, **options):
        """Publishes with an acknowledgement, and returns the publication's identifier. `body` is args and kwargs."""
        request = self.request()
        self.send(PUBLISH, request, {"acknowledge": True, **options}, topic, *body)
        return self.expect(PUBLISHED, request, ANY_ID)[2]

    def register(self, procedure, **options):
        """Registers, and returns the registration's identifier."""
        request = self.request()
        self.send(REGISTER, request, options, procedure)
        return self.expect(REGISTERED, request, ANY_ID)[2]

    def unregister(self, registration):
        request = self.request()
        self.send(UNREGISTER, request, registration)
        self.expect(UNREGISTERED, request)

    def call(self, procedure, *body, **options):
        """Calls without waiting, and returns the request's identifier. `body` is args and kwargs."""
        request = self.request()
        self.send(CALL, request, options, procedure, *body)
        return request

    def expect_invocation(self, registration, details=None, *body):
        """Takes an INVOCATION, and returns its request identifier."""
        return self.expect(INVOCATION, ANY_ID, registration, {} if details is None else details, *body)[1]

    def refused(self, code, uri, *elements):
        """Sends a request, the identifier of which it adds, and has it refused with `uri`."""
        request = self.request()
        self.send(code, request, *elements)
        self.expect_error(code, request, uri)
