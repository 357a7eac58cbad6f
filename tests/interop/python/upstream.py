# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What little of a router Autobahn makes of itself, for components that connect by WebSocket.

    upstream.py SUBPROTOCOL [deflate]

Listens on a free port of 127.0.0.1, which it prints. It speaks one subprotocol only, and compresses if it is told to
and the client offers it. Whoever joins and registers a procedure is called twice in one go, with an argument of 50 kB
and without. Prints what the handshake has come to, and then what is answered, as lines of JSON, and ends after the
second one.
"""

import asyncio
import json
import sys

from autobahn.asyncio.websocket import WampWebSocketServerFactory
from autobahn.wamp import message, role
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept

SERIALIZERS = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}
REGISTRATION = 7


def tell(**what):
    print(json.dumps(what), flush=True)


class Router:
    """One session, as its transport sees it."""

    _authid = _session_id = None  # Which Autobahn logs.

    def __init__(self, done):
        self._done = done
        self._transport = None
        self._answers = 0

    def onOpen(self, transport):
        self._transport = transport
        extensions = [str(each) for each in transport.websocket_extensions_in_use]
        tell(subprotocol=transport.websocket_protocol_in_use, compressed=bool(extensions))

    def onMessage(self, received):
        if isinstance(received, message.Hello):
            roles = {"broker": role.RoleBrokerFeatures(), "dealer": role.RoleDealerFeatures()}
            self._transport.send(message.Welcome(1, roles, realm=received.realm))
        elif isinstance(received, message.Register):
            self._transport.send(message.Registered(received.request, REGISTRATION))
            self._transport.send(message.Invocation(1, REGISTRATION, args=["a" * 50_000]))
            self._transport.send(message.Invocation(2, REGISTRATION))
        elif isinstance(received, (message.Yield, message.Error)):
            tell(request=received.request, args=received.args)
            self._answers += 1
            if self._answers == 2:
                self._done.set_result(None)

    def onClose(self, was_clean):
        if not self._done.done():
            self._done.set_exception(RuntimeError(f"the connection was lost (in order: {was_clean})"))


def accept_deflate(offers):
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(offer)
    return None


async def main(subprotocol, *how):
    name, _, batched = subprotocol.partition(".")
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    serializer = SERIALIZERS[name](batched=bool(batched))
    factory = WampWebSocketServerFactory(lambda: Router(done), serializers=[serializer], loop=loop)
    if "deflate" in how:
        factory.setProtocolOptions(perMessageCompressionAccept=accept_deflate)
    server = await loop.create_server(factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.wait_for(done, 60)
    server.close()


asyncio.run(main(*sys.argv[1:]))
