# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The router that the integration tests have in common: one process for each module of tests, with a transport or a
realm for everything that can be configured.

Environment: JUNCTOR_BINARY, the router; tests/support must be in PYTHONPATH.
"""

import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from certificate import make_certificate
from junctor_process import ALLOW_ALL, JunctorProcess, node_config, tcp_transport, unix_transport
from wamp_peer import PATIENCE, SERIALIZERS, Connection, Peer
from websocket_peer import WebSocketPeer


# What is listened on ------------------------------------------------------------------------------------------------


def has_ipv6():
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def identity(authid, role):
    """The authentication of a transport on which everybody is `authid`."""
    return {"anonymous": {"type": "static", "authid": authid, "role": role}}


# Some tests connect faster than a busy machine lets the router accept, and would wait for the system to try again.
BACKLOG = 1000


def transports(folder):
    """Every transport of the house, by its id."""
    tls = make_certificate(folder)

    def unix(name, **keys):
        return unix_transport(os.path.join(folder, name), **keys)

    def tcp(version=4, **keys):
        transport = tcp_transport()
        transport["endpoint"].update(keys)
        if version == 6:
            transport["endpoint"].update(version=6, interface="::1")
        return transport

    all_of_them = {
        "tcp": tcp(backlog=BACKLOG),
        "unix": unix("router.sock"),
        "tls": tcp(tls=tls),
        "abstract": unix_transport(f"@{folder}/abstract"),
        "json_only": unix("json_only.sock", serializers=["json"]),
        "small": unix("small.sock", max_message_size=1000),
        "large": unix("large.sock", options={"max_message_size": 1 << 24}),
        "picky": unix("picky.sock", options={"min_peer_message_size": 4096}),
        "hasty": unix("hasty.sock", limits={"join_timeout": 300}),
        "hasty_tls": {**tcp(tls=tls), "limits": {"join_timeout": 300}},
        "chatty": unix("chatty.sock", options={"keep_alive": "always", "keep_alive_interval": 100}),
        "polite": unix("polite.sock", options={"keep_alive": "after_peer_ping", "keep_alive_interval": 100}),
        "bounded": unix(
            "bounded.sock", limits={"subscriptions_max": 2, "registrations_max": 2, "pending_calls_max": 2}
        ),
        "alice": unix("alice.sock", auth=identity("alice", "staff")),
        "bob": unix("bob.sock", auth=identity("bob", "staff")),
        "carol": unix("carol.sock", auth=identity("carol", "guest")),
        **websocket_transports(tcp, unix, tls),
        "nobody": unix("nobody.sock", auth=identity("nobody", "no_such_role")),
    }
    if has_ipv6():
        all_of_them["tcp6"] = tcp(6)
        all_of_them["tls6"] = tcp(6, tls=tls)
    return {id_: {"id": id_, **transport} for id_, transport in all_of_them.items()}


def websocket_transports(tcp, unix, tls):
    """Those for WebSocket clients."""

    def ws(**keys):
        return {**tcp(backlog=BACKLOG), "type": "websocket", **keys}

    def deflate(**parameters):
        return {"compression": {"deflate": parameters}}

    origins = ["https://shop.example", "http://*.parts.example:8080"]
    lax = {"allowed_origins": ["*"], "require_websocket_subprotocol": False}
    return {
        "web": ws(),
        "wss": {**tcp(tls=tls), "type": "websocket"},
        "ws_unix": {**unix("websocket.sock"), "type": "websocket"},
        "ws_path": ws(url="ws://localhost:8080/wamp"),
        "ws_json_only": ws(serializers=["json"]),
        "ws_origins": ws(options={"allowed_origins": origins, "allow_null_origin": True}),
        "ws_lax": ws(options={**lax, "enable_webstatus": False, "show_server_version": False}),
        "ws_hasty": ws(limits={"join_timeout": 300}),
        "ws_single": ws(limits={"connections_max": 1}),
        "ws_frames": ws(options={"max_frame_size": 1000}),
        "ws_chatty": ws(debug=True, options={"auto_ping_interval": 1000, "auto_ping_timeout": 1000}),
        "ws_deflate": ws(options=deflate()),
        "wss_deflate": {**tcp(tls=tls), "type": "websocket", "options": deflate()},
        "ws_deflate_small": ws(
            options=deflate(
                request_no_context_takeover=True, no_context_takeover=True, max_window_bits=9, memory_level=1
            )
        ),
        "ws_deflate_asking": ws(options=deflate(request_max_window_bits=10, max_window_bits=11)),
    }


def permission(uri, match, *actions, **keys):
    """A permission that allows `actions` and nothing else."""
    return {"uri": uri, "match": match, "allow": {action: action in actions for action in ALLOW_ALL}, **keys}


def open_realm(name, **options):
    """A realm in which all roles may do everything."""
    everything = permission("", "prefix", *ALLOW_ALL)
    roles = [{"name": role, "permissions": [everything]} for role in ("anonymous", "staff", "guest")]
    return {"name": name, "roles": roles, "options": options}


GUARDED = {
    "name": "realm.guarded",
    "roles": [
        {
            "name": "anonymous",
            "permissions": [
                permission("com.callable", "exact", "call"),
                permission("com.registrable", "exact", "register"),
                permission("com.publishable", "exact", "publish"),
                permission("com.subscribable", "exact", "subscribe"),
                permission("com.open.", "prefix", *ALLOW_ALL),
                permission("com.open.closed", "exact"),
                permission("com.open.shut.", "prefix"),
                permission("com.open.shut.door.", "prefix", "call"),
                permission("com..wild", "wildcard", *ALLOW_ALL),
                permission("com.tame.wild", "exact"),
                permission("com.a.", "prefix", "subscribe"),
                permission("com..b", "wildcard", "call"),
                permission("com.told", "exact", "call", "publish", disclose={"caller": True, "publisher": True}),
            ],
        },
        {"name": "staff", "allow-by-default": True, "permissions": [permission("com.forbidden", "exact")]},
    ],
}

HISTORY = {"type": "memory", "limit": 1000, "event-history": [{"uri": "com.example.*"}]}

REALMS = [
    open_realm("realm1"),
    {**open_realm("realm.archived"), "store": HISTORY},
    open_realm("realm.strict", uri_check="strict", request_id_check="strict", progress_gate="strict"),
    open_realm("realm.discreet", disclosure="forbidden"),
    GUARDED,
]


# The house ----------------------------------------------------------------------------------------------------------


class House:
    """A running router. `urls` are those of its transports by their ids."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="junctor-house-")
        self.router = None
        try:
            config = node_config(list(transports(self._folder.name).values()), REALMS)
            self.router = JunctorProcess(config, directory=self._folder.name)
            self.router.wait_until_ready()
        except BaseException:
            self.abandon()
            raise
        self.certificate = os.path.join(self._folder.name, "certificate.pem")
        listening = [event for event in self.router.log if event["event"] == "listening"]
        self.urls = {event["transport"]: event["url"] for event in listening}

    def abandon(self):
        if self.router is not None:
            self.router.kill()
        self._folder.cleanup()

    def close(self):
        """Whatever the tests did, the router ends in order and has had no trouble with itself."""
        try:
            code = self.router.stop()
        finally:
            self.abandon()
        errors = [event for event in self.router.log if event.get("level") not in ("debug", "info", "warning")]
        if code != 0 or errors:
            raise AssertionError(f"the router ended with {code}; in its log: {errors}")


_house = None


def open_house():
    """To be the `setUpModule` of a module of tests: opens a house for it, which closes after its last test."""
    global _house
    _house = House()
    unittest.addModuleCleanup(_house.close)


# Cases --------------------------------------------------------------------------------------------------------------


# Over what the behaviour of the router is shown where that makes no difference: RawSocket, or WebSocket if its
# connections are spread over several threads. So everything is shown over both.
USUAL_TRANSPORT = "unix" if os.environ.get("JUNCTOR_TEST_SHARDS", "1") == "1" else "web"

_names = itertools.count(1)


def peer_at(url, *arguments, **keys):
    """A peer of the kind that the URL tells, with its handshake done."""
    return (WebSocketPeer if url.startswith("ws") else Peer)(url, *arguments, **keys)


class HouseCase(unittest.TestCase):
    """A test in the house. `transport` and `serializer` are what its peers use unless told otherwise."""

    transport = USUAL_TRANSPORT
    serializer = "json"

    @property
    def router(self):
        return _house.router

    @property
    def certificate(self):
        """That of all transports with TLS, which signs itself."""
        return _house.certificate

    def setUp(self):
        # What the test before left behind may still be there.
        self._prefix = f"com.example.case{next(_names)}"

    def uri(self, name):
        """A URI that no other test uses."""
        return f"{self._prefix}.{name}"

    def url(self, transport=None):
        name = transport or self.transport
        if name not in _house.urls:
            raise unittest.SkipTest(f"{name}: this machine has no IPv6")
        return _house.urls[name]

    def connection(self, transport=None, **keys):
        """A connection on which nothing has been said."""
        opened = Connection(self.url(transport), **keys)
        self.addCleanup(opened.close)
        return opened

    def stranger(self, transport=None, serializer=None, **keys):
        """A peer that has done no more than the handshake."""
        peer = peer_at(self.url(transport), serializer or self.serializer, **keys)
        self.addCleanup(peer.close)
        return peer

    def peer(self, realm="realm1", roles=None, **keys):
        """A peer that has joined."""
        return self.stranger(**keys).join(realm, roles)


def _over(case, links):
    """Makes `case` a case of its own for each of `links`. Nothing is left of itself, so that it is not run, too."""
    module = sys.modules[case.__module__]
    for transport, serializer in links:
        name = f"{case.__name__}Over{transport.capitalize()}With{serializer.capitalize()}"
        members = {"transport": transport, "serializer": serializer, "__module__": case.__module__}
        setattr(module, name, type(name, (case,), members))


def on_every_link(case):
    """Decorates a `HouseCase` to be run over every combination of transport and serializer."""
    _over(case, itertools.product(("tcp", "unix", "tls", "web"), SERIALIZERS))


def with_every_serializer(case):
    """Decorates a `HouseCase` to be run with every serializer."""
    _over(case, itertools.product((USUAL_TRANSPORT,), SERIALIZERS))


class RouterCase(unittest.TestCase):
    """A test with routers of its own."""

    def start(self, *transports, arguments=()):
        """A router that listens on these transports."""
        router = JunctorProcess(node_config(list(transports)), arguments=arguments)
        self.addCleanup(router.kill)
        return router.wait_until_ready()

    def folder(self):
        folder = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(folder.cleanup)
        return folder.name

    def unix_transport(self, **keys):
        return unix_transport(os.path.join(self.folder(), "router.sock"), **keys)

    def stranger(self, url, *arguments, **keys):
        """A peer that has done no more than the handshake."""
        peer = peer_at(url, *arguments, **keys)
        self.addCleanup(peer.close)
        return peer

    def peer(self, url, *arguments, **keys):
        """A peer that has joined."""
        return self.stranger(url, *arguments, **keys).join()


# What can be seen of a router from outside --------------------------------------------------------------------------


def wait_until(holds, meanwhile):
    """Does `meanwhile`, which must be a round trip or wait in another way, until `holds` is true."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"it does not come true within {PATIENCE} s")
        meanwhile()


def memory_of(pid):
    """The octets of memory that a process has reserved, and those that are resident."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        reserved, resident = file.read().split()[:2]
    return int(reserved) * os.sysconf("SC_PAGE_SIZE"), int(resident) * os.sysconf("SC_PAGE_SIZE")


def is_sanitized(pid):
    """Whether a process runs under one of the sanitizers that reserve terabytes."""
    return memory_of(pid)[0] > 1 << 40


def resident_bytes(pid):
    """How much memory a process has. Zero under a sanitizer, as these keep what is freed."""
    return 0 if is_sanitized(pid) else memory_of(pid)[1]


# Values -------------------------------------------------------------------------------------------------------------


def nested(depth):
    """A list in a list and so on, `depth` of them."""
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value
