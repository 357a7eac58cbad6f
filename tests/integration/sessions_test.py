# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""How sessions begin and end, identifiers, and URIs. Spec: basic profile, "Sessions", "IDs", "URIs"."""

import unittest

from house import HouseCase, on_every_link, open_house
from wamp_peer import ABORT, ANY_DICT, ANY_ID, CALL, CANCEL, ERROR, EVENT, GOODBYE, HELLO, ID_MAX, INVOCATION
from wamp_peer import PUBLISH, PUBLISHED, REGISTER, REGISTERED, RESULT, SUBSCRIBE, SUBSCRIBED, UNREGISTER, UNSUBSCRIBE
from wamp_peer import SERIALIZERS, WELCOME, YIELD, is_id

setUpModule = open_house


@on_every_link
class Establishment(HouseCase):
    def test_hello_is_answered_by_welcome_with_who_joined_and_what_the_router_can_do(self):
        details = self.peer().details
        self.assertEqual(details["realm"], "realm1")
        self.assertEqual(details["authrole"], "anonymous")
        self.assertEqual(details["authmethod"], "anonymous")
        for key in ("authid", "authprovider", "agent"):
            self.assertIsInstance(details[key], str)
            self.assertTrue(details[key], key)
        self.assertEqual(details["authextra"], {})
        self.assertEqual(set(details["roles"]), {"broker", "dealer"})
        for role in details["roles"].values():
            self.assertEqual(set(role), {"features"})
            for name, announced in role["features"].items():
                self.assertIs(announced, True, name)

    def test_goodbye_is_answered_and_the_connection_takes_another_session(self):
        peer = self.stranger()
        sessions = set()
        for realm in ("realm1", "realm1", "realm.discreet"):
            peer.join(realm)
            sessions.add(peer.session)
            peer.fence()
            peer.leave()
        self.assertEqual(len(sessions), 3)

    def test_goodbye_takes_away_what_the_session_had(self):
        peer, other = self.peer(), self.peer()
        topic, procedure = self.uri("topic"), self.uri("procedure")
        peer.subscribe(topic)
        peer.register(procedure)
        peer.leave()
        other.refused(CALL, "wamp.error.no_such_procedure", {}, procedure)
        other.publish(topic)
        peer.join().fence()
        other.register(procedure)

    def test_an_unknown_realm_is_refused(self):
        for realm in ("realm.unknown", "", "not a realm", "r" * 100_000):
            peer = self.stranger()
            peer.hello(realm)
            peer.expect_abort("wamp.error.no_such_realm")

    def test_a_hello_without_roles_is_refused(self):
        for details in ({}, {"roles": {}}, {"roles": {"spectator": {}}}):
            peer = self.stranger()
            peer.send(HELLO, "realm1", details)
            peer.expect_abort("wamp.error.no_such_role")


class Refusal(HouseCase):
    transport = "unix"  # Clients of WebSocket do not say what they take.

    def test_it_fits_into_what_the_client_takes_whatever_the_client_said(self):
        """A refusal that quotes its cause must not become too long to be sent."""
        long = "x" * 600
        for realm, details, reason in (
            (long, {"roles": {"caller": {}}}, "no_such_realm"),
            ("realm1", {"roles": {"caller": {}}, "authmethods": [long]}, "no_matching_auth_method"),
            ("realm1", {"roles": {long: {}}}, "no_such_role"),
            ("realm1", {"roles": {"caller": {}}, long: 1, "authid": 5}, "protocol_violation"),
        ):
            with self.subTest(reason):
                peer = self.stranger(nibble=0)
                peer.send(HELLO, realm, details)
                peer.expect_abort(f"wamp.error.{reason}")


class Pipelining(HouseCase):
    def test_a_whole_conversation_may_come_in_one_piece(self):
        for transport in ("tcp", "unix", "tls"):
            peer = self.stranger(transport)
            topic = self.uri(transport)
            peer.send_all(
                [HELLO, "realm1", {"roles": {"publisher": {}, "subscriber": {}}}],
                [SUBSCRIBE, 1, {}, topic],
                [PUBLISH, 2, {"exclude_me": False}, topic, ["one piece"]],
                [GOODBYE, {}, "wamp.close.normal"],
            )
            peer.expect(WELCOME, ANY_ID, ANY_DICT)
            subscription = peer.expect(SUBSCRIBED, 1, ANY_ID)[2]
            peer.expect(EVENT, subscription, ANY_ID, {}, ["one piece"])
            peer.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")


    def test_a_second_hello_in_the_same_piece_is_a_violation(self):
        peer = self.stranger()
        hello = [HELLO, "realm1", {"roles": {"caller": {}}}]
        peer.send_all(hello, hello)
        peer.expect(WELCOME, ANY_ID, ANY_DICT)
        peer.expect_violation()


class SessionIds(HouseCase):
    def test_they_are_drawn_at_random_from_1_to_2_to_the_53(self):
        sessions = [self.peer().session for _ in range(64)]
        self.assertEqual(len(set(sessions)), 64)
        self.assertTrue(all(is_id(session) for session in sessions))
        self.assertGreater(max(sessions), ID_MAX // 2)
        self.assertLess(min(sessions), ID_MAX // 2)

    def test_they_are_written_as_unsigned_integers(self):
        unsigned = {0xCC, 0xCD, 0xCE, 0xCF}  # of MessagePack; others are not understood by all clients
        for _ in range(10):
            peer = self.peer(serializer="msgpack")
            first = peer.last_payload[2]
            self.assertTrue(first in unsigned or first < 0x80, hex(first))

    def test_they_are_taken_as_whole_floating_point_numbers_but_never_sent_so(self):
        for serializer in SERIALIZERS:
            with self.subTest(serializer):
                peer = self.peer(serializer=serializer)
                subscription = peer.subscribe(self.uri("topic"))
                peer.send(UNSUBSCRIBE, 2.0, float(subscription))
                self.assertEqual(peer.receive(), [35, 2])


class Details(HouseCase):
    def test_what_clients_in_use_write_into_hello_is_taken(self):
        usual = {"roles": {"caller": {}}}
        for details in (
            {**usual, "authid": "", "authmethods": []},
            {**usual, "authmethods": ["anonymous"]},
            {**usual, "authmethods": ["ticket", "anonymous"]},
            {**usual, "authextra": None, "agent": None},
            {**usual, "authextra": {"channel_binding": None}},
            {**usual, "something": {"else": [1, 2.5, None]}},
            {"roles": {"caller": {"features": None}, "publisher": {"features": [{}]}, "unknown": 5}},
            {"roles": {"caller": {"features": {"call_canceling": True, "unknown": 7, "call_timeout": None}}}},
            {"roles": {"publisher": None}},
        ):
            with self.subTest(details=details):
                peer = self.stranger()
                peer.send(HELLO, "realm1", details)
                peer.expect(WELCOME, ANY_ID, ANY_DICT)
                peer.fence()

    def test_an_authid_that_a_client_claims_is_not_taken_for_its_own(self):
        peer = self.stranger().join(authid="admin")
        self.assertNotEqual(peer.details["authid"], "admin")

    def test_an_authmethod_that_is_not_offered_is_refused(self):
        peer = self.stranger()
        peer.hello(authmethods=["ticket", "wampcra"], authid="joe")
        peer.expect_abort("wamp.error.no_matching_auth_method")

    def test_a_role_that_the_realm_does_not_know_is_refused(self):
        peer = self.stranger("nobody")
        peer.hello()
        peer.expect_abort("wamp.error.no_such_role")

    def test_the_identity_is_that_of_the_transport(self):
        alice = self.peer(transport="alice")
        self.assertEqual((alice.details["authid"], alice.details["authrole"]), ("alice", "staff"))

    def test_anonymous_sessions_have_different_authids(self):
        self.assertEqual(len({self.peer().details["authid"] for _ in range(20)}), 20)

    def test_details_of_the_wrong_type_are_refused(self):
        usual = {"roles": {"caller": {}}}
        for details in ({"roles": []}, {**usual, "authid": 5}, {**usual, "authmethods": "x"}):
            with self.subTest(details=details):
                peer = self.stranger()
                peer.send(HELLO, "realm1", details)
                peer.expect_violation()


class Ending(HouseCase):
    def test_any_reason_of_goodbye_is_answered(self):
        for reason in ("wamp.close.normal", "wamp.close.system_shutdown", "wamp.error.goodbye_and_out", "x"):
            peer = self.peer()
            peer.send(GOODBYE, {"message": "bye", "unknown": 1}, reason)
            peer.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")

    def test_what_was_sent_after_goodbye_is_not_heard(self):
        peer = self.peer()
        topic = self.uri("topic")
        witness = self.peer()
        witness.subscribe(topic)
        peer.send_all([GOODBYE, {}, "wamp.close.normal"], [PUBLISH, 1, {"acknowledge": True}, topic])
        peer.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")
        peer.expect_violation()
        witness.fence()

    def test_no_event_follows_goodbye(self):
        peer, publisher = self.peer(), self.peer()
        topic = self.uri("topic")
        peer.subscribe(topic)
        peer.send_all([GOODBYE, {}, "wamp.close.normal"], [HELLO, "realm1", {"roles": {"subscriber": {}}}])
        for _ in range(20):
            publisher.send(PUBLISH, publisher.request(), {}, topic)
        publisher.fence()
        message = peer.receive()
        while message[0] == EVENT:
            message = peer.receive()
        self.assertEqual(message, [GOODBYE, {}, "wamp.close.goodbye_and_out"])
        peer.expect(WELCOME, ANY_ID, ANY_DICT)
        peer.fence()

    def test_after_goodbye_the_next_session_may_be_asked_for_at_once(self):
        peer = self.peer()
        peer.send_all([GOODBYE, {}, "wamp.close.normal"], [HELLO, "realm1", {"roles": {"caller": {}}}])
        peer.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")
        peer.expect(WELCOME, ANY_ID, ANY_DICT)

    def test_answers_that_cross_the_goodbye_are_passed_over(self):
        """Callees in use still answer what they were asked before they said goodbye."""
        callee, caller = self.peer(), self.peer()
        registration = callee.register(self.uri("procedure"))
        requests = [caller.call(self.uri("procedure")) for _ in range(2)]
        for number in (1, 2):
            callee.expect(INVOCATION, number, registration, {})
        callee.send_all(
            [GOODBYE, {}, "wamp.close.normal"],
            [YIELD, 1, {}, ["late"]],
            [ERROR, INVOCATION, 2, {}, "com.example.error"],
        )
        callee.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")
        canceled = sorted(caller.receive()[:3] for _ in requests)
        self.assertEqual(canceled, [[ERROR, CALL, request] for request in requests])
        callee.join().fence()
        caller.fence()

    def test_whoever_does_not_join_again_after_goodbye_is_dropped_in_time(self):
        peer = self.peer(transport="hasty")
        peer.leave()
        peer.expect_end()

    def test_a_client_that_ends_its_side_first_still_gets_its_answers(self):
        for transport in ("tcp", "unix"):
            peer = self.peer(transport=transport)
            peer.send_all([SUBSCRIBE, 1, {}, self.uri("topic")], [GOODBYE, {}, "wamp.close.normal"])
            peer.finish_sending()
            peer.expect(SUBSCRIBED, 1, ANY_ID)
            peer.expect(GOODBYE, {}, "wamp.close.goodbye_and_out")
            peer.expect_end()

    def test_a_client_that_ends_its_side_has_left(self):
        for transport in ("tcp", "unix"):
            visitor = self.connection(transport)
            visitor.finish_sending()
            visitor.expect_end()
            visitor = self.stranger(transport)
            visitor.finish_sending()
            visitor.expect_end()
            visitor = self.peer(transport=transport)
            registration = visitor.register(self.uri(transport))
            caller = self.peer()
            request = caller.call(self.uri(transport))
            visitor.expect_invocation(registration)
            visitor.finish_sending()
            caller.expect_error(CALL, request, "wamp.error.canceled")
            visitor.expect_end()

    def test_abort_of_a_client_is_not_answered(self):
        joined = self.peer()
        topic = self.uri("topic")
        joined.subscribe(topic)
        joined.send(ABORT, {"message": "enough"}, "wamp.error.whatever")
        joined.expect_end()
        stranger = self.stranger()
        stranger.send(ABORT, {}, "wamp.error.whatever")
        stranger.expect_end()

    def test_a_lost_connection_takes_away_everything_at_once(self):
        for transport in ("tcp", "unix", "tls"):
            for lose in ("close", "reset"):
                with self.subTest(transport=transport, lose=lose):
                    self.lose_connection(transport, lose)

    def lose_connection(self, transport, lose):
        lost, other = self.peer(transport=transport), self.peer()
        topic, procedure = self.uri(f"{transport}.{lose}.topic"), self.uri(f"{transport}.{lose}.procedure")
        subscription, registration = lost.subscribe(topic), lost.register(procedure)
        request = other.call(procedure)
        lost.expect_invocation(registration)
        getattr(lost, lose)()
        other.expect_error(CALL, request, "wamp.error.canceled")
        self.assertNotEqual(other.register(procedure), registration, "it is a registration of its own")
        self.assertNotEqual(other.subscribe(topic), subscription, "it is a subscription of its own")


class RequestIds(HouseCase):
    def test_those_of_the_router_count_from_1_for_each_callee(self):
        callees, caller = [self.peer(), self.peer()], self.peer()
        procedures = [self.uri("first"), self.uri("second")]
        registrations = [callee.register(procedure) for callee, procedure in zip(callees, procedures)]
        for number in range(1, 6):
            for callee, procedure, registration in zip(callees, procedures, registrations):
                caller.call(procedure)
                callee.expect(INVOCATION, number, registration, {})

    def test_those_beyond_1_to_2_to_the_53_are_a_violation(self):
        for realm in ("realm1", "realm.strict"):
            for request in (0, ID_MAX + 1, -1, 2**64 - 1, 1.5, "1", None, True):
                with self.subTest(realm=realm, request=request):
                    peer = self.peer(realm)
                    peer.send(SUBSCRIBE, request, {}, self.uri("topic"))
                    peer.expect_violation()

    def test_those_of_clients_need_not_be_in_sequence_by_default(self):
        peer = self.peer()
        for request in (17, 3, 3, ID_MAX, 1):
            peer.send(SUBSCRIBE, request, {}, self.uri("topic"))
            peer.expect(SUBSCRIBED, request, ANY_ID)

    def test_that_of_a_call_without_answer_is_in_use(self):
        peer = self.peer()
        procedure = self.uri("procedure")
        registration = peer.register(procedure)
        request = peer.call(procedure)
        peer.expect_invocation(registration)
        peer.send(CALL, request, {}, procedure)
        peer.expect_violation()

    def test_those_of_clients_must_be_in_sequence_if_the_realm_says_so(self):
        for requests in ((2,), (1, 3), (1, 1), (1, 2, 1), (ID_MAX,)):
            with self.subTest(requests=requests):
                peer = self.peer("realm.strict")
                for request in requests[:-1]:
                    peer.send(SUBSCRIBE, request, {}, self.uri("topic"))
                    peer.expect(SUBSCRIBED, request, ANY_ID)
                peer.send(SUBSCRIBE, requests[-1], {}, self.uri("topic"))
                peer.expect_violation()

    def test_in_sequence_are_counted_all_requests_and_nothing_else(self):
        peer = self.peer("realm.strict")
        topic, procedure = self.uri("topic"), self.uri("procedure")
        peer.send(SUBSCRIBE, 1, {}, topic)
        peer.expect(SUBSCRIBED, 1, ANY_ID)
        peer.send(PUBLISH, 2, {}, topic)
        peer.send(REGISTER, 3, {}, procedure)
        registration = peer.expect(REGISTERED, 3, ANY_ID)[2]
        peer.send(CALL, 4, {}, procedure)
        invocation = peer.expect_invocation(registration)
        peer.send(CANCEL, 4, {"mode": "skip"})
        peer.expect_error(CALL, 4, "wamp.error.canceled")
        peer.send(YIELD, invocation, {})
        peer.send(CANCEL, 4, {})
        peer.send(REGISTER, 5, {}, "not a URI")
        peer.expect_error(REGISTER, 5, "wamp.error.invalid_uri")
        peer.send(UNREGISTER, 6, registration)
        peer.expect(67, 6)
        peer.send(PUBLISH, 7, {"acknowledge": True}, topic)
        peer.expect(PUBLISHED, 7, ANY_ID)

    def test_the_sequence_begins_anew_with_the_next_session(self):
        peer = self.stranger()
        for _ in range(2):
            peer.join("realm.strict")
            peer.fence()
            peer.leave()


class PublicationIds(HouseCase):
    def test_they_are_drawn_at_random_and_the_same_for_all(self):
        subscribers, publisher = [self.peer(), self.peer(serializer="cbor")], self.peer()
        topic = self.uri("topic")
        subscriptions = [subscriber.subscribe(topic) for subscriber in subscribers]
        publications = [publisher.publish(topic) for _ in range(64)]
        for subscriber, subscription in zip(subscribers, subscriptions):
            for publication in publications:
                subscriber.expect(EVENT, subscription, publication, {})
        self.assertEqual(len(set(publications)), 64)
        self.assertGreater(max(publications), ID_MAX // 2)
        self.assertLess(min(publications), ID_MAX // 2)


class Uris(HouseCase):
    ALWAYS_BAD = ("", "com..topic", ".com", "com.", "com topic", "com.#.topic", "com.\ttopic", "a\nb", "#", "a\u00a0b")
    ONLY_LOOSE = ("Com.Topic", "com.to-pic", "com.tópic", "com.$x", "com.topic!")

    def test_a_bad_one_fails_the_request_and_not_the_session(self):
        peer = self.peer()
        for uri in self.ALWAYS_BAD:
            with self.subTest(uri=uri):
                peer.refused(SUBSCRIBE, "wamp.error.invalid_uri", {}, uri)
                peer.refused(REGISTER, "wamp.error.invalid_uri", {}, uri)
                peer.refused(CALL, "wamp.error.invalid_uri", {}, uri)
                peer.refused(PUBLISH, "wamp.error.invalid_uri", {"acknowledge": True}, uri)
                peer.send(PUBLISH, peer.request(), {}, uri)
        peer.fence()

    def test_the_loose_check_takes_more_than_the_strict_one(self):
        loose, strict = self.peer(), self.peer("realm.strict")
        for uri in self.ONLY_LOOSE:
            with self.subTest(uri=uri):
                loose.subscribe(uri)
                strict.refused(SUBSCRIBE, "wamp.error.invalid_uri", {}, uri)
                strict.refused(CALL, "wamp.error.invalid_uri", {}, uri)
        strict.subscribe("com.topic_1.2nd")

    def test_patterns_may_have_empty_components_where_they_mean_something(self):
        peer = self.peer()
        for code in (SUBSCRIBE, REGISTER):
            for pattern, match, well in (
                ("com.pattern.", "prefix", True),
                ("com.patt", "prefix", True),
                ("com..pattern", "prefix", False),
                ("com..pattern", "wildcard", True),
                ("com.pattern.", "wildcard", True),
                ("..pattern", "wildcard", True),
                ("com pattern", "wildcard", False),
            ):
                with self.subTest(code=code, pattern=pattern, match=match):
                    request = peer.request()
                    peer.send(code, request, {"match": match}, pattern)
                    if well:
                        peer.expect(code + 1, request, ANY_ID)
                    else:
                        peer.expect_error(code, request, "wamp.error.invalid_uri")

    def test_those_of_the_router_are_not_for_clients_to_offer(self):
        peer = self.peer()
        for options in ({}, {"match": "prefix"}, {"match": "wildcard"}, {"invoke": "roundrobin"}):
            peer.refused(REGISTER, "wamp.error.invalid_uri", options, "wamp.session.count")
        peer.refused(PUBLISH, "wamp.error.invalid_uri", {"acknowledge": True}, "wamp.session.on_join")
        peer.send(PUBLISH, peer.request(), {}, "wamp.session.on_join")
        peer.subscribe("wamp.session.on_join")
        peer.refused(CALL, "wamp.error.no_such_procedure", {}, "wamp.session.counts")
        peer.subscribe("wamply.topic")
        peer.register("wampum.procedure")


class Options(HouseCase):
    def test_unknown_ones_are_ignored(self):
        peer = self.peer()
        unknown = {"unknown": {"deep": [1, {"x": None}]}, "another": 5}
        topic, procedure = self.uri("topic"), self.uri("procedure")
        subscription = peer.subscribe(topic, **unknown)
        publication = peer.publish(topic, exclude_me=False, **unknown)
        self.assertEqual(peer.receive(), [EVENT, subscription, publication, {}])
        registration = peer.register(procedure, **unknown)
        request = peer.call(procedure, **unknown)
        invocation = peer.expect_invocation(registration)
        peer.send(YIELD, invocation, unknown)
        peer.expect(RESULT, request, {})

    def test_null_stands_for_one_that_is_not_given(self):
        peer = self.peer()
        subscription = peer.subscribe(self.uri("topic"), match=None)
        publication = peer.publish(self.uri("topic"), exclude_me=False, disclose_me=None, eligible=None)
        peer.expect(EVENT, subscription, publication, {})

    def test_custom_ones_are_forwarded(self):
        for other in SERIALIZERS:
            with self.subTest(other=other):
                self.forward_custom(self.peer(), self.peer(serializer=other), other)

    def forward_custom(self, one, two, name):
        custom = {"_trace": "abc", "x_span": {"id": 7, "list": [1, None]}}
        topic, procedure = self.uri(f"{name}.topic"), self.uri(f"{name}.procedure")
        subscription, registration = two.subscribe(topic), two.register(procedure)
        publication = one.publish(topic, ignored=1, **custom)
        two.expect(EVENT, subscription, publication, custom)
        request = one.call(procedure, ignored=1, **custom)
        invocation = two.expect_invocation(registration, custom)
        two.send(YIELD, invocation, {**custom, "ignored": 1})
        one.expect(RESULT, request, custom)
        request = one.call(procedure)
        invocation = two.expect_invocation(registration)
        two.send(ERROR, INVOCATION, invocation, {**custom, "ignored": 1}, "com.example.error")
        one.expect(ERROR, CALL, request, custom, "com.example.error")


class Bounds(HouseCase):
    """What a session may have is limited, and what is beyond the limit is refused by an error."""

    def test_of_subscriptions(self):
        peer = self.peer(transport="bounded")
        subscription = peer.subscribe(self.uri("first"))
        peer.subscribe(self.uri("second"))
        peer.subscribe(self.uri("second"))
        peer.refused(SUBSCRIBE, "wamp.error.too_many_requests", {}, self.uri("third"))
        peer.unsubscribe(subscription)
        peer.subscribe(self.uri("third"))

    def test_of_registrations(self):
        peer = self.peer(transport="bounded")
        registration = peer.register(self.uri("first"))
        peer.register(self.uri("second"))
        peer.refused(REGISTER, "wamp.error.too_many_requests", {}, self.uri("third"))
        peer.unregister(registration)
        peer.register(self.uri("third"))

    def test_of_calls_without_answer(self):
        peer = self.peer(transport="bounded")
        procedure = self.uri("procedure")
        registration = peer.register(procedure)
        requests = [peer.call(procedure) for _ in range(2)]
        for number in (1, 2):
            peer.expect(INVOCATION, number, registration, {})
        peer.refused(CALL, "wamp.error.too_many_requests", {}, procedure)
        peer.send(YIELD, 1, {})
        peer.expect(RESULT, requests[0], {})
        peer.call(procedure)
        peer.expect(INVOCATION, 3, registration, {})


if __name__ == "__main__":
    unittest.main()
