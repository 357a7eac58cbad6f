# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Wampy.js in pages of Chromium against the router. All pages are of one browser, which runs while these tests do.

A page fails by an error that it throws or that is on its console, whatever its scenarios say.
"""

import json
import os
import subprocess
import unittest

from interop import HERE, SERIALIZERS, InteropCase

BROWSER = None


class Browser:
    """A browser, and a server of pages for it, of two origins: `origin`, and `other_origin`."""

    def __init__(self):
        command = [os.environ["INTEROP_NODE"], str(HERE / "node" / "browser" / "serve.mjs")]
        command += [os.environ["INTEROP_CHROMIUM"]]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        line = self._process.stdout.readline()
        if not line:
            self.close()
            raise AssertionError("the browser does not start")
        told = json.loads(line)
        self.port = str(told["port"])
        self.origin, self.other_origin = told["origins"]

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def setUpModule():
    global BROWSER
    BROWSER = Browser()
    unittest.addModuleCleanup(BROWSER.close)


class PageCase(InteropCase):
    """A router that lets pages of the origin of the browser's server connect, unless a class has other `origins`."""

    framing = "websocket"
    origins = None

    @classmethod
    def config(cls):
        config = super().config()
        config["workers"][0]["realms"][0]["options"] = {"compatible_with": ["autobahn-js"]}
        return config

    @classmethod
    def transport(cls):
        origins = [BROWSER.origin] if cls.origins is None else cls.origins
        options = {"max_message_size": 2**24, **({"allowed_origins": origins} if origins else {})}
        return {**super().transport(), "options": options}

    def client(self, family, mode, serializer, *options, origin=None, url=None):
        if family == "page":
            options += ("--port", BROWSER.port, "--origin", origin or BROWSER.origin)
        return super().client(family, mode, serializer, *options, url=url)


class OverWebSocket(PageCase):
    def test_the_scenarios_of_wampy_pass_in_a_page(self):
        self.check_scenarios("page")

    # Not with CBOR in the page: Wampy's for browsers reads an integer below -2^31 as another one.

    def test_a_page_uses_what_a_client_elsewhere_serves(self):
        self.check(serving=("node", "cbor"), using=("page", "json"))

    def test_a_client_elsewhere_uses_what_a_page_serves(self):
        self.check(serving=("page", "msgpack"), using=("node", "json"))

    def check(self, serving, using):
        """What one client serves, the other uses, each with its own serializer."""
        prefix = ("--prefix", f"com.example.{serving[0]}")
        server = self.client(serving[0], "serve", serving[1], *prefix)
        server.wait_until_ready()
        user = self.client(using[0], "use", using[1], *prefix, "--server", serving[0])
        self.assertGreaterEqual(user.expect_all_well(), 8, "number of scenarios")
        server.expect_all_well()


class OverSecureWebSocket(PageCase):
    endpoint = "tls"

    def test_the_scenarios_of_wampy_pass_in_a_page(self):
        page = self.client("page", "scenarios", "cbor", "--any-certificate")
        self.assertGreaterEqual(page.expect_all_well(), 20, "number of scenarios")

    def test_a_page_does_not_connect_to_a_router_whose_certificate_it_does_not_trust(self):
        self.client("page", "refused", "json", "--tolerate", "ERR_CERT_AUTHORITY_INVALID").expect_all_well()


class Reconnection(PageCase):
    def test_a_router_that_was_killed_gets_its_pages_back(self):
        pages = [self.client("page", "reconnect", each, "--tolerate", "ERR_CONNECTION_REFUSED") for each in SERIALIZERS]
        for page in pages:
            page.wait_until_ready()
        self.router.kill()
        self.start_again()
        for page in pages:
            with self.subTest(page.name):
                page.expect_all_well()


class Origins(PageCase):
    """A router that is told nothing of origins, so that it admits pages of its own host and port."""

    origins = ()

    def test_a_page_of_another_origin_is_refused(self):
        page = self.client("page", "refused", "json", "--tolerate", "Unexpected response code: 403")
        page.expect_all_well()
        self.router.wait_for_event("handshake failed", cause="pages of this origin may not connect")


class AllowedOrigins(PageCase):
    def test_a_page_of_an_origin_that_is_not_allowed_is_refused(self):
        expected = ("--tolerate", "Unexpected response code: 403")
        self.client("page", "refused", "json", *expected, origin=BROWSER.other_origin).expect_all_well()
        self.router.wait_for_event("handshake failed", cause="pages of this origin may not connect")
