# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The meta APIs of sessions, registrations and subscriptions, and testaments.
Spec: advanced profile, "Meta API", "Session Testament"."""

import datetime
import unittest

from house import HouseCase, on_every_link, open_house, wait_until, with_every_serializer
from wamp_peer import (
    ANY_DICT,
    ANY_ID,
    ANY_TEXT,
    CALL,
    ERROR,
    EVENT,
    GOODBYE,
    ID_MAX,
    RESULT,
    SUBSCRIBE,
    SUBSCRIBED,
    UNSUBSCRIBE,
    Frame,
    Matcher,
    same,
)

setUpModule = open_house


def time_of(text):
    """The time of day that a text names in UTC, with milliseconds."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)


def is_now(text):
    """Whether a text is the time of day, give or take some minutes."""
    return abs(datetime.datetime.now(datetime.timezone.utc) - time_of(text)) < datetime.timedelta(minutes=10)


NOW = Matcher("NOW", is_now)
ANY_LIST = Matcher("ANY_LIST", lambda value: type(value) is list)


class MetaCase(HouseCase):
    """The sessions of other tests may still be leaving the realm: what is told of them is passed over."""

    def setUp(self):
        super().setUp()
        self.sessions = set()

    def peer(self, *arguments, **keys):
        joined = super().peer(*arguments, **keys)
        self.sessions.add(joined.session)
        return joined

    def is_of_others(self, message):
        about = message[4][0] if message[0] == EVENT and len(message) > 4 else None
        session = about["session"] if isinstance(about, dict) else about
        return session is not None and session not in self.sessions

    def expect(self, peer, *wanted):
        """As `peer.expect`."""
        message = peer.receive()
        while self.is_of_others(message):
            message = peer.receive()
        self.assertTrue(same(list(wanted), message), peer.told(f"{message} instead of {wanted}"))
        return message

    def ask(self, peer, procedure, *body):
        """The positional results of a meta procedure."""
        request = peer.call(procedure, *body)
        return self.expect(peer, RESULT, request, {}, ANY_LIST)[3]

    def watch(self, peer, kind, *verbs):
        """Subscribes to events about what is of this kind; returns the subscriptions. What comes of itself is lost."""
        subscriptions = []
        for verb in verbs:
            request = peer.request()
            peer.send(SUBSCRIBE, request, {}, f"wamp.{kind}.{verb}")
            subscriptions.append(self.skip_until(peer, SUBSCRIBED, request)[2])
        request = peer.request()
        peer.send(UNSUBSCRIBE, request, ID_MAX)
        self.skip_until(peer, ERROR, UNSUBSCRIBE, request)
        return subscriptions

    @staticmethod
    def skip_until(peer, *beginning):
        """The next message that begins so."""
        while True:
            message = peer.receive()
            if tuple(message[: len(beginning)]) == beginning:
                return message

    def tell(self, peer, procedure, *body):
        """Calls a meta procedure that has no results."""
        request = peer.call(procedure, *body)
        self.expect(peer, RESULT, request, {})


@on_every_link
class Sessions(MetaCase):
    def test_a_session_is_told_of_with_its_transport(self):
        watcher = self.peer()
        joins, leaves = self.watch(watcher, "session", "on_join", "on_leave")
        peer = self.peer()
        details = {key: peer.details[key] for key in ("authid", "authrole", "authmethod", "authprovider")}
        told = self.expect(watcher, EVENT, joins, ANY_ID, {}, [ANY_DICT])[4][0]
        transport = told.pop("transport")
        self.assertEqual(told, {"session": peer.session, **details})
        kind = "tcp" if self.transport == "web" else self.transport
        self.assertEqual(transport["channel_type"], kind)
        self.assertEqual(transport["channel_framing"], "websocket" if self.transport == "web" else "rawsocket")
        self.assertEqual(transport["channel_serializer"], self.serializer)
        self.assertEqual(transport["is_secure"], self.transport == "tls")
        self.assertRegex(transport["peer"], "^unix:" if kind == "unix" else r"^tcp4:127\.0\.0\.1:\d+$")
        self.assertEqual(self.ask(watcher, "wamp.session.get", [peer.session]), [{**told, "transport": transport}])

        peer.close()
        gone = [peer.session, details["authid"], details["authrole"]]
        self.expect(watcher, EVENT, leaves, ANY_ID, {}, gone)

    def test_a_killed_session_is_told_so_and_its_connection_ends(self):
        watcher, victim = self.peer(), self.peer()
        procedure = self.uri("work")
        victim.register(procedure)
        (leaves,) = self.watch(watcher, "session", "on_leave")
        why = {"reason": "com.example.fired", "message": "why"}
        self.tell(watcher, "wamp.session.kill", [victim.session], why)
        victim.expect(GOODBYE, {"message": "why"}, "com.example.fired")
        victim.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
        self.expect(watcher, EVENT, leaves, ANY_ID, {}, [victim.session, ANY_TEXT, ANY_TEXT])
        request = watcher.call(procedure)
        self.expect(watcher, ERROR, CALL, request, {}, "wamp.error.no_such_procedure")
        victim.expect_end()

    def test_testaments_are_published_when_the_connection_is_lost(self):
        heir, testator = self.peer(), self.peer()
        topic = self.uri("gone")
        subscription = heir.subscribe(topic)
        self.tell(testator, "wamp.session.add_testament", [topic, ["destroyed"], {"b": b"\0\1"}])
        self.tell(testator, "wamp.session.add_testament", [topic, ["detached"], {}], {"scope": "detached"})
        testator.reset()
        heir.expect(EVENT, subscription, ANY_ID, {}, ["detached"], {})
        heir.expect(EVENT, subscription, ANY_ID, {}, ["destroyed"], {"b": b"\0\1"})


@with_every_serializer
class Registrations(MetaCase):
    def test_a_registration_is_told_of_from_beginning_to_end(self):
        watcher, callee = self.peer("realm.discreet"), self.peer("realm.discreet")
        verbs = ("on_create", "on_register", "on_unregister", "on_delete")
        events = dict(zip(verbs, self.watch(watcher, "registration", *verbs)))
        procedure = self.uri("work")
        registration = callee.register(procedure, match="prefix", invoke="last")
        told = {"id": registration, "created": NOW, "uri": procedure, "match": "prefix", "invoke": "last"}
        self.expect(watcher, EVENT, events["on_create"], ANY_ID, {}, [callee.session, told])
        self.expect(watcher, EVENT, events["on_register"], ANY_ID, {}, [callee.session, registration])
        self.assertTrue(same([told], self.ask(watcher, "wamp.registration.get", [registration])))
        self.assertEqual(self.ask(watcher, "wamp.registration.match", [procedure + ".x"]), [registration])
        self.assertEqual(self.ask(watcher, "wamp.registration.list_callees", [registration]), [[callee.session]])
        callee.close()
        self.expect(watcher, EVENT, events["on_unregister"], ANY_ID, {}, [callee.session, registration])
        self.expect(watcher, EVENT, events["on_delete"], ANY_ID, {}, [callee.session, registration])

    def test_the_router_explains_where_a_call_goes(self):
        callee = self.peer()
        registration = callee.register(self.uri("work."), match="prefix")
        (answer,) = self.ask(callee, "junctor.registration.explain", [self.uri("work.hard")])
        self.assertEqual(answer["registration"], registration)
        self.assertTrue(answer["allowed"])
        self.assertIn("longest prefix", answer["because"])
        self.assertIn(registration, [match["id"] for match in answer["matches"]])


@with_every_serializer
class Subscriptions(MetaCase):
    def test_a_subscription_is_told_of_from_beginning_to_end(self):
        watcher, subscriber = self.peer("realm.discreet"), self.peer("realm.discreet")
        verbs = ("on_create", "on_subscribe", "on_unsubscribe", "on_delete")
        events = dict(zip(verbs, self.watch(watcher, "subscription", *verbs)))
        topic = self.uri("news")
        subscription = subscriber.subscribe(topic)
        told = {"id": subscription, "created": NOW, "uri": topic, "match": "exact"}
        self.expect(watcher, EVENT, events["on_create"], ANY_ID, {}, [subscriber.session, told])
        self.expect(watcher, EVENT, events["on_subscribe"], ANY_ID, {}, [subscriber.session, subscription])
        self.assertEqual(self.ask(watcher, "wamp.subscription.lookup", [topic]), [subscription])
        self.assertEqual(self.ask(watcher, "wamp.subscription.count_subscribers", [subscription]), [1])
        subscriber.reset()
        self.expect(watcher, EVENT, events["on_unsubscribe"], ANY_ID, {}, [subscriber.session, subscription])
        self.expect(watcher, EVENT, events["on_delete"], ANY_ID, {}, [subscriber.session, subscription])


@on_every_link
class History(MetaCase):
    def test_events_that_nobody_heard_can_be_asked_for(self):
        publisher, reader = self.peer("realm.archived"), self.peer("realm.archived")
        topic = self.uri("orders")
        first = publisher.publish(topic, [1], {"key": b"\0"})
        publisher.publish(topic)
        last = publisher.publish(topic, ["ü"])
        (subscription,) = self.ask(reader, "wamp.subscription.lookup", ["com.example.", {"match": "prefix"}])
        events = self.ask(reader, "wamp.subscription.get_events", [subscription], {"topic": topic})[0]
        told = {"timestamp": NOW, "subscription": subscription, "details": {"topic": topic}}
        wanted = [
            {**told, "publication": first, "args": [1], "kwargs": {"key": b"\0"}},
            {**told, "publication": ANY_ID},
            {**told, "publication": last, "args": ["ü"]},
        ]
        self.assertTrue(same(wanted, events), events)
        newer = {"topic": topic, "after_publication": first, "reverse": True, "limit": 1}
        events = self.ask(reader, "wamp.subscription.get_events", [subscription], newer)[0]
        self.assertEqual([event["publication"] for event in events], [last])

    def test_a_realm_says_whether_it_keeps_any(self):
        announced = self.peer("realm.archived").details["roles"]["broker"]["features"]
        self.assertIs(announced.get("event_history"), True)
        self.assertNotIn("event_history", self.peer("realm1").details["roles"]["broker"]["features"])


class Patience(MetaCase):
    def test_a_testament_bears_the_time_at_which_its_session_ended(self):
        """Also if nobody has said anything to the realm for a while before."""
        reader, testator = self.peer("realm.archived"), self.peer("realm.archived")
        topic = self.uri("gone")
        subscription = reader.subscribe(topic)
        self.tell(testator, "wamp.session.add_testament", [topic])
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(milliseconds=200)

        def ping():
            reader.send_frame(b"", Frame.PING)
            self.assertEqual(reader.receive_frame(), (Frame.PONG, b""))

        wait_until(lambda: datetime.datetime.now(datetime.timezone.utc) > later, ping)
        testator.reset()
        self.expect(reader, EVENT, subscription, ANY_ID, {})
        (history,) = self.ask(reader, "wamp.subscription.lookup", ["com.example.", {"match": "prefix"}])
        (event,) = self.ask(reader, "wamp.subscription.get_events", [history], {"topic": topic})[0]
        self.assertGreaterEqual(time_of(event["timestamp"]) + datetime.timedelta(milliseconds=1), later)

    def test_a_victim_that_says_nothing_is_cut_off(self):
        watcher, victim = self.peer(), self.peer(transport="unix")
        self.tell(watcher, "wamp.session.kill", [victim.session])
        victim.expect(GOODBYE, {}, "wamp.close.killed")
        victim.expect_end()


class Permissions(MetaCase):
    def test_who_has_no_permission_learns_nothing(self):
        peer = self.peer("realm.guarded")
        for procedure in ("wamp.session.list", "wamp.session.kill_all", "junctor.registration.explain"):
            request = peer.call(procedure)
            peer.expect_error(CALL, request, "wamp.error.not_authorized")

    def test_the_session_of_the_program_is_not_shown(self):
        peer = self.peer("realm.guarded", transport="alice")
        self.assertEqual(self.ask(peer, "wamp.session.list", [["trusted"]]), [[]])
        self.assertEqual(self.ask(peer, "wamp.session.list", [["staff"]]), [[peer.session]])


if __name__ == "__main__":
    unittest.main()
