# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Event histories in both kinds of stores, and what a durable one outlives: a restart, SIGKILL, a full disk."""

import os
import random
import resource
import sqlite3
import stat
import tempfile

from house import RouterCase, open_realm
from junctor_process import JunctorProcess, node_config, tcp_transport
from wamp_peer import ANY_ID, ERROR, EVENT, PUBLISH, PUBLISHED, RESULT

TOPIC = "com.example.orders"
UNAVAILABLE = "wamp.error.unavailable"


def store(kind, **keys):
    rules = [{"uri": f"{TOPIC}.*"}, {"uri": f"{TOPIC}.new"}]
    path = {"path": "events.sqlite"} if kind == "sqlite" else {}
    return {"type": kind, "limit": 100000, "event-history": rules, **path, **keys}


class StoreCase(RouterCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(folder.cleanup)
        self.directory = folder.name

    def route(self, kind="sqlite", ready=True, **keys):
        """A router with a store of this kind, whose files stay where they are when it ends."""
        realm = {**open_realm("realm1"), "store": store(kind, **keys)}
        router = JunctorProcess(node_config([tcp_transport()], [realm]), directory=self.directory)
        self.addCleanup(router.kill)
        return router.wait_until_ready() if ready else router

    def client(self, router):
        return self.peer(router.urls[0], "json")

    def ask(self, peer, procedure, *arguments, **keywords):
        request = peer.call(procedure, list(arguments), keywords)
        answer = peer.receive()
        self.assertEqual(answer[:3], [RESULT, request, {}])
        return answer[3][0]

    def history(self, peer, match="prefix"):
        uri = f"{TOPIC}." if match == "prefix" else f"{TOPIC}.new"
        return self.ask(peer, "wamp.subscription.lookup", uri, {"match": match})

    def events(self, peer, match="prefix", **conditions):
        return self.ask(peer, "wamp.subscription.get_events", self.history(peer, match), **conditions)

    def found(self, peer, match="prefix", **conditions):
        """The numbers that the events bear."""
        return [event["args"][0] for event in self.events(peer, match, **conditions)]

    def burst(self, peer, numbers):
        """Publishes with acknowledgements, all at once."""
        peer.send_all(
            *((PUBLISH, peer.request(), {"acknowledge": True}, f"{TOPIC}.new", [number]) for number in numbers)
        )


class Filters:
    """What can be asked for, of a store of the kind `kind`."""

    def setUp(self):
        super().setUp()
        self.peer_ = self.client(self.route(self.kind))
        self.topics = [f"{TOPIC}.{name}" for name in ("new", "old", "old", "new", "old", "new")]
        self.ids = [self.peer_.publish(topic, [number]) for number, topic in enumerate(self.topics)]

    def test_every_condition_and_pair_of_conditions(self):
        """Compared with what the conditions say about the list of all events."""
        told = self.events(self.peer_)
        self.assertEqual([event["publication"] for event in told], self.ids)
        self.assertEqual([event["details"]["topic"] for event in told], self.topics)
        place = {id_: number for number, id_ in enumerate(self.ids)}
        times = [event["timestamp"] for event in told]

        def holds(key, wanted, number):
            own = times[number] if key.endswith("_time") else number
            wanted = wanted if key.endswith("_time") else place.get(wanted, wanted)
            if key == "topic":
                return self.topics[number] == wanted
            kind = key.split("_")[0]
            # What is told is cut to milliseconds: only the first time, and those far away, can be compared.
            return {"from": own >= wanted, "after": own > wanted, "before": own < wanted, "until": own <= wanted}[kind]

        conditions = [("topic", self.topics[1]), ("topic", "com.other")]
        conditions += [(f"{kind}_publication", self.ids[2]) for kind in ("from", "after", "before", "until")]
        conditions += [("from_time", times[0]), ("before_time", times[0])]
        conditions += [("after_time", "2199-01-01T00:00:00Z"), ("until_time", "2199-01-01T00:00:00Z")]
        for first in conditions:
            for second in conditions:
                asked = dict((first, second))
                for reverse in (False, True):
                    wanted = [n for n in range(6) if all(holds(key, value, n) for key, value in asked.items())]
                    wanted = wanted[::-1] if reverse else wanted
                    with self.subTest(asked=asked, reverse=reverse):
                        self.assertEqual(self.found(self.peer_, **asked, reverse=reverse), wanted)
                        self.assertEqual(self.found(self.peer_, **asked, reverse=reverse, limit=2), wanted[:2])

    def test_the_history_of_one_topic(self):
        self.assertEqual(self.found(self.peer_, "exact"), [0, 3, 5])
        self.assertEqual(self.events(self.peer_, "exact")[0]["details"], {})

    def test_lists_of_names_hold_when_events_are_asked_for(self):
        self.peer_.publish(f"{TOPIC}.new", [10], eligible_authrole=["staff"])
        self.peer_.publish(f"{TOPIC}.new", [11], exclude_authrole=["staff"])
        self.peer_.publish(f"{TOPIC}.new", [12], eligible=[self.peer_.session])
        self.assertEqual(self.found(self.peer_, "exact"), [0, 3, 5, 11])

    def test_a_publication_that_is_not_there(self):
        request = self.peer_.call(
            "wamp.subscription.get_events", [self.history(self.peer_)], {"after_publication": 12345}
        )
        code, _, asked, _, uri, _ = self.peer_.receive()
        self.assertEqual((code, asked, uri), (ERROR, request, "wamp.error.invalid_argument"))

    def test_what_was_published_without_acknowledgement_is_found_at_once(self):
        self.peer_.send(PUBLISH, self.peer_.request(), {}, f"{TOPIC}.new", [20])
        self.assertEqual(self.found(self.peer_, after_publication=self.ids[-1]), [20])


class MemoryFilters(Filters, StoreCase):
    kind = "memory"


class SqliteFilters(Filters, StoreCase):
    kind = "sqlite"


class Durability(StoreCase):
    def test_a_restart_keeps_all(self):
        router = self.route()
        peer = self.client(router)
        ids = [peer.publish(f"{TOPIC}.new", [number]) for number in range(20)]
        peer.publish(f"{TOPIC}.new", [20], eligible_authrole=["staff"])
        self.assertEqual(router.stop(), 0)
        router = self.route()
        peer = self.client(router)
        self.assertEqual([event["publication"] for event in self.events(peer, "exact")], ids)
        self.assertEqual({event["subscription"] for event in self.events(peer)}, {self.history(peer)})
        self.assertEqual(self.found(peer, after_publication=ids[17]), [18, 19])
        self.assertEqual(router.stop(), 0)

    def test_what_was_acknowledged_outlives_sigkill(self):
        """The process is killed in the middle of publishing, again and again."""
        seed = random.randrange(1 << 32)
        draw = random.Random(seed)
        acknowledged, published, next_number = [], set(), 0
        for round_ in range(12):
            router = self.route()
            peer = self.client(router)
            kept = self.found(peer, "exact")
            with self.subTest(seed=seed, round=round_):
                self.assertEqual(kept, sorted(set(kept)))
                self.assertLessEqual(set(acknowledged), set(kept))
                self.assertLessEqual(set(kept), published)
            numbers = range(next_number, next_number + 200)
            next_number += 200
            published.update(numbers)
            enough = draw.randrange(1, 150)
            self.burst(peer, numbers)
            first = None
            try:
                for count in range(200):
                    _, request, _ = peer.expect(PUBLISHED, ANY_ID, ANY_ID)
                    first = request if first is None else first
                    acknowledged.append(numbers[request - first])
                    if count == enough:
                        router.send_signal(9)
            except (AssertionError, OSError):
                pass  # The connection has ended with the process.
            router.kill()
        self.assertGreater(len(acknowledged), 12)

    def test_a_publisher_that_leaves_does_not_wait(self):
        router = self.route()
        peer = self.client(router)
        self.burst(peer, range(100))
        peer.close()
        other = self.client(router)
        other.publish(f"{TOPIC}.new", [100])
        self.assertEqual(self.found(other, "exact", reverse=True, limit=1), [100])
        self.assertEqual(router.stop(), 0)

    def test_a_full_disk_is_an_error_and_no_more(self):
        """The file may not grow for a while."""
        router = self.route()
        peer, subscriber = self.client(router), self.client(router)
        subscription = subscriber.subscribe(f"{TOPIC}.new")
        peer.publish(f"{TOPIC}.new", [0])
        subscriber.expect(EVENT, subscription, ANY_ID, {}, [0])
        before = resource.prlimit(router.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(router.pid, resource.RLIMIT_FSIZE, (1024, before[1]))
        request = peer.request()
        peer.send(PUBLISH, request, {"acknowledge": True}, f"{TOPIC}.new", [1])
        peer.expect_error(PUBLISH, request, UNAVAILABLE)
        subscriber.expect(EVENT, subscription, ANY_ID, {}, [1])  # Events do not wait for the disk.
        peer.fence()
        failed = router.wait_for_event("event store failed")
        self.assertIn("events.sqlite", failed["cause"])
        self.assertEqual(failed["events_lost"], 1)
        resource.prlimit(router.pid, resource.RLIMIT_FSIZE, before)
        peer.publish(f"{TOPIC}.new", [2])
        self.assertEqual(self.found(peer, "exact"), [0, 2])
        self.assertEqual(router.stop(), 0)

    def test_the_file_is_for_its_owner_alone(self):
        router = self.route()
        self.client(router).publish(f"{TOPIC}.new", [0])
        files = [name for name in os.listdir(self.directory) if name.startswith("events.sqlite")]
        self.assertIn("events.sqlite", files)
        for name in files:
            mode = os.stat(os.path.join(self.directory, name)).st_mode
            self.assertEqual(stat.S_IMODE(mode) & 0o077, 0, name)
        self.assertEqual(router.stop(), 0)


class Refusals(StoreCase):
    def refusal(self):
        router = self.route(ready=False)
        cause = router.wait_for_event("cannot start")["cause"]
        self.assertEqual(router.wait(), 3)
        self.assertIn(os.path.join(self.directory, "events.sqlite"), cause)
        return cause

    def test_a_file_that_another_router_uses(self):
        router = self.route()
        self.assertIn("in use by another process", self.refusal())
        self.assertEqual(router.stop(), 0)

    def test_a_file_that_is_no_database(self):
        with open(os.path.join(self.directory, "events.sqlite"), "wb") as file:
            file.write(b"x" * 5000)
        self.assertIn("is damaged", self.refusal())

    def test_a_file_of_a_newer_version(self):
        self.assertEqual(self.route().stop(), 0)
        database = sqlite3.connect(os.path.join(self.directory, "events.sqlite"))
        database.execute("PRAGMA user_version = 2")
        database.close()
        self.assertIn("newer version of Junctor", self.refusal())
