# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""A router for JSON over RawSocket that does wrong what it is told to do wrong: for tests of clients."""

import json
import selectors
import socket
import threading

HELLO, WELCOME, GOODBYE = 1, 2, 6
PUBLISH, SUBSCRIBE, SUBSCRIBED, EVENT = 16, 32, 33, 36
CALL, RESULT, REGISTER, REGISTERED = 48, 50, 64, 65

PING, PONG = 1, 2  # Types of frames.

HANDSHAKE = b"\x7f\xf1\x00\x00"


class MisbehavingRouter:
    """Listens until the end of the `with` block. It knows one procedure and one topic.

    `results(request, argument)` gives the RESULTs for a CALL, each as its request, its argument and maybe its details.
    `events(argument)`
    gives the arguments of the EVENTs for a PUBLISH. `pongs(payload)` gives the payloads of the PONGs for a PING, and
    `welcome` what answers HELLO, if anything does.
    """

    def __init__(self, results=lambda request, argument: [(request, argument)], events=lambda argument: [argument],
                 pongs=lambda payload: [payload], welcome=(WELCOME, 1, {"roles": {}})):
        self._results, self._events, self._pongs, self._welcome = results, events, pongs, welcome
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"rs://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stop, self._stopped = socket.socketpair()
        self._input = {}
        self._subscribers = []
        for each in (self._listener, self._stopped):
            self._selector.register(each, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.send(b"x")
        self._thread.join()
        for each in (*self._input, self._listener, self._stop, self._stopped):
            each.close()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._stopped:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._read(key.fileobj)

    def _accept(self):
        peer, _ = self._listener.accept()
        self._selector.register(peer, selectors.EVENT_READ)
        self._input[peer] = b""

    def _read(self, peer):
        try:
            octets = peer.recv(65536)
        except ConnectionError:
            octets = b""
        if not octets:
            self._selector.unregister(peer)
            return
        pending = self._input[peer] + octets
        if pending.startswith(HANDSHAKE[:1]):
            peer.sendall(HANDSHAKE)
            pending = pending[4:]
        while len(pending) >= 4 and len(pending) >= 4 + int.from_bytes(pending[1:4], "big"):
            end = 4 + int.from_bytes(pending[1:4], "big")
            if pending[0] == PING:
                for payload in self._pongs(pending[4:end]):
                    peer.sendall(bytes([PONG]) + len(payload).to_bytes(3, "big") + payload)
            else:
                self._answer(peer, json.loads(pending[4:end]))
            pending = pending[end:]
        self._input[peer] = pending

    def _answer(self, peer, message):
        for to, answer in self._answers(peer, message):
            text = json.dumps(answer).encode()
            to.sendall(len(text).to_bytes(4, "big") + text)

    def _answers(self, peer, message):
        kind, request = message[:2]
        if kind == HELLO:
            if self._welcome:
                yield peer, self._welcome
        elif kind == GOODBYE:
            yield peer, [GOODBYE, {}, "wamp.close.goodbye_and_out"]
        elif kind == REGISTER:
            yield peer, [REGISTERED, request, 1]
        elif kind == SUBSCRIBE:
            self._subscribers.append(peer)
            yield peer, [SUBSCRIBED, request, 1]
        elif kind == CALL:
            for number, argument, *details in self._results(request, message[4][0]):
                yield peer, [RESULT, number, *(details or [{}]), [argument]]
        elif kind == PUBLISH:
            for argument in self._events(message[4][0]):
                for subscriber in self._subscribers:
                    yield subscriber, [EVENT, 1, 1, {}, [argument]]
