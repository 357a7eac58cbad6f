# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What the permissions of a role allow. The realm and its roles are those of house.GUARDED.
Spec: advanced profile, "Authorization"."""

import unittest

from house import HouseCase, open_house, with_every_serializer
from wamp_peer import ANY_ID, CALL, ERROR, EVENT, PUBLISH, REGISTER, SUBSCRIBE

setUpModule = open_house

DENIED = "wamp.error.not_authorized"
REALM = "realm.guarded"


class PermissionCase(HouseCase):
    def may(self, peer, uri, **options):
        """What `peer` may do with `uri`, by what it is answered."""
        allowed = set()
        for action, code, more in (
            ("call", CALL, {}),
            ("register", REGISTER, {}),
            ("publish", PUBLISH, {"acknowledge": True}),
            ("subscribe", SUBSCRIBE, {}),
        ):
            request = peer.request()
            peer.send(code, request, {**options, **more}, uri)
            answer = peer.receive()
            if answer[0] != ERROR:
                self.assertEqual(answer[:2], [code + 1, request])
                allowed.add(action)
            elif answer[4] == "wamp.error.no_such_procedure":
                allowed.add(action)
            else:
                self.assertEqual(answer[:5], [ERROR, code, request, {}, DENIED])
        return allowed


class Decisions(PermissionCase):
    EVERYTHING = {"call", "register", "publish", "subscribe"}

    def test_the_most_specific_permission_decides(self):
        for uri, wanted in {
            "com.unknown": set(),
            "org.unknown": set(),
            "com.open": set(),
            "com.callable": {"call"},
            "com.registrable": {"register"},
            "com.publishable": {"publish"},
            "com.subscribable": {"subscribe"},
            "com.subscribable.x": set(),
            "com.open.any": self.EVERYTHING,
            "com.open.any.deeper": self.EVERYTHING,
            "com.open.closed": set(),
            "com.open.closed.not": self.EVERYTHING,
            "com.open.shut.x": set(),
            "com.open.shut.door.x": {"call"},
            "com.x.wild": self.EVERYTHING,
            "com.tame.wild": set(),
            "com.open.wild": self.EVERYTHING,
            "com.a.b": {"subscribe"},
            "com.x.b": {"call"},
        }.items():
            with self.subTest(uri):
                self.assertEqual(self.may(self.peer(REALM), uri), wanted)

    def test_a_role_may_allow_by_default(self):
        alice = self.peer(REALM, transport="alice")
        self.assertEqual(self.may(alice, "org.whatever"), self.EVERYTHING)
        self.assertEqual(self.may(alice, "com.forbidden"), set())

    def test_a_role_without_permissions_may_do_nothing_but_come_and_go(self):
        peer = self.stranger("carol")
        peer.hello(REALM)
        peer.expect_abort("wamp.error.no_such_role")


@with_every_serializer
class Answers(PermissionCase):
    def test_what_is_denied_is_answered_by_an_error_if_at_all(self):
        peer = self.peer(REALM)
        for code, options in ((CALL, {}), (REGISTER, {}), (SUBSCRIBE, {}), (PUBLISH, {"acknowledge": True})):
            peer.refused(code, DENIED, options, "com.unknown")
        peer.send(PUBLISH, peer.request(), {}, "com.unknown")
        peer.fence()

    def test_a_denied_publication_reaches_nobody(self):
        alice, peer = self.peer(REALM, transport="alice"), self.peer(REALM)
        alice.subscribe("com.unknown")
        peer.send(PUBLISH, peer.request(), {}, "com.unknown")
        peer.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.unknown")
        alice.fence()

    def test_a_denied_request_does_not_tell_what_there_is(self):
        alice, peer = self.peer(REALM, transport="alice"), self.peer(REALM)
        procedure = self.uri("secret")
        peer.refused(REGISTER, DENIED, {}, procedure)
        peer.refused(CALL, DENIED, {}, procedure)
        alice.register(procedure)
        peer.refused(REGISTER, DENIED, {}, procedure)
        peer.refused(REGISTER, DENIED, {"invoke": "roundrobin"}, procedure)
        peer.refused(CALL, DENIED, {}, procedure)
        peer.refused(CALL, DENIED, {"disclose_me": True}, procedure)

    def test_a_permission_may_disclose_who_calls_and_publishes(self):
        alice, peer = self.peer(REALM, transport="alice"), self.peer(REALM)
        registration, subscription = alice.register("com.told"), alice.subscribe("com.told")
        authid = peer.details["authid"]
        peer.call("com.told")
        who = {"caller": peer.session, "caller_authid": authid, "caller_authrole": "anonymous"}
        alice.expect_invocation(registration, who)
        publication = peer.publish("com.told")
        who = {"publisher": peer.session, "publisher_authid": authid, "publisher_authrole": "anonymous"}
        alice.expect(EVENT, subscription, publication, who)


class Patterns(PermissionCase):
    def test_a_pattern_needs_permission_for_all_that_it_matches(self):
        """No pattern is a way around what is denied."""
        for pattern, match, wanted in (
            ("", "prefix", False),
            ("com.", "prefix", False),
            ("com.open.", "prefix", False),
            ("com.open.shut.", "prefix", False),
            ("com.open.free.", "prefix", True),
            ("com.open.clo", "prefix", False),
            ("com.subscribable", "prefix", False),
            ("..", "wildcard", False),
            ("com..wild", "wildcard", False),
            ("com.open..x", "wildcard", False),
            ("com.open.free..x", "wildcard", True),
        ):
            for code in (SUBSCRIBE, REGISTER):
                with self.subTest(pattern=pattern, match=match, code=code):
                    peer = self.peer(REALM)
                    request = peer.request()
                    peer.send(code, request, {"match": match}, pattern)
                    if wanted:
                        peer.expect(code + 1, request, ANY_ID)
                    else:
                        peer.expect_error(code, request, DENIED)

    def test_a_pattern_does_not_get_around_one_denied_uri(self):
        alice = self.peer(REALM, transport="alice")
        for pattern, match in (("", "prefix"), ("com.forb", "prefix"), ("com.", "wildcard")):
            alice.refused(SUBSCRIBE, DENIED, {"match": match}, pattern)
        alice.subscribe("org.", match="prefix")


if __name__ == "__main__":
    unittest.main()
