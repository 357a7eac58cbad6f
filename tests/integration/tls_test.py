# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""RawSocket over TLS: versions, and clients that must show a certificate."""

import os
import ssl
import subprocess
import unittest
import warnings

from house import RouterCase, make_certificate
from junctor_process import tcp_transport
from wamp_peer import ANY_ID, EVENT, PUBLISH, Ended, tls_client

ssl_client = tls_client.__wrapped__  # A context of its own, to be changed.


class Tls(RouterCase):
    def start_tls(self, **keys):
        transport = tcp_transport()
        transport["endpoint"]["tls"] = {**make_certificate(self.folder()), **keys}
        return self.start(transport).urls[0]

    def test_its_url_says_so(self):
        self.assertTrue(self.start_tls().startswith("rss://127.0.0.1:"))

    def test_versions_1_2_and_1_3_are_spoken_and_none_before(self):
        url = self.start_tls()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl_client()
            context.minimum_version = context.maximum_version = version
            self.peer(url, tls=context).fence()
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
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            url = self.start_tls(ca_certificates=[authority["certificate"]])
            for files, welcome in ((client, True), (stranger, False), (None, False)):
                with self.subTest(version=version, certificate=files and files["certificate"]):
                    context = ssl_client()
                    context.minimum_version = context.maximum_version = version
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
