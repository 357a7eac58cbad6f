# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The PROXY protocol: who a client is when a proxy connects for it, and who may say so."""

import os
import socket
import ssl
import struct
import unittest

from house import RouterCase, make_certificate
from junctor_process import JunctorProcess, node_config, tcp_transport, unix_transport
from wamp_peer import ABORT, PATIENCE, RESULT, WELCOME, handshake

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
TCP4, TCP6, UNIX = 0x11, 0x21, 0x31

CLIENT = "PROXY TCP4 192.0.2.7 192.0.2.1 5312 8080\r\n".encode()
CLIENT_ADDRESS = "tcp4:192.0.2.7:5312"

UNKNOWN = b"PROXY UNKNOWN\r\n"

HASTY = {"join_timeout": 300}  # Milliseconds.


def header_of_version_2(command, family, rest=b""):
    return SIGNATURE + struct.pack(">BBH", command, family, len(rest)) + rest


def addresses(client, router, family=socket.AF_INET):
    """The addresses and ports of a header, client first."""
    hosts = b"".join(socket.inet_pton(family, host) for host, _ in (client, router))
    return hosts + struct.pack(">HH", client[1], router[1])


def behind_proxies(transport, *proxies, **keys):
    transport["endpoint"].update(trusted_proxies=list(proxies), proxy_protocol=True)
    return {**transport, **keys}


class ProxyProtocol(RouterCase):
    def start_behind(self, *proxies, **keys):
        """A router that trusts `proxies`, and its URL."""
        router = self.start(behind_proxies(tcp_transport(), *proxies, **keys))
        return router, router.urls[0]

    def address_of(self, url, preface, **keys):
        """Where a client comes from, as the router tells its session."""
        peer = self.stranger(url, preface=preface, **keys).join()
        request = peer.call("wamp.session.get", [peer.session])
        answer = peer.receive()
        self.assertEqual(answer[:2], [RESULT, request])
        return answer[3][0]["transport"]["peer"]

    def failure_of(self, router, url, preface, ends=False):
        """Why the router does not go on after `preface`, at which the client ends, or not."""
        host, port = url.split("://")[1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), PATIENCE) as plain:
            peer = "tcp4:{}:{}".format(*plain.getsockname())
            plain.sendall(preface)
            if ends:
                plain.shutdown(socket.SHUT_WR)
            try:
                self.assertEqual(plain.recv(1), b"")
            except ConnectionResetError:
                pass  # It has closed the connection without reading all of what came.
        return router.wait_for_event("handshake failed", peer=peer)["cause"]

    def test_the_client_is_who_the_header_names(self):
        _, url = self.start_behind("127.0.0.1")
        v4 = addresses(("192.0.2.7", 5312), ("192.0.2.1", 8080))
        v6 = addresses(("2001:db8::7", 5312), ("2001:db8::1", 8080), socket.AF_INET6)
        names = b"\x02\x00\x0crouter.test." + b"\x20\x00\x05\x01\0\0\0\0"
        for preface, address in (
            (CLIENT, CLIENT_ADDRESS),
            (b"PROXY TCP6 2001:db8::7 2001:db8::1 5312 8080\r\n", "tcp6:[2001:db8::7]:5312"),
            (header_of_version_2(PROXY, TCP4, v4), CLIENT_ADDRESS),
            (header_of_version_2(PROXY, TCP4, v4 + names), CLIENT_ADDRESS),
            (header_of_version_2(PROXY, TCP6, v6), "tcp6:[2001:db8::7]:5312"),
        ):
            with self.subTest(header=preface):
                self.assertEqual(self.address_of(url, preface), address)

    def test_without_a_name_it_is_the_proxy(self):
        _, url = self.start_behind("127.0.0.0/8")
        for preface in (
            UNKNOWN,
            header_of_version_2(LOCAL, 0),
            header_of_version_2(PROXY, 0),
            header_of_version_2(PROXY, UNIX, bytes(216)),
        ):
            with self.subTest(header=preface):
                self.assertRegex(self.address_of(url, preface), r"^tcp4:127\.0\.0\.1:\d+$")

    def test_a_header_may_come_in_pieces_and_together_with_what_follows(self):
        _, url = self.start_behind("127.0.0.1")
        host, port = url.split("://")[1].rsplit(":", 1)
        for preface in (CLIENT, header_of_version_2(PROXY, TCP4, bytes(12))):
            with socket.create_connection((host, int(port)), PATIENCE) as plain:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for octet in preface[:-1]:
                    plain.sendall(bytes([octet]))
                plain.sendall(preface[-1:] + handshake("json"))
                self.assertEqual(plain.recv(1), b"\x7f")

    def test_it_stands_before_tls(self):
        transport = tcp_transport()
        transport["endpoint"]["tls"] = make_certificate(self.folder())
        url = self.start(behind_proxies(transport, "127.0.0.1")).urls[0]
        self.assertEqual(self.address_of(url, CLIENT), CLIENT_ADDRESS)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.stranger(url)

    def test_it_stands_before_a_websocket(self):
        transport = {**tcp_transport(), "type": "websocket"}
        url = self.start(behind_proxies(transport, "127.0.0.1")).urls[0]
        self.assertEqual(self.address_of(url, CLIENT), CLIENT_ADDRESS)

    def test_a_trusted_proxy_must_send_one(self):
        router, url = self.start_behind("127.0.0.1")
        for preface, cause in (
            (handshake("json"), "does not begin with a header"),
            (b"GET / HTTP/1.1\r\n\r\n", "does not begin with a header"),
            (b"PROXY TCP4 192.0.2.7\r\n", "malformed"),
            (b"PROXY UNKNOWN" + b"x" * 100, "too long"),
            (header_of_version_2(PROXY, TCP4, bytes(5000)), "too long"),
            (header_of_version_2(PROXY, TCP4, bytes(12) + b"\x03\0\4abcd"), "checksum"),
        ):
            with self.subTest(preface=preface):
                self.assertIn(cause, self.failure_of(router, url, preface))

    def test_from_anybody_else_it_is_a_bad_beginning(self):
        router, url = self.start_behind("192.0.2.0/24")
        self.assertIn("does not speak RawSocket", self.failure_of(router, url, CLIENT))
        self.assertRegex(self.address_of(url, b""), r"^tcp4:127\.0\.0\.1:\d+$")

    def test_one_that_does_not_come_to_its_end_is_not_waited_for(self):
        router, url = self.start_behind("127.0.0.1", limits=HASTY)
        self.assertIn("timed out", self.failure_of(router, url, CLIENT[:-1]).lower())
        self.assertIn("timed out", self.failure_of(router, url, b"").lower())
        self.assertEqual(self.address_of(url, CLIENT), CLIENT_ADDRESS)

    def test_a_proxy_may_end_before_the_header_does(self):
        router, url = self.start_behind("127.0.0.1")
        for beginning in (b"", CLIENT[:-1]):
            with self.subTest(beginning=beginning):
                self.assertIn("End of file", self.failure_of(router, url, beginning, ends=True))

    def test_a_router_that_stops_does_not_wait_for_headers(self):
        router, url = self.start_behind("127.0.0.1")
        host, port = url.split("://")[1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), PATIENCE) as plain:
            plain.sendall(CLIENT[:5])
            self.assertEqual(self.address_of(url, CLIENT), CLIENT_ADDRESS)
            self.assertEqual(router.stop(), 0)

    def test_what_fails_behind_the_header_is_logged_with_the_client(self):
        router, url = self.start_behind("127.0.0.1")
        host, port = url.split("://")[1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), PATIENCE) as plain:
            plain.sendall(CLIENT + b"GET / HTTP/1.1\r\n")
            router.wait_for_event("handshake failed", peer=CLIENT_ADDRESS)


class Identity(RouterCase):
    """What rests upon who a client is."""

    def start(self, transport, sources):
        role = {"name": "anonymous", "sources": sources}
        router = JunctorProcess(node_config([transport], [{"name": "realm1", "roles": [role]}]))
        self.addCleanup(router.kill)
        return router.wait_until_ready().urls[0]

    def answer(self, url, preface, **details):
        peer = self.stranger(url, preface=preface)
        peer.hello("realm1", **details)
        return peer.receive()

    def test_the_sources_of_a_role_are_about_the_client(self):
        url = self.start(behind_proxies(tcp_transport(), "127.0.0.1"), ["192.0.2.0/24"])
        self.stranger(url, preface=CLIENT).join()
        other = CLIENT.replace(b"192.0.2.7", b"198.51.100.7")
        self.assertEqual(self.answer(url, other)[0], ABORT)
        self.assertEqual(self.answer(url, UNKNOWN)[0], ABORT)

    def test_a_proxy_may_come_by_a_unix_domain_socket(self):
        path = os.path.join(self.folder(), "router.sock")
        url = self.start(behind_proxies(unix_transport(path), "unix"), ["192.0.2.0/24"])
        self.stranger(url, preface=CLIENT).join()
        self.assertEqual(self.answer(url, header_of_version_2(LOCAL, 0))[0], ABORT)

    def test_nobody_gets_the_credentials_of_a_proxy(self):
        auth = {"peer-credentials": {"principals": {"me": {"uid": os.getuid(), "role": "anonymous"}}}}
        path = os.path.join(self.folder(), "router.sock")
        url = self.start(behind_proxies(unix_transport(path, auth=auth), "unix"), ["0.0.0.0/0", "unix"])
        for preface, answer in ((header_of_version_2(LOCAL, 0), WELCOME), (CLIENT, ABORT), (UNKNOWN, ABORT)):
            self.assertEqual(self.answer(url, preface, authmethods=["peer-credentials"])[0], answer)


if __name__ == "__main__":
    unittest.main()
