# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""docs/examples/shop_router.cpp: a router in code, with two roles, a procedure and an authmethod of its own."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

from wamp_peer import (ABORT, ANY_DICT, ANY_ID, AUTHENTICATE, CALL, CHALLENGE, ERROR, EVENT, GOODBYE, HELLO,
                       PATIENCE, PLAIN_ROLES, PUBLISH, RESULT, SUBSCRIBE, SUBSCRIBED, WELCOME, Matcher, Peer)

REALM = "com.example.shop"


class ShopRouterTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.process = subprocess.Popen(
            [os.environ["EXAMPLE_BINARY"], "0", os.path.join(folder.name, "shop.sock")], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.staff_url = self.process.stdout.readline().strip()
        self.guest_url = self.process.stdout.readline().strip()

    def connect(self, url):
        peer = Peer(url)
        self.addCleanup(peer.close)
        return peer

    def staff(self, pin="1234"):
        peer = self.connect(self.staff_url)
        peer.send(HELLO, REALM, {"roles": PLAIN_ROLES, "authmethods": ["pin"], "authid": "ann"})
        peer.expect(CHALLENGE, "pin", {})
        peer.send(AUTHENTICATE, pin, {})
        return peer

    def guest(self):
        peer = self.connect(self.guest_url)
        peer.send(HELLO, REALM, {"roles": PLAIN_ROLES})
        peer.expect(WELCOME, ANY_ID, Matcher("a guest", lambda details: details["authrole"] == "guest"))
        return peer

    def test_staff_calls_the_procedure_of_the_program(self):
        ann = self.staff()
        ann.expect(WELCOME, ANY_ID, Matcher("ann of the staff", lambda details:
                                            (details["authid"], details["authrole"]) == ("ann", "staff")))
        ann.send(CALL, 1, {}, REALM + ".now")
        ann.expect(RESULT, 1, {}, [Matcher("the time", lambda now: abs(now - time.time()) < PATIENCE)])

    def test_a_wrong_pin_is_refused(self):
        ann = self.staff("4321")
        ann.expect(ABORT, ANY_DICT, "wamp.error.authentication_denied")
        ann.expect_end()

    def test_guests_hear_the_news_and_nothing_else(self):
        ann, guest = self.staff(), self.guest()
        ann.expect(WELCOME, ANY_ID, ANY_DICT)
        guest.send(SUBSCRIBE, 1, {}, REALM + ".news.today")
        guest.expect(SUBSCRIBED, 1, ANY_ID)
        guest.send(CALL, 2, {}, REALM + ".now")
        guest.expect(ERROR, CALL, 2, {}, "wamp.error.not_authorized")
        ann.send(PUBLISH, 1, {}, REALM + ".news.today", ["apples"])
        guest.expect(EVENT, ANY_ID, ANY_ID, {}, ["apples"])

    def test_it_says_goodbye_when_it_is_stopped(self):
        guest = self.guest()
        self.process.send_signal(signal.SIGTERM)
        guest.expect(GOODBYE, ANY_DICT, "wamp.close.system_shutdown")
        guest.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        guest.expect_end()
        self.assertEqual(self.process.wait(PATIENCE), 0)


if __name__ == "__main__":
    unittest.main()
