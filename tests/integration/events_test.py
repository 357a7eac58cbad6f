# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Publishing and subscribing. Spec: basic profile, "Publish and Subscribe"; advanced profile, "Advanced PubSub"."""

import unittest

from house import HouseCase, on_every_link, open_house, with_every_serializer
from wamp_peer import ANY_DICT, ANY_ID, EVENT, PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED, roles_with

setUpModule = open_house

# Payloads as they may stand at the end of a message: neither, args, args and kwargs.
BODIES = ([], [[]], [["text", 7, None]], [[], {"key": "value"}], [[1], {"a": [2], "b": {"c": 3.5}}], [[], {}])


@on_every_link
class Events(HouseCase):
    def setUp(self):
        super().setUp()
        self.publisher, self.subscriber = self.peer(), self.peer()
        self.topic = self.uri("topic")

    def test_an_event_has_the_payload_of_its_publication(self):
        subscription = self.subscriber.subscribe(self.topic)
        for body in BODIES:
            with self.subTest(body=body):
                publication = self.publisher.publish(self.topic, *body)
                self.subscriber.expect(EVENT, subscription, publication, {}, *body)

    def test_subscribing_again_gives_the_same_subscription_and_no_second_event(self):
        subscription = self.subscriber.subscribe(self.topic)
        self.assertEqual(self.subscriber.subscribe(self.topic), subscription)
        publication = self.publisher.publish(self.topic)
        self.subscriber.expect(EVENT, subscription, publication, {})
        self.subscriber.fence()
        self.subscriber.unsubscribe(subscription)
        self.publisher.publish(self.topic)
        self.subscriber.fence()

    def test_all_subscribers_of_a_topic_share_one_subscription(self):
        peers = [self.peer() for _ in range(4)]
        subscriptions = {peer.subscribe(self.topic) for peer in peers}
        self.assertEqual(len(subscriptions), 1)
        self.assertNotIn(self.subscriber.subscribe(self.topic, match="prefix"), subscriptions)
        publication = self.publisher.publish(self.topic, ["all"])
        for peer in peers:
            peer.expect(EVENT, *subscriptions, publication, {}, ["all"])

    def test_a_publication_is_acknowledged_only_if_asked_for(self):
        subscription = self.subscriber.subscribe(self.topic)
        for options in ({}, {"acknowledge": False}):
            self.publisher.send(PUBLISH, self.publisher.request(), options, self.topic)
            self.publisher.fence()
            self.subscriber.expect(EVENT, subscription, ANY_ID, {})
        self.publisher.send(PUBLISH, self.publisher.request(), {}, "not a uri")
        self.publisher.fence()
        self.publisher.refused(PUBLISH, "wamp.error.invalid_uri", {"acknowledge": True}, "not a uri")
        self.publisher.publish(self.uri("nobody.listens"))

    def test_a_publisher_does_not_get_its_own_event_unless_it_wants_to(self):
        subscription = self.publisher.subscribe(self.topic)
        for options in ({}, {"exclude_me": True}):
            self.publisher.publish(self.topic, **options)
            self.publisher.fence()
        publication = self.publisher.publish(self.topic, ["mine"], exclude_me=False)
        self.publisher.expect(EVENT, subscription, publication, {}, ["mine"])

    def test_no_event_comes_after_unsubscribed(self):
        subscription = self.subscriber.subscribe(self.topic)
        request = self.subscriber.request()
        self.subscriber.send(UNSUBSCRIBE, request, subscription)
        for _ in range(20):
            self.publisher.send(PUBLISH, self.publisher.request(), {}, self.topic)
        self.publisher.fence()
        message = self.subscriber.receive()
        while message[0] == EVENT:
            message = self.subscriber.receive()
        self.assertEqual(message, [UNSUBSCRIBED, request])
        self.subscriber.fence()
        self.subscriber.refused(UNSUBSCRIBE, "wamp.error.no_such_subscription", subscription)

    def test_the_order_of_events_is_kept_across_topics(self):
        topics = [self.uri("one"), self.uri("two")]
        subscriptions = [self.subscriber.subscribe(topic) for topic in topics]
        self.publisher.send_all(*[[PUBLISH, n, {}, topics[n % 7 % 2], [n]] for n in range(1, 201)])
        for n in range(1, 201):
            self.subscriber.expect(EVENT, subscriptions[n % 7 % 2], ANY_ID, {}, [n])

    def test_a_subscriber_learns_of_its_subscription_first(self):
        self.publisher.send_all(
            [SUBSCRIBE, 1, {}, self.topic], [PUBLISH, 2, {"acknowledge": True, "exclude_me": False}, self.topic]
        )
        subscription = self.publisher.expect(SUBSCRIBED, 1, ANY_ID)[2]
        came = sorted([self.publisher.receive(), self.publisher.receive()])
        publication = came[0][2]
        self.assertEqual(came, [[PUBLISHED, 2, publication], [EVENT, subscription, publication, {}]])

    def test_a_retained_event_comes_to_who_asks_for_it(self):
        for body in BODIES:
            with self.subTest(body=body):
                publication = self.publisher.publish(self.topic, *body, retain=True)
                self.publisher.publish(self.topic, ["not retained"])
                late = self.peer()
                subscription = late.subscribe(self.topic, get_retained=True)
                late.expect(EVENT, subscription, publication, {"retained": True}, *body)
                self.assertEqual(late.subscribe(self.topic), subscription)
                late.fence()

    def test_a_pattern_brings_the_retained_event_of_each_topic(self):
        topics = [self.uri(f"t{number:03}") for number in range(100)]
        publications = {topic: self.publisher.publish(topic, [topic], retain=True) for topic in reversed(topics)}
        subscription = self.subscriber.subscribe(self.uri("t"), match="prefix", get_retained=True)
        for topic in topics:
            details = {"retained": True, "topic": topic}
            self.subscriber.expect(EVENT, subscription, publications[topic], details, [topic])
        self.subscriber.fence()

    def test_a_retained_event_keeps_to_its_lists_after_its_publisher_has_left(self):
        other = self.peer()
        for_all = self.publisher.publish(self.topic, ["all"], retain=True, disclose_me=True)
        for_one = self.publisher.publish(self.topic, ["one"], retain=True, eligible=[other.session])
        self.publisher.close()
        subscription = other.subscribe(self.topic, get_retained=True)
        other.expect(EVENT, subscription, for_one, {"retained": True}, ["one"])
        subscription = self.subscriber.subscribe(self.topic, get_retained=True)
        came = self.subscriber.expect(EVENT, subscription, for_all, ANY_DICT, ["all"])
        self.assertEqual((came[3]["retained"], came[3]["publisher"]), (True, self.publisher.session))

    def test_an_unknown_subscription_cannot_be_ended(self):
        self.subscriber.refused(UNSUBSCRIBE, "wamp.error.no_such_subscription", 4711)

    def test_sessions_are_listed_and_unlisted_by_their_ids(self):
        peers = [self.peer() for _ in range(3)]
        subscription = {peer.subscribe(self.topic) for peer in peers}.pop()
        a, b, c = (peer.session for peer in peers)
        for options, receivers in (
            ({"exclude": [a]}, (1, 2)),
            ({"exclude": [a, b, c, 4711]}, ()),
            ({"exclude": []}, (0, 1, 2)),
            ({"eligible": [b]}, (1,)),
            ({"eligible": [c, a, 4711]}, (0, 2)),
            ({"eligible": []}, ()),
            ({"eligible": [a, b], "exclude": [b, c]}, (0,)),
        ):
            with self.subTest(options=options):
                publication = self.publisher.publish(self.topic, **options)
                for at, peer in enumerate(peers):
                    if at in receivers:
                        peer.expect(EVENT, subscription, publication, {})
                    peer.fence()


@on_every_link
class Patterns(HouseCase):
    def test_a_prefix_and_a_wildcard_match_what_they_should_and_tell_the_topic(self):
        publisher = self.peer()
        base = self.uri("base")
        for match, pattern, matching, others in (
            (
                "prefix",
                f"{base}.top",
                (f"{base}.top", f"{base}.topic", f"{base}.top.x.y"),
                (f"{base}.to", f"{base}.x.top"),
            ),
            (
                "wildcard",
                f"{base}..x.",
                (f"{base}.a.x.b", f"{base}.x.x.x"),
                (f"{base}.a.x", f"{base}.a.y.b", f"{base}.a.b.x.b"),
            ),
        ):
            subscriber = self.peer()
            subscription = subscriber.subscribe(pattern, match=match)
            for topic in matching:
                with self.subTest(match=match, topic=topic):
                    publication = publisher.publish(topic, [topic])
                    subscriber.expect(EVENT, subscription, publication, {"topic": topic}, [topic])
            for topic in others:
                with self.subTest(match=match, topic=topic):
                    publisher.publish(topic)
                    subscriber.fence()

    def test_one_publication_reaches_every_subscription_of_a_session_that_matches(self):
        subscriber, publisher = self.peer(), self.peer()
        topic = self.uri("a.b.c")
        wildcard = topic.replace(".b.", "..")
        patterns = (("exact", topic), ("prefix", topic[:-2]), ("prefix", topic), ("wildcard", wildcard))
        subscriptions = {subscriber.subscribe(pattern, match=match): match for match, pattern in patterns}
        self.assertEqual(len(subscriptions), 4)
        publication = publisher.publish(topic, ["once"])
        came = {}
        for _ in subscriptions:
            _, subscription, same_publication, details, args = subscriber.receive()
            self.assertEqual((same_publication, args), (publication, ["once"]))
            came[subscription] = details
        wanted = {id_: {} if match == "exact" else {"topic": topic} for id_, match in subscriptions.items()}
        self.assertEqual(came, wanted)
        subscriber.fence()

    def test_one_topic_under_several_policies_is_several_subscriptions(self):
        subscriber, topic = self.peer(), self.uri("topic")
        subscriptions = [subscriber.subscribe(topic, match=match) for match in ("exact", "prefix", "wildcard")]
        self.assertEqual(len(set(subscriptions)), 3)
        subscriber.unsubscribe(subscriptions[0])
        publication = self.peer().publish(topic)
        came = sorted([subscriber.receive(), subscriber.receive()])
        self.assertEqual(came, [[EVENT, id_, publication, {"topic": topic}] for id_ in sorted(subscriptions[1:])])
        subscriber.fence()


@with_every_serializer
class Identities(HouseCase):
    """What depends on who somebody is: alice and bob are staff, carol is a guest."""

    def setUp(self):
        super().setUp()
        self.topic = self.uri("topic")
        self.all = {name: self.peer(transport=name) for name in ("alice", "bob", "carol")}
        self.subscription = {peer.subscribe(self.topic) for peer in self.all.values()}.pop()
        self.publisher = self.peer()

    def test_subscribers_are_listed_and_unlisted_by_authid_and_authrole(self):
        alice, bob, carol = self.all
        sessions = {name: peer.session for name, peer in self.all.items()}
        for options, receivers in (
            ({"exclude_authid": [alice]}, (bob, carol)),
            ({"exclude_authid": []}, (alice, bob, carol)),
            ({"eligible_authid": [alice, carol, "dave"]}, (alice, carol)),
            ({"eligible_authid": []}, ()),
            ({"exclude_authrole": ["staff"]}, (carol,)),
            ({"eligible_authrole": ["staff"]}, (alice, bob)),
            ({"eligible_authrole": ["guest", "staff"]}, (alice, bob, carol)),
            ({"eligible_authrole": []}, ()),
            ({"eligible_authrole": ["staff"], "exclude_authid": [bob]}, (alice,)),
            ({"eligible_authrole": ["staff"], "eligible_authid": [bob, carol]}, (bob,)),
            ({"eligible": [sessions[alice], sessions[carol]], "eligible_authrole": ["guest"]}, (carol,)),
            ({"eligible": [sessions[alice]], "eligible_authid": [bob]}, ()),
            (
                {
                    "eligible": list(sessions.values()),
                    "eligible_authid": [alice, bob, carol],
                    "eligible_authrole": ["staff", "guest"],
                    "exclude": [sessions[alice]],
                    "exclude_authid": [bob],
                    "exclude_authrole": ["nobody"],
                },
                (carol,),
            ),
        ):
            with self.subTest(options=options):
                publication = self.publisher.publish(self.topic, **options)
                for name, peer in self.all.items():
                    if name in receivers:
                        peer.expect(EVENT, self.subscription, publication, {})
                    peer.fence()

    def test_a_publisher_is_made_known_if_it_asks_for_it_and_not_otherwise(self):
        alice, bob, carol = self.all.values()
        who = {"publisher": alice.session, "publisher_authid": "alice", "publisher_authrole": "staff"}
        publication = alice.publish(self.topic, disclose_me=True)
        for peer in (bob, carol):
            peer.expect(EVENT, self.subscription, publication, who)
        for options in ({}, {"disclose_me": False}):
            publication = alice.publish(self.topic, **options)
            for peer in (bob, carol):
                peer.expect(EVENT, self.subscription, publication, {})

    def test_a_realm_may_forbid_it(self):
        subscriber, publisher = self.peer("realm.discreet"), self.peer("realm.discreet")
        subscription = subscriber.subscribe(self.topic)
        known = {"disclose_me": True}
        error = "wamp.error.option_disallowed.disclose_me"
        publisher.refused(PUBLISH, error, {"acknowledge": True, **known}, self.topic)
        publisher.send(PUBLISH, publisher.request(), known, self.topic)
        publisher.fence()
        subscriber.fence()
        publication = publisher.publish(self.topic)
        subscriber.expect(EVENT, subscription, publication, {})

    def test_realms_do_not_hear_each_other(self):
        stranger = self.peer("realm.discreet")
        stranger.subscribe(self.topic)
        stranger.subscribe("", match="prefix")
        self.publisher.publish(self.topic)
        stranger.fence()


@with_every_serializer
class PayloadPassthru(HouseCase):
    ROLES = roles_with(publisher=["payload_passthru_mode"], subscriber=["payload_passthru_mode"])
    SCHEME = {"ppt_scheme": "x_mine", "ppt_serializer": "cbor", "ppt_cipher": "xsalsa20poly1305", "ppt_keyid": "key"}

    def test_it_reaches_those_who_know_it_and_nobody_else(self):
        publisher = self.peer(roles=self.ROLES)
        self.assertIs(publisher.details["roles"]["broker"]["features"].get("payload_passthru_mode"), True)
        knowing, others = self.peer(roles=self.ROLES), self.peer()
        topic = self.uri("topic")
        subscription = knowing.subscribe(topic)
        others.subscribe(topic)
        publication = publisher.publish(topic, [b"\x00\xfftext"], **self.SCHEME)
        knowing.expect(EVENT, subscription, publication, self.SCHEME, [b"\x00\xfftext"])
        others.fence()
        publication = publisher.publish(topic, ["plain"])
        others.expect(EVENT, subscription, publication, {}, ["plain"])


if __name__ == "__main__":
    unittest.main()
