# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What tests of hosted components have in common: configurations of nodes with containers, and what is seen of them.

Environment: JUNCTOR_BINARY, and JUNCTOR_MODULES, the folder with component-greeter.
"""

import contextlib
import os
import tempfile
import time
import unittest

from junctor_process import JunctorProcess, node_config, unix_transport
from wamp_peer import CALL, ERROR, PATIENCE, RESULT, Peer

SOON = {"initial_retry_delay": 0.01, "max_retry_delay": 0.05}


# Configurations -----------------------------------------------------------------------------------------------------


def connecting(endpoint, serializer="msgpack", **keys):
    """A transport that connects to `endpoint`, and tries again at once; `keys` are added."""
    return {"type": "rawsocket", "endpoint": endpoint, "serializer": serializer, **SOON, **keys}


def unix(path, **keys):
    """The same to a Unix domain socket."""
    return connecting({"type": "unix", "path": path}, **keys)


def clock(name, transport, **keys):
    """The time service, under `com.example.NAME` and with that id."""
    extra = {"prefix": f"com.example.{name}", "interval": 0}
    return {"type": "class", "id": name, "classname": "junctor.clock", "realm": "realm1", "extra": extra,
            "transport": transport, **keys}


def greeter(transport, **keys):
    """The component of the module."""
    return {"type": "class", "id": "greeter", "classname": "com.example.greeter", "realm": "realm1",
            "transport": transport, **keys}


def container(*components, **options):
    """A container that starts components again at once, if `options` want that."""
    options = {"restart_delay": 10, "restart_delay_max": 50, **options}
    return {"type": "container", "id": "box", "components": list(components), "options": options}


def node(*workers):
    """A node that has loaded the module."""
    modules = {"directory": os.environ["JUNCTOR_MODULES"], "load": ["component-greeter"]}
    return {"version": 2, "modules": modules, "workers": list(workers)}


# What is seen -------------------------------------------------------------------------------------------------------


def wait_for(process, event, times=1, **fields):
    """Waits until the log has so many events of that name with these fields; returns them."""
    give_up = time.monotonic() + PATIENCE

    def found():
        return [e for e in process.log if e["event"] == event and all(e.get(k) == v for k, v in fields.items())]

    while len(found()) < times:
        process.next_event(give_up - time.monotonic())
    return found()


@contextlib.contextmanager
def joined(url):
    """An anonymous peer in realm1."""
    peer = Peer(url, "json")
    try:
        peer.join()
        yield peer
    finally:
        peer.close()


def answer(peer, procedure, *arguments):
    """The result of a procedure that is there or is going to be."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        request = peer.request()
        peer.send(CALL, request, {}, procedure, list(arguments))
        told = peer.receive()
        if told[0] == RESULT:
            return told[3][0]
        if told[:3] != [ERROR, CALL, request] or told[4] != "wamp.error.no_such_procedure":
            raise AssertionError(f"{procedure} answers {told}")
    raise AssertionError(f"nobody registers {procedure}")


class HostingCase(unittest.TestCase):
    """A test with a folder, and with nodes and routers of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="junctor-containers-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "router.sock")

    def start(self, config, **keys):
        process = JunctorProcess(config, **keys)
        self.addCleanup(process.kill)
        return process.wait_until_ready()

    def router(self, *transports):
        return self.start(node_config(list(transports) or [unix_transport(self.path)]))
