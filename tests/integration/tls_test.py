# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""RawSocket over TLS: versions, certificates by name, protocols, tickets, and clients that must show a certificate."""

import os
import socket
import ssl
import subprocess
import unittest
import warnings

from house import RouterCase, make_certificate
from junctor_process import tcp_transport
from wamp_peer import ANY_ID, EVENT, PATIENCE, PUBLISH, Ended, handshake, tls_client

ssl_client = tls_client.__wrapped__  # A context of its own, to be changed.


VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def speaking(version, protocols=()):
    """A context of a client that speaks one version of TLS, and offers `protocols` by ALPN if there are any."""
    context = ssl_client()
    context.minimum_version = context.maximum_version = version
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def certificate_in(files):
    """The octets of the certificate of an endpoint."""
    with open(files["certificate"], encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


class Tls(RouterCase):
    def start_tls(self, kind="rawsocket", **keys):
        transport = tcp_transport()
        transport["type"] = kind
        transport["endpoint"]["tls"] = {**make_certificate(self.folder()), **keys}
        return self.start(transport).urls[0]

    def shake_hands(self, url, context, name=None, session=None):
        """A socket after the handshake of TLS and, as far as its client is concerned, that of RawSocket."""
        host, port = url.split("://")[1].split("/")[0].rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), PATIENCE)
        self.addCleanup(plain.close)
        secure = context.wrap_socket(plain, server_hostname=name, session=session)
        self.addCleanup(secure.close)
        secure.sendall(handshake("json"))
        return secure

    def shown(self, url, name):
        """The certificate that clients see which ask for `name`."""
        seen = set()
        for version in VERSIONS:
            seen.add(self.shake_hands(url, speaking(version), name).getpeercert(binary_form=True))
        self.assertEqual(len(seen), 1)
        return seen.pop()

    def resumes(self, url, version):
        """Whether a client that has been there resumes its session when it comes again."""
        context = speaking(version)
        first = self.shake_hands(url, context)
        self.assertEqual(first.recv(1), b"\x7f")  # Whoever has heard this has got a ticket, if there is one.
        self.assertFalse(first.session_reused)
        second = self.shake_hands(url, context, session=first.session)
        self.assertEqual(second.recv(1), b"\x7f")
        return second.session_reused

    def test_its_url_says_so(self):
        self.assertTrue(self.start_tls().startswith("rss://127.0.0.1:"))

    def test_versions_1_2_and_1_3_are_spoken_and_none_before(self):
        url = self.start_tls()
        for version in VERSIONS:
            self.peer(url, tls=speaking(version)).fence()
        context = ssl_client()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.stranger(url, tls=context)

    def test_its_certificate_is_the_one_configured(self):
        files = make_certificate(self.folder())
        transport = tcp_transport()
        transport["endpoint"]["tls"] = files
        context = ssl.create_default_context(cafile=files["certificate"])
        context.check_hostname = False
        self.peer(self.start(transport).urls[0], tls=context).fence()

    def test_clients_must_show_a_certificate_if_authorities_are_configured(self):
        folder = self.folder()
        authority, stranger = make_certificate(folder), make_certificate(self.folder())
        client = self.sign(folder, authority)
        for version in VERSIONS:
            url = self.start_tls(ca_certificates=[authority["certificate"]])
            for files, welcome in ((client, True), (stranger, False), (None, False)):
                with self.subTest(version=version, certificate=files and files["certificate"]):
                    context = speaking(version)
                    if files:
                        context.load_cert_chain(files["certificate"], files["key"])
                    if welcome:
                        self.peer(url, tls=context).fence()
                    else:
                        with self.assertRaises((OSError, Ended)):
                            self.stranger(url, tls=context)

    def sign(self, folder, authority):
        """A key and a certificate of a client, which `authority` has signed."""
        files = {name: os.path.join(folder, f"client.{name}") for name in ("key", "request", "certificate")}
        make = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        make += ["-subj", "/CN=client", "-keyout", files["key"], "-out", files["request"]]
        sign = ["openssl", "x509", "-req", "-in", files["request"], "-days", "2", "-out", files["certificate"]]
        sign += ["-CA", authority["certificate"], "-CAkey", authority["key"], "-set_serial", "1"]
        for command in (make, sign):
            subprocess.run(command, check=True, capture_output=True)
        return files

    def test_the_certificate_is_the_one_for_the_name_that_the_client_asks_for(self):
        folder = self.folder()
        shop, all_of_them = make_certificate(folder, "shop.example"), make_certificate(folder, "*.example")
        given, otherwise = make_certificate(self.folder()), make_certificate(folder, "default.example")
        names = {"server_names": ["Given.example", "*.given.example"]}
        url = self.start_tls(**otherwise, certificates=[all_of_them, shop, {**given, **names}])
        for name, expected in (
            ("shop.example", shop),
            ("SHOP.example", shop),
            ("other.example", all_of_them),
            ("given.example", given),
            ("a.given.example", given),
            ("default.example", otherwise),
            ("a.b.example", otherwise),
            ("example", otherwise),
            ("elsewhere.test", otherwise),
            (None, otherwise),
        ):
            with self.subTest(name=name):
                self.assertEqual(self.shown(url, name), certificate_in(expected))

    def test_clients_that_ask_for_a_name_must_show_a_certificate_all_the_same(self):
        folder = self.folder()
        authority = make_certificate(folder)
        client = self.sign(folder, authority)
        other = make_certificate(self.folder(), "shop.example")
        url = self.start_tls(ca_certificates=[authority["certificate"]], certificates=[other])
        for version in VERSIONS:
            context = speaking(version)
            with self.subTest(version=version), self.assertRaises(OSError):
                self.shake_hands(url, context, "shop.example").recv(1)
            context.load_cert_chain(client["certificate"], client["key"])
            welcome = self.shake_hands(url, context, "shop.example")
            self.assertEqual(welcome.recv(1), b"\x7f")
            self.assertEqual(welcome.getpeercert(binary_form=True), certificate_in(other))

    def test_a_client_may_offer_protocols_that_rawsocket_has_no_names_for(self):
        url = self.start_tls()
        for version in VERSIONS:
            client = self.shake_hands(url, speaking(version, ["h2", "http/1.1"]))
            self.assertEqual((client.selected_alpn_protocol(), client.recv(1)), (None, b"\x7f"))

    def test_a_websocket_is_spoken_over_http_1_1_or_not_at_all(self):
        url = self.start_tls("websocket")
        for version in VERSIONS:
            for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None)):
                with self.subTest(version=version, offered=offered):
                    client = self.shake_hands(url, speaking(version, offered))
                    self.assertEqual(client.selected_alpn_protocol(), chosen)
            with self.subTest(version=version), self.assertRaisesRegex(ssl.SSLError, "no application protocol"):
                self.shake_hands(url, speaking(version, ["h2"]))

    def test_sessions_are_resumed_by_tickets(self):
        url = self.start_tls(certificates=[make_certificate(self.folder(), "shop.example")])
        for version in VERSIONS:
            with self.subTest(version=version):
                self.assertTrue(self.resumes(url, version))

    def test_no_session_is_resumed_without_tickets_or_with_certificates_of_clients(self):
        folder = self.folder()
        without = self.start_tls(session_tickets=False)
        for version in VERSIONS:
            self.assertFalse(self.resumes(without, version))
        authority = make_certificate(folder)
        client = self.sign(folder, authority)
        url = self.start_tls(ca_certificates=[authority["certificate"]])
        context = ssl_client()
        context.load_cert_chain(client["certificate"], client["key"])
        secure = self.shake_hands(url, context)
        self.assertEqual(secure.recv(1), b"\x7f")
        self.assertFalse(secure.session.has_ticket)

    def test_large_messages_cross_records_both_ways(self):
        url = self.start_tls()
        peer = self.peer(url, "msgpack")
        subscription = peer.subscribe("com.example.topic")
        for size in (16_000, 16_384, 16_385, 65_536, 131_000):
            data = os.urandom(size)
            peer.send(PUBLISH, peer.request(), {"exclude_me": False}, "com.example.topic", [data])
            peer.expect(EVENT, subscription, ANY_ID, {}, [data])


if __name__ == "__main__":
    unittest.main()
