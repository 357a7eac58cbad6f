# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Autobahn's two frameworks, Twisted and asyncio, behind one face, so that one set of scenarios serves both.

What a session's methods give back can be awaited in both. This module has what differs: the event loop, opening
a connection, bounding a wait.
"""

import asyncio
import ssl
import sys
from urllib.parse import urlsplit

import txaio
from autobahn.wamp import types
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer

SERIALIZERS = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}


class Address:
    """Where a router listens, taken from a URL: rs://host:port, rss://host:port or rs://unix:/path, or the same with ws
    for WebSocket.
    """

    def __init__(self, url):
        parts = urlsplit(url)
        if parts.scheme not in ("rs", "rss", "ws", "wss"):
            raise ValueError(f"neither a RawSocket nor a WebSocket URL: {url}")
        self.secure = parts.scheme in ("rss", "wss")
        self.websocket_url = url if parts.scheme.startswith("ws") else None
        self.path = parts.path if parts.netloc == "unix:" else None
        self.host = None if self.path else parts.hostname
        self.port = None if self.path else parts.port


class Factories:
    """Makes what Autobahn makes its protocols with."""

    def __init__(self, rawsocket, websocket):
        self._rawsocket = rawsocket
        self._websocket = websocket

    def make(self, address, session, serializer):
        made = SERIALIZERS[serializer]()
        if address.websocket_url:
            return self._websocket(lambda: session, url=address.websocket_url, serializers=[made])
        return self._rawsocket(lambda: session, serializer=made)


class Once:
    """A value that is set once. Awaiting it gives the value, any number of times, in both frameworks."""

    def __init__(self):
        self.is_set = False
        self.value = None
        self._waiting = []

    def set(self, value=None):
        self.is_set, self.value = True, value
        for future in self._waiting:
            txaio.resolve(future, None)

    def __await__(self):
        if not self.is_set:
            self._waiting.append(txaio.create_future())
            yield from self._waiting[-1].__await__()
        return self.value


class SessionEvents:
    """Mixed into Autobahn's session: tells when it joined, left, and lost its connection.

    It joins without authentication, unless there is a `login`, which is a `Login` of login.py.
    """

    def __init__(self, realm, login):
        super().__init__(types.ComponentConfig(realm))
        self.keep_connection = False
        self._login = login
        self.await_again()

    def await_again(self):
        self.answered = Once()  # HELLO is, one way or the other.
        self.joined = Once()
        self.left = Once()
        self.disconnected = Once()

    def onConnect(self):
        if self._login is None:
            super().onConnect()
        else:
            self._login.join(self)

    def onChallenge(self, challenge):
        return self._login.on_challenge(self, challenge)

    def onWelcome(self, welcome):
        return None if self._login is None else self._login.on_welcome(self, welcome)

    def onJoin(self, details):
        self.joined.set(details)
        self.answered.set(details)

    def onLeave(self, details):
        keep_connection = self.keep_connection
        self.left.set(details)
        if not self.answered.is_set:
            self.answered.set(details)
        if not keep_connection:
            self.disconnect()

    def onDisconnect(self):
        self.disconnected.set()
        return super().onDisconnect()

    def onUserError(self, fail, msg):
        """Some procedures fail on purpose, so this is for whoever looks into a scenario that did not go well."""
        print(txaio.failure_message(fail), file=sys.stderr)


class Asyncio:
    def __init__(self, certificate):
        from autobahn.asyncio.rawsocket import WampRawSocketClientFactory, WampRawSocketClientProtocol
        from autobahn.asyncio.wamp import ApplicationSession
        from autobahn.asyncio.websocket import WampWebSocketClientFactory

        if not hasattr(WampRawSocketClientProtocol, "transport_details"):
            # The session reads it at WELCOME; Autobahn 22.7 forgot it here, and so no session could join.
            WampRawSocketClientProtocol.transport_details = property(lambda protocol: protocol._transport_details)
        self._factories = Factories(WampRawSocketClientFactory, WampWebSocketClientFactory)
        self._session_class = type("Session", (SessionEvents, ApplicationSession), {})
        self._certificate = certificate
        self.cancelled = asyncio.CancelledError

    def run(self, main):
        async def with_loop():
            txaio.config.loop = asyncio.get_running_loop()
            return await main()

        return asyncio.run(with_loop())

    async def connect(self, url, serializer, realm, login=None):
        address = Address(url)
        session = self._session_class(realm, login)
        factory = self._factories.make(address, session, serializer)
        loop = asyncio.get_running_loop()
        if address.path:
            await loop.create_unix_connection(factory, address.path)
        elif address.secure:
            context = ssl.create_default_context(cafile=self._certificate)
            if login is not None and login.certificate:
                context.load_cert_chain(login.certificate)
            await loop.create_connection(factory, address.host, address.port, ssl=context)
        else:
            await loop.create_connection(factory, address.host, address.port)
        return session

    async def within(self, seconds, awaitable):
        return await asyncio.wait_for(awaitable, seconds)

    async def end_of_input(self, stream):
        await asyncio.get_running_loop().run_in_executor(None, stream.read)


class Twisted:
    def __init__(self, certificate):
        from autobahn.twisted.rawsocket import WampRawSocketClientFactory
        from autobahn.twisted.wamp import ApplicationSession
        from autobahn.twisted.websocket import WampWebSocketClientFactory
        from twisted.internet import defer

        self._factories = Factories(WampRawSocketClientFactory, WampWebSocketClientFactory)
        self._session_class = type("Session", (SessionEvents, ApplicationSession), {})
        self._certificate = certificate
        self.cancelled = defer.CancelledError

    def run(self, main):
        from twisted.internet import defer, reactor

        outcome = []

        def start():
            done = defer.ensureDeferred(main())
            done.addBoth(outcome.append)
            done.addBoth(lambda _: reactor.stop())

        reactor.callWhenRunning(start)
        reactor.run()
        if hasattr(outcome[0], "raiseException"):
            outcome[0].raiseException()
        return outcome[0]

    async def connect(self, url, serializer, realm, login=None):
        address = Address(url)
        session = self._session_class(realm, login)
        factory = self._factories.make(address, session, serializer)
        factory.noisy = False
        await self._endpoint(address, login and login.certificate).connect(factory)
        return session

    def _endpoint(self, address, own_certificate):
        from twisted.internet import endpoints, reactor, ssl as twisted_ssl

        if address.path:
            return endpoints.UNIXClientEndpoint(reactor, address.path)
        tcp = endpoints.HostnameEndpoint(reactor, address.host, address.port)
        if not address.secure:
            return tcp
        with open(self._certificate, "rb") as file:
            authority = twisted_ssl.Certificate.loadPEM(file.read())
        shown = None
        if own_certificate:
            with open(own_certificate, "rb") as file:
                shown = twisted_ssl.PrivateCertificate.loadPEM(file.read())
        return endpoints.wrapClientTLS(twisted_ssl.optionsForClientTLS(address.host, authority, shown), tcp)

    async def within(self, seconds, awaitable):
        from twisted.internet import defer, reactor

        async def wait():
            return await awaitable

        return await defer.ensureDeferred(wait()).addTimeout(seconds, reactor)

    async def end_of_input(self, stream):
        from twisted.internet import threads

        await threads.deferToThread(stream.read)


def framework(name, certificate):
    """The framework called "asyncio" or "twisted"; certificate is the file of the one that TLS trusts, or None."""
    return {"asyncio": Asyncio, "twisted": Twisted}[name](certificate)
