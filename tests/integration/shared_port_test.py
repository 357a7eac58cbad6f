# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""One port for RawSocket, WebSocket and HTTP: the types "universal" and "web" of transports.

Environment: JUNCTOR_BINARY, the router; tests/support must be in PYTHONPATH.
"""

import json
import tempfile
import time
import unittest

from certificate import make_certificate
from junctor_process import PATIENCE, JunctorProcess, node_config, tcp_transport
from wamp_peer import Connection, Ended, Peer, frame, handshake
from websocket_peer import WebSocketConnection, WebSocketPeer, upgrade_request, ws_frame


def identity(authid):
    """Everybody is `authid`."""
    return {"anonymous": {"type": "static", "authid": authid, "role": "anonymous"}}


def transport(kind, tls=None, **keys):
    endpoint = tcp_transport()["endpoint"]
    if tls is not None:
        endpoint["tls"] = tls
    return {"type": kind, "endpoint": endpoint, **keys}


def request(target="/", method="GET", version="1.1", host="Host: a\r\n", fields="", body=""):
    return f"{method} {target} HTTP/{version}\r\n{host}{fields}\r\n{body}".encode("latin-1")


class HttpConnection(WebSocketConnection):
    """A connection on which requests are answered."""

    def status(self):
        """The status of the next answer, whose body is read too."""
        line, self.fields = self.receive_head()
        self.body = self.receive_octets(int(self.fields.get("content-length", 0)))
        return int(line.split(" ")[1])

    def ask(self, octets):
        self.send_octets(octets)
        return self.status()


class SharedPortTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        tls = make_certificate(cls.folder)
        bounds = {"request_timeout": 1, "client_timeout": 1}
        websocket = {"type": "websocket", "auth": identity("page")}
        logged = {"access_log": True}
        nested = {"type": "path", "paths": {"/": websocket, "b": {"type": "path", "paths": {"c": websocket}}}}
        all_of_them = [
            transport(
                "universal",
                rawsocket={"auth": identity("device")},
                websocket={"ws": {"auth": identity("page")}, "json": {"serializers": ["json"], "type": "websocket"}},
                web={"paths": {"a": nested}, "options": {"access_log": True, **bounds}},
            ),
            transport("web", tls, paths={"ws": websocket}, options={"hsts": True, "hsts_max_age": 60}),
            transport("universal", rawsocket={"auth": identity("device")}, limits={"join_timeout": 500}),
            transport("universal", websocket={"ws": websocket}, limits={"connections_max": 1}),
            transport("universal", tls, rawsocket={"auth": identity("device")}, websocket={"ws": websocket}),
            transport("universal", {**tls, "optional": True}, rawsocket={}, websocket={"ws": websocket}),
            transport("universal", websocket={"ws": websocket}, web={"paths": {"x": websocket}, "options": logged}),
        ]
        all_of_them[6]["endpoint"]["trusted_proxies"] = ["127.0.0.1", "10.0.0.0/8"]
        cls.router = cls.enterClassContext(JunctorProcess(node_config(all_of_them)))
        cls.addresses = [url.split("://", 1)[1] for url in cls.router.urls]

    def url(self, scheme, number=0, path=""):
        return f"{scheme}://{self.addresses[number]}{path}"

    def http(self, number=0, scheme="ws"):
        opened = HttpConnection(self.url(scheme, number))
        self.addCleanup(opened.close)
        return opened

    def peer(self, peer):
        self.addCleanup(peer.close)
        return peer

    # What is told apart

    def test_clients_of_both_transports_meet_on_one_port(self):
        device = self.peer(Peer(self.url("rs"), "msgpack")).join()
        page = self.peer(WebSocketPeer(self.url("ws", path="/ws"))).join()
        subscription = page.subscribe("com.example.news")
        publication = device.publish("com.example.news", ["hello"], acknowledge=True)
        page.expect(36, subscription, publication, {}, ["hello"])

    def test_each_part_says_who_its_clients_are(self):
        for client, authid in (
            (Peer(self.url("rs")), "device"),
            (WebSocketPeer(self.url("ws", path="/ws")), "page"),
            (WebSocketPeer(self.url("ws", path="/a")), "page"),
            (WebSocketPeer(self.url("ws", path="/a/b/c")), "page"),
            (WebSocketPeer(self.url("wss", 1, "/ws")), "page"),
            (Peer(self.url("rss", 4)), "device"),
            (WebSocketPeer(self.url("wss", 4, "/ws"), "cbor"), "page"),
        ):
            with self.subTest(authid):
                self.assertEqual(self.peer(client).join().details["authid"], authid)

    def test_each_part_has_its_serializers(self):
        refused = self.http()
        refused.send_octets(upgrade_request("wamp.2.msgpack", line="GET /json HTTP/1.1"))
        self.assertEqual(refused.status(), 400)
        self.peer(WebSocketPeer(self.url("ws", path="/json"))).join()

    def test_what_comes_with_the_handshake_is_not_lost(self):
        device = self.peer(Connection(self.url("rs")))
        hello = b'[1,"realm1",{"roles":{"caller":{}}}]'
        device.send_octets(handshake("json") + frame(hello))
        self.assertEqual(device.receive_octets(1), b"\x7f")
        page = self.http()
        page.send_octets(upgrade_request("wamp.2.json", line="GET /ws HTTP/1.1") + ws_frame(hello))
        self.assertIn("101", page.receive_head()[0])
        self.assertTrue(page.receive_ws()[1].startswith(b"[2,"))

    def test_everything_may_come_octet_by_octet(self):
        device = self.peer(Connection(self.url("rs")))
        for octet in handshake("json"):
            device.send_octets(bytes([octet]))
        self.assertEqual(device.receive_octets(2)[0], 0x7F)
        page = self.http()
        for octet in request("/nothing"):
            page.send_octets(bytes([octet]))
        self.assertEqual(page.status(), 404)

    def test_a_websocket_follows_requests_on_the_same_connection(self):
        page = self.http()
        self.assertEqual(page.ask(request("/nothing")), 404)
        page.upgrade("wamp.2.json", line="GET /ws HTTP/1.1")

    def test_what_is_none_of_them_is_not_answered(self):
        for number, octets in ((0, b"\x00abc"), (0, b"\x16\x03\x01\x00"), (2, request()), (3, handshake("json"))):
            with self.subTest(octets):
                client = self.http(number)
                client.send_octets(octets)
                client.expect_end()

    def test_a_client_that_says_nothing_is_gone_at_its_deadline(self):
        self.assertTrue(self.http(2).ends_within(PATIENCE))

    # TLS

    def test_a_plain_request_is_told_that_the_port_speaks_tls(self):
        for number in (1, 4):
            client = self.http(number)
            self.assertEqual(client.ask(request()), 400)
            self.assertIn(b"TLS", client.body)
            client.expect_end()
        self.router.wait_for_event("handshake failed", cause="the client does not speak TLS, which is demanded here")

    def test_a_plain_rawsocket_client_is_not_answered_on_tls(self):
        client = self.peer(Connection(self.url("rs", 4)))
        client.send_octets(handshake("json"))
        client.expect_end()

    def test_tls_may_be_optional(self):
        for client in (
            Peer(self.url("rs", 5)),
            Peer(self.url("rss", 5)),
            WebSocketPeer(self.url("ws", 5, "/ws")),
            WebSocketPeer(self.url("wss", 5, "/ws")),
        ):
            with self.subTest(client.trail[0]):
                self.peer(client).join()

    # Proxies

    def test_a_trusted_proxy_says_for_whom_it_asks(self):
        for forwarded, client in (
            ("192.0.2.7", "tcp4:192.0.2.7:0"),
            ("1.1.1.1, 192.0.2.7, 10.0.0.3", "tcp4:192.0.2.7:0"),
            ("2001:db8::7", "tcp6:[2001:db8::7]:0"),
        ):
            with self.subTest(forwarded):
                self.http(6).ask(request("/" + client, fields=f"X-Forwarded-For: {forwarded}\r\n"))
                self.assertEqual(self.router.wait_for_event("request", target="/" + client)["peer"], client)
                page = self.http(6)
                page.upgrade("wamp.2.json", line="GET /ws HTTP/1.1", x_forwarded_for=forwarded)
                page.send_octets(ws_frame(b'[1,"realm1",{"roles":{"caller":{}}}]'))
                session = json.loads(page.receive_ws()[1])[1]
                self.assertEqual(self.router.wait_for_event("session joined", session=session)["peer"], client)

    def test_others_cannot_say_who_they_are(self):
        self.http().ask(request("/forged", fields="X-Forwarded-For: 192.0.2.7\r\n"))
        self.assertIn("127.0.0.1", self.router.wait_for_event("request", target="/forged")["peer"])

    def test_browsers_are_told_to_come_by_tls_only(self):
        client = self.http(1, "wss")
        self.assertEqual(client.ask(request("/nothing")), 404)
        self.assertEqual(client.fields["strict-transport-security"], "max-age=60")
        plain = self.http()
        plain.ask(request("/nothing"))
        self.assertNotIn("strict-transport-security", plain.fields)

    # Requests

    def test_requests_are_answered_as_they_should(self):
        for status, octets in (
            (404, request("/nothing")),
            (404, request("/nothing?a=/../b")),
            (404, request("http://a/nothing")),
            (404, request("/%61bc", method="DELETE")),
            (404, request("/a/b")),
            (404, request("/ws/below")),
            (404, request(version="1.0", host="")),
            (426, request("/ws")),
            (426, request("/%77s")),
            (400, request("/a/../ws")),
            (400, request("/a/%2e%2E/ws")),
            (400, request("/./ws")),
            (400, request("/a%2Fb")),
            (400, request("/a%00")),
            (400, request("/a%4")),
            (400, request("/a%zz")),
            (400, request("*", method="OPTIONS")),
            (400, request(host="")),
            (400, request(host="Host: a\r\nHost: b\r\n")),
            (400, request(fields="Content-Length: 1\r\nContent-Length: 2\r\n")),
            (400, request(fields="Content-Length: -1\r\n")),
            (400, request(fields="Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")),
            (404, request(fields=" folded: as one\r\n")),
            (400, request(fields="no colon\r\n")),
            (505, request(version="2.0")),
            (431, request("/" + 20000 * "a")),
            (431, request(fields=f"a: {20000 * 'b'}\r\n")),
        ):
            with self.subTest(octets[:80]):
                self.assertEqual(self.http().ask(octets), status)

    def test_a_connection_takes_request_after_request(self):
        client = self.http()
        client.send_octets(request("/1") + request("/2", method="HEAD") + request("/3", fields="Connection: close\r\n"))
        self.assertEqual(client.status(), 404)
        self.assertEqual(client.fields["connection"], "keep-alive")
        line, fields = client.receive_head()  # And no body.
        self.assertIn("404", line)
        self.assertNotEqual(fields["content-length"], "0")
        self.assertEqual(client.status(), 404)
        self.assertEqual(client.fields["connection"], "close")
        client.expect_end()

    def test_a_body_that_nobody_reads_is_no_request(self):
        client = self.http()
        smuggled = request("/ws")
        length = f"Content-Length: {len(smuggled)}\r\n"
        asked = request("/nothing", "POST", fields=length, body=smuggled.decode("ascii"))
        self.assertEqual(client.ask(asked), 404)
        self.assertEqual(client.fields["connection"], "close")
        client.finish_sending()
        client.expect_end()

    def test_half_a_request_is_gone_at_its_deadline(self):
        client = self.http()
        client.send_octets(request()[:-2])
        self.assertTrue(client.ends_within(PATIENCE))

    def test_an_idle_connection_is_gone_after_its_time(self):
        client = self.http()
        began = time.monotonic()
        client.ask(request("/nothing"))
        self.assertTrue(client.ends_within(PATIENCE))
        self.assertGreaterEqual(time.monotonic() - began, 0.9)

    def test_connections_beyond_the_limit_are_told(self):
        first = self.peer(WebSocketPeer(self.url("ws", 3, "/ws"))).join()
        second = self.http(3)
        self.assertEqual(second.ask(request("/nothing")), 503)
        second.expect_end()
        self.assertRaises(AssertionError, WebSocketPeer, self.url("ws", 3, "/ws"))
        first.fence()

    def test_requests_are_logged_if_that_is_wanted(self):
        client = self.http()
        client.ask(request("/logged?x=1", method="PUT"))
        event = self.router.wait_for_event("request", target="/logged?x=1")
        self.assertEqual([event[key] for key in ("method", "status", "bytes")], ["PUT", 404, len(client.body)])
        self.assertEqual(event["transport"], "transport1")


class EndOfTheRouterTest(unittest.TestCase):
    def test_connections_without_a_request_do_not_hold_it_up(self):
        ws = {"ws": {"type": "websocket"}}
        with JunctorProcess(node_config([transport("universal", rawsocket={}, websocket=ws)])) as router:
            address = router.urls[0].split("://", 1)[1]
            silent = Connection(f"rs://{address}")
            asked = HttpConnection(f"ws://{address}")
            self.assertEqual(asked.ask(request("/nothing")), 404)
            joined = WebSocketPeer(f"ws://{address}/ws").join()
            self.assertEqual(router.stop(timeout=10), 0)
            silent.expect_end()
            asked.expect_end()
            self.assertEqual(joined.receive()[0], 6)
            self.assertRaises(Ended, joined.receive)
            for client in (silent, asked, joined):
                client.close()


if __name__ == "__main__":
    unittest.main()
