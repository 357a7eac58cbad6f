# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Who may join, octet by octet: what proves it, and what does not. Spec: advanced profile, "Authentication"."""

import base64
import hashlib
import hmac
import json
import os
import unittest

from house import RouterCase, has_ipv6, resident_bytes
from junctor_process import ALLOW_ALL, JunctorProcess, node_config, tcp_transport, unix_transport
from wamp_peer import ABORT, ANY_DICT, ANY_ID, ANY_TEXT, AUTHENTICATE, CALL, CHALLENGE, HELLO, PLAIN_ROLES, SERIALIZERS, WELCOME

DENIED = "wamp.error.authentication_denied"
THROTTLED = "wamp.error.too_many_requests"

DERIVED = base64.b64encode(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100, 32)).decode()

AUTH = {
    "ticket": {"principals": {"joe": {"ticket": "ticket of joe", "role": "staff"},
                              "ann": {"ticket": "ticket of ann", "role": "staff", "realm": "realm2"},
                              "lost": {"ticket": "ticket of lost", "role": "no_such_role"}}},
    "wampcra": {"users": {"joe": {"secret": "secret of joe", "role": "staff"},
                          "sue": {"secret": DERIVED, "salt": "salt", "iterations": 100, "role": "staff"},
                          "eva": {"secret": "password", "salt": "salt", "iterations": 100, "secret_is_derived": False,
                                  "role": "staff"},
                          "sam": {"secret": DERIVED, "salt": "sal2", "iterations": 100, "role": "staff",
                                  "realm": "realm2"}}},
}


def open_realm(name):
    permissions = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]
    return {"name": name, "roles": [{"name": "staff", "permissions": permissions}]}


def signature(key, challenge):
    return base64.b64encode(hmac.new(key.encode(), challenge.encode(), hashlib.sha256).digest()).decode()


class AuthenticationCase(RouterCase):
    """A router with two transports that take tickets and WAMP-CRA: the second one counts failures."""

    @classmethod
    def setUpClass(cls):
        generous = {"auth_failures_per_peer_max": 0, "auth_failures_per_authid_max": 0}
        strict = {"auth_failures_per_peer_max": 3, "auth_failures_period": 3_600_000}
        transports = [
            tcp_transport(id="generous", auth=AUTH, limits=generous, max_message_size=1 << 24),
            tcp_transport(id="strict", auth=AUTH, limits=strict),
            tcp_transport(id="hasty", auth=AUTH, limits={**generous, "challenge_timeout": 300}),
            tcp_transport(id="crossbar", auth=AUTH, limits=generous, options={"error_uri_profile": "crossbar"}),
        ]
        cls.router = JunctorProcess(node_config(transports, [open_realm("realm1"), open_realm("realm2")]))
        cls.addClassCleanup(cls.router.kill)
        cls.router.wait_until_ready()

    @classmethod
    def tearDownClass(cls):
        code = cls.router.stop()
        errors = [event for event in cls.router.log if event.get("level") == "error"]
        if code != 0 or errors:
            raise AssertionError(f"the router ended with {code}; in its log: {errors}")

    def challenged(self, method, authid, realm="realm1", transport=0, serializer="json"):
        """A peer that has been challenged, and the extra of CHALLENGE."""
        peer = self.stranger(self.router.urls[transport], serializer)
        peer.hello(realm, authmethods=[method], authid=authid)
        return peer, peer.expect(CHALLENGE, method, ANY_DICT)[2]

    def refusal(self, peer, *answer):
        """The ABORT that ends the connection of a peer that says `answer`, as URI and message."""
        peer.send(*answer)
        _, details, reason = peer.expect(ABORT, ANY_DICT, ANY_TEXT)
        peer.expect_end()
        return reason, details["message"]


class Tickets(AuthenticationCase):
    def test_the_right_ticket(self):
        for serializer in SERIALIZERS:
            peer, extra = self.challenged("ticket", "joe", serializer=serializer)
            self.assertEqual(extra, {})
            peer.send(AUTHENTICATE, "ticket of joe", {})
            details = peer.expect(WELCOME, ANY_ID, ANY_DICT)[2]
            told = {key: details[key] for key in ("authid", "authrole", "authmethod", "authprovider", "authextra")}
            self.assertEqual(told, {"authid": "joe", "authrole": "staff", "authmethod": "ticket",
                                    "authprovider": "static", "authextra": {}})

    def test_wrong_tickets_and_strangers_are_refused_alike(self):
        answers = {self.refusal(self.challenged("ticket", authid, realm)[0], AUTHENTICATE, ticket, {})
                   for authid, realm, ticket in (("joe", "realm1", "ticket of jo"),
                                                 ("joe", "realm1", "ticket of joe "),
                                                 ("joe", "realm1", ""),
                                                 ("joe", "realm1", "ticket of joe\0"),
                                                 ("joe", "realm1", "ticket of ann"),
                                                 ("joe", "realm1", "x" * 16384),
                                                 ("ann", "realm1", "ticket of ann"),
                                                 ("stranger", "realm1", "ticket of joe"),
                                                 ("", "realm1", ""))}
        self.assertEqual(answers, {(DENIED, "the credentials were not accepted")})

    def test_the_log_tells_what_the_peer_must_not_know(self):
        self.refusal(self.challenged("ticket", "joe")[0], AUTHENTICATE, "wrong", {})
        self.refusal(self.challenged("ticket", "stranger")[0], AUTHENTICATE, "wrong", {})
        for cause in ("wrong ticket", "no such principal"):
            self.router.wait_for_event("join refused", detail=f"{DENIED}: the credentials were not accepted ({cause})")
        self.assertFalse([event for event in self.router.log if "ticket of" in json.dumps(event)])

    def test_a_ticket_of_ten_megabytes(self):
        before = resident_bytes(self.router.pid)
        peer = self.challenged("ticket", "joe")[0]
        self.assertEqual(self.refusal(peer, AUTHENTICATE, "x" * 10_000_000, {}),
                         (THROTTLED, "AUTHENTICATE.Signature is too large"))
        self.assertLess(resident_bytes(self.router.pid) - before, 60_000_000)

    def test_a_role_that_the_realm_does_not_have(self):
        peer = self.challenged("ticket", "lost")[0]
        self.assertEqual(self.refusal(peer, AUTHENTICATE, "ticket of lost", {})[0], "wamp.error.no_such_role")


class WampCra(AuthenticationCase):
    def test_the_right_signature(self):
        for authid, key in (("joe", "secret of joe"), ("sue", DERIVED), ("eva", DERIVED)):
            with self.subTest(authid):
                peer, extra = self.challenged("wampcra", authid)
                salted = {"salt": "salt", "iterations": 100, "keylen": 32} if authid != "joe" else {}
                self.assertEqual({key: extra[key] for key in extra if key != "challenge"}, salted)
                challenge = json.loads(extra["challenge"])
                peer.send(AUTHENTICATE, signature(key, extra["challenge"]), {})
                _, session, details = peer.expect(WELCOME, ANY_ID, ANY_DICT)
                self.assertEqual((challenge["session"], challenge["authid"], challenge["authrole"]),
                                 (session, authid, "staff"))
                self.assertEqual((details["authid"], details["authmethod"]), (authid, "wampcra"))

    def test_a_signature_cannot_be_used_again(self):
        peer, extra = self.challenged("wampcra", "joe")
        used = signature("secret of joe", extra["challenge"])
        peer.send(AUTHENTICATE, used, {})
        peer.expect(WELCOME, ANY_ID, ANY_DICT)
        again, other = self.challenged("wampcra", "joe")
        self.assertNotEqual(other["challenge"], extra["challenge"])
        self.assertEqual(self.refusal(again, AUTHENTICATE, used, {})[0], DENIED)

    def test_signatures_that_are_not_quite_right(self):
        mine = self.challenged("wampcra", "joe")
        other = self.challenged("wampcra", "joe")
        right = signature("secret of joe", mine[1]["challenge"])
        wrong = [
            signature("secret of joe", other[1]["challenge"]),  # swapped with that of another connection
            right[:-1], right[:-4], right + "=", right[1:] + right[:1], right.swapcase(), " " + right,
            base64.b64decode(right).hex(), signature("secret of sue", mine[1]["challenge"]), "",
        ]
        self.assertEqual(self.refusal(mine[0], AUTHENTICATE, wrong[0], {})[0], DENIED)
        for change in wrong[1:]:
            with self.subTest(change):
                peer, extra = self.challenged("wampcra", "joe")
                right = signature("secret of joe", extra["challenge"])
                self.assertEqual(self.refusal(peer, AUTHENTICATE, change, {})[0], DENIED)

    def test_strangers_cannot_be_told_from_users(self):
        known, of_known = self.challenged("wampcra", "joe")
        stranger, of_stranger = self.challenged("wampcra", "jim")
        self.assertEqual(self.refusal(known, AUTHENTICATE, "x", {}), self.refusal(stranger, AUTHENTICATE, "x", {}))
        self.assertEqual(json.loads(of_known["challenge"]).keys(), json.loads(of_stranger["challenge"]).keys())
        # Most users have a salt, so strangers have one, and always the same.
        salts = [self.challenged("wampcra", "jim")[1]["salt"] for _ in range(2)]
        self.assertEqual(salts, [of_stranger["salt"]] * 2)


    def test_a_user_of_another_realm_cannot_be_told_from_a_stranger(self):
        here, of_here = self.challenged("wampcra", "sam")
        there, of_there = self.challenged("wampcra", "sam", "realm2")
        self.assertEqual(of_here["salt"], of_there["salt"])
        refused = self.refusal(here, AUTHENTICATE, signature(DERIVED, of_here["challenge"]), {})
        self.assertEqual(refused, (DENIED, "the credentials were not accepted"))
        there.send(AUTHENTICATE, signature(DERIVED, of_there["challenge"]), {})
        there.expect(WELCOME, ANY_ID, ANY_DICT)


class Conversations(AuthenticationCase):
    """What is no proper conversation ends at once, whatever the authmethod is."""

    def test_authenticate_without_a_challenge(self):
        peer = self.stranger(self.router.urls[0])
        peer.send(AUTHENTICATE, "ticket of joe", {})
        peer.expect_violation()

    def test_a_second_authenticate(self):
        peer, _ = self.challenged("ticket", "joe")
        peer.send_all((AUTHENTICATE, "ticket of joe", {}), (AUTHENTICATE, "ticket of joe", {}))
        peer.expect(WELCOME, ANY_ID, ANY_DICT)
        peer.expect_violation()

    def test_a_second_authenticate_after_a_wrong_one(self):
        peer, _ = self.challenged("ticket", "joe")
        peer.send_all((AUTHENTICATE, "wrong", {}), (AUTHENTICATE, "ticket of joe", {}))
        peer.expect_abort(DENIED)

    def test_something_else_instead_of_authenticate(self):
        for message in ((CALL, 1, {}, "com.p"), (HELLO, "realm1", {"roles": PLAIN_ROLES}), (CHALLENGE, "ticket", {}),
                        (WELCOME, 1, {}), (AUTHENTICATE,), (AUTHENTICATE, 5, {}), (AUTHENTICATE, "x"),
                        (AUTHENTICATE, "x", {}, 1), (AUTHENTICATE, "x", [])):
            with self.subTest(message):
                peer, _ = self.challenged("ticket", "joe")
                peer.send(*message)
                peer.expect_violation()

    def test_abort_instead_of_authenticate(self):
        peer, _ = self.challenged("ticket", "joe")
        peer.send(ABORT, {}, "wamp.error.cannot_authenticate")
        peer.expect_end()

    def test_an_answer_that_comes_too_late(self):
        peer, _ = self.challenged("ticket", "joe", transport=2)
        peer.expect_end()

    def test_authids_that_are_none(self):
        for authid in ("joe\0", "\0", "a\nb", "x" * 257):
            with self.subTest(authid):
                peer = self.stranger(self.router.urls[0])
                peer.hello("realm1", authmethods=["ticket"], authid=authid)
                peer.expect_abort("wamp.error.invalid_argument")

    def test_methods_that_are_not_offered(self):
        peer = self.stranger(self.router.urls[0])
        peer.hello("realm1", authmethods=["cryptosign", "anonymous"], authid="joe")
        peer.expect_abort("wamp.error.no_matching_auth_method")
        self.stranger(self.router.urls[0]).hello("realm1")

    def test_a_client_gets_the_first_method_of_its_list_that_is_offered(self):
        peer = self.stranger(self.router.urls[0])
        peer.hello("realm1", authmethods=["cryptosign", "wampcra", "ticket"], authid="joe")
        peer.expect(CHALLENGE, "wampcra", ANY_DICT)

    def test_the_uris_of_crossbar(self):
        peer, _ = self.challenged("ticket", "joe", transport=3)
        self.assertEqual(self.refusal(peer, AUTHENTICATE, "wrong", {})[0], "wamp.error.not_authorized")
        peer = self.stranger(self.router.urls[3])
        peer.hello("realm1", authmethods=["cryptosign"])
        peer.expect_abort("wamp.error.no_auth_method")


class Throttling(AuthenticationCase):
    def test_whoever_goes_on_guessing_is_not_challenged_any_more(self):
        for attempt in range(3):
            peer, _ = self.challenged("ticket", ("joe", "stranger", "joe")[attempt], transport=1)
            self.assertEqual(self.refusal(peer, AUTHENTICATE, "guess", {})[0], DENIED)
        for method, authid in (("ticket", "joe"), ("wampcra", "joe"), ("ticket", "stranger")):
            peer = self.stranger(self.router.urls[1])
            peer.hello("realm1", authmethods=[method], authid=authid)
            _, details, reason = peer.expect(ABORT, ANY_DICT, THROTTLED)
            self.assertRegex(details["message"], r"^too many failed attempts to join: try again in \d+ s$")
            peer.expect_end()
        # Failures are those of the router; each transport has limits of its own.
        self.challenged("ticket", "joe", transport=0)


class ThrottlingOfMany(AuthenticationCase):
    def test_guesses_at_the_same_time_are_not_free(self):
        guessing = [self.challenged("ticket", "joe", transport=1)[0] for _ in range(3)]
        waiting = [self.challenged("ticket", "joe", transport=1)[0] for _ in range(3)]
        for peer in guessing:
            self.assertEqual(self.refusal(peer, AUTHENTICATE, "guess", {})[0], DENIED)
        for peer, ticket in zip(waiting, ("guess", "ticket of joe", "")):
            self.assertEqual(self.refusal(peer, AUTHENTICATE, ticket, {})[0], THROTTLED)


class Providers(RouterCase):
    """Several sources of credentials for one authmethod."""

    def test_the_first_that_knows_the_authid_decides(self):
        providers = [{"principals": {"joe": {"ticket": "first", "role": "staff"}}},
                     {"principals": {"joe": {"ticket": "second", "role": "guest"},
                                     "ann": {"ticket": "hers", "role": "guest"}}}]
        realm = {"name": "realm1", "roles": [{"name": "staff"}, {"name": "guest"}]}
        path = os.path.join(self.folder(), "router.sock")
        router = JunctorProcess(node_config([unix_transport(path, auth={"ticket": providers})], [realm]))
        self.addCleanup(router.kill)
        url = router.wait_until_ready().urls[0]
        for authid, ticket, role in (("joe", "first", "staff"), ("ann", "hers", "guest"), ("joe", "second", None),
                                     ("jim", "hers", None)):
            peer = self.stranger(url)
            peer.hello("realm1", authmethods=["ticket"], authid=authid)
            peer.expect(CHALLENGE, "ticket", {})
            peer.send(AUTHENTICATE, ticket, {})
            if role is None:
                peer.expect_abort(DENIED)
            else:
                self.assertEqual(peer.expect(WELCOME, ANY_ID, ANY_DICT)[2]["authrole"], role)


class Sources(RouterCase):
    """Roles that are for sessions from certain places only."""

    PRINCIPALS = {authid: {"ticket": f"ticket of {authid}", "role": f"from {authid}"}
                  for authid in ("v4", "v6", "unix", "elsewhere", "nowhere")}
    SOURCES = {"v4": ["127.0.0.0/8"], "v6": ["::1"], "unix": ["unix"], "elsewhere": ["192.0.2.0/24", "2001:db8::/32"],
               "nowhere": []}

    def start(self, **keys):
        """A router that listens wherever it can, and its URLs by what principals call the place."""
        auth = {"ticket": {"principals": self.PRINCIPALS}}
        transports = {"v4": tcp_transport(auth=auth, **keys),
                      "unix": unix_transport(os.path.join(self.folder(), "router.sock"), auth=auth, **keys)}
        if has_ipv6():
            transports["v6"] = tcp_transport(auth=auth, **keys)
            transports["v6"]["endpoint"].update(version=6, interface="::1")
        roles = [{"name": f"from {place}", "sources": sources} for place, sources in self.SOURCES.items()]
        router = JunctorProcess(node_config(list(transports.values()), [{"name": "realm1", "roles": roles}]))
        self.addCleanup(router.kill)
        return router, dict(zip(transports, router.wait_until_ready().urls))

    def answer(self, url, authid, ticket=None):
        """What a client gets that has the right ticket, or that one."""
        peer = self.stranger(url)
        peer.hello("realm1", authmethods=["ticket"], authid=authid)
        peer.expect(CHALLENGE, "ticket", {})
        peer.send(AUTHENTICATE, ticket or f"ticket of {authid}", {})
        return peer.receive()

    def test_who_comes_from_elsewhere_is_refused_as_for_a_wrong_ticket(self):
        router, urls = self.start()
        for place, url in urls.items():
            wrong = self.answer(url, place, "wrong")
            self.assertEqual(wrong, [ABORT, {"message": "the credentials were not accepted"}, DENIED])
            for authid in self.PRINCIPALS:
                with self.subTest(place, authid=authid):
                    answer = self.answer(url, authid)
                    if authid == place:
                        self.assertEqual((answer[0], answer[2]["authrole"]), (WELCOME, f"from {authid}"))
                    else:
                        self.assertEqual(answer, wrong)
        self.assertEqual(router.stop(), 0)
        told = [event["detail"] for event in router.log if event.get("event") == "join refused"]
        self.assertEqual(len([text for text in told if "wrong ticket" in text]), len(urls))
        self.assertEqual(len([text for text in told if "is not for sessions from" in text]), len(urls) * 4)

    def test_the_log_has_the_role_and_the_address(self):
        router, urls = self.start(options={"error_uri_profile": "crossbar"})
        self.assertEqual(self.answer(urls["v4"], "unix")[2], "wamp.error.not_authorized")
        event = router.wait_for_event("join refused")
        self.assertRegex(event["peer"], r"^tcp4:127\.0\.0\.1:\d+$")
        why = f"(the role from unix is not for sessions from {event['peer']})"
        self.assertTrue(event["detail"].endswith(why), event)

    def test_who_comes_from_elsewhere_is_counted_like_those_who_guess(self):
        _, urls = self.start(limits={"auth_failures_per_peer_max": 2, "auth_failures_period": 3_600_000})
        for _ in range(2):
            self.assertEqual(self.answer(urls["v4"], "elsewhere")[2], DENIED)
        peer = self.stranger(urls["v4"])
        peer.hello("realm1", authmethods=["ticket"], authid="elsewhere")
        peer.expect_abort(THROTTLED)


del AuthenticationCase  # It has no tests of its own.

if __name__ == "__main__":
    unittest.main()
