# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What misbehaving, slow and vanishing clients can do: nothing to the others, and nothing that lasts."""

import contextlib
import json
import os
import random
import re
import resource
import subprocess
import unittest

from house import HouseCase, RouterCase, is_sanitized, open_house, peer_at, resident_bytes, wait_until
from junctor_process import JunctorProcess, binary, node_config, tcp_transport, unix_transport
from slow_clients import SlowClients
from wamp_peer import ABORT, ANY_ID, CALL, EVENT, GOODBYE, PATIENCE, PUBLISH, SERIALIZERS, SUBSCRIBE, SUBSCRIBED, YIELD
from wamp_peer import Connection, Frame, Peer, frame, handshake

setUpModule = open_house


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Vanishing(HouseCase):
    def test_a_thousand_connections_come_and_go_and_leave_nothing_behind(self):
        witness = self.peer()
        before = open_files(self.router.pid)
        openings = (b"", b"\x7f", handshake("json"), handshake("json") + b"\0\0\0\x10[1", b"GET / HTTP/1.1\r\n\r\n")
        for number in range(1000):
            visitor = Connection(self.url(("tcp", "unix", "web")[number % 3]))
            visitor.send_octets(openings[number % len(openings)])
            if number % 4:
                visitor.close()
            else:
                visitor.reset()
        wait_until(lambda: open_files(self.router.pid) <= before, witness.fence)
        self.peer().fence()

    def test_two_hundred_sessions_come_and_go_and_leave_nothing_behind(self):
        witness = self.peer()
        before = open_files(self.router.pid)
        topic = self.uri("topic")
        for number in range(200):
            visitor = peer_at(self.url(("tcp", "unix", "tls", "web")[number % 4]), "json").join()
            visitor.subscribe(topic)
            visitor.register(self.uri(f"procedure{number}"))
            if number % 2:
                visitor.close()
            else:
                visitor.reset()
        wait_until(lambda: open_files(self.router.pid) <= before, witness.fence)
        for number in range(200):
            witness.refused(CALL, "wamp.error.no_such_procedure", {}, self.uri(f"procedure{number}"))

    def test_a_peer_that_dies_in_the_middle_of_a_frame_is_gone_with_all_it_had(self):
        for transport in ("tcp", "unix", "tls"):
            caller, dying = self.peer(transport=transport), self.peer(transport=transport)
            procedure = self.uri(transport)
            registration = dying.register(procedure)
            request = caller.call(procedure)
            dying.expect_invocation(registration)
            whole = frame(dying.encode(YIELD, 1, {}, ["x" * 50_000]))
            dying.send_octets(whole[:20_000])
            dying.reset()
            caller.expect_error(CALL, request, "wamp.error.canceled")

    def test_every_session_that_joined_has_left(self):
        for _ in range(20):
            self.peer().close()

        def sessions():
            events = [event["event"] for event in self.router.log]
            return events.count("session joined") - events.count("session left")

        self.come_and_go()
        wait_until(lambda: sessions() == 0, self.come_and_go)

    def come_and_go(self):
        """A session that the log tells of, so that all that happened before is in it, too."""
        visitor = self.peer()
        visitor.leave()
        self.router.wait_for_event("session left", session=visitor.session)


class Garbage(HouseCase):
    transport = "unix"  # WebSocket ends by itself what is no text.

    def test_random_octets_bother_nobody(self):
        seed = random.randrange(2**32)
        with self.subTest(seed=seed):
            self.send_random_octets(random.Random(seed))

    def send_random_octets(self, chance):
        witness, publisher = self.peer(), self.peer()
        topic = self.uri("topic")
        subscription = witness.subscribe(topic)
        for number in range(60):
            visitor = self.connection(("tcp", "unix")[number % 2])
            octets = chance.randbytes(chance.randrange(1, 2000))
            try:
                if number % 3:
                    visitor.send_octets(handshake(chance.randrange(1, 4)))
                if number % 3 == 2:
                    octets = b"".join(frame(chance.randbytes(chance.randrange(40))) for _ in range(20))
                visitor.send_octets(octets)
            except OSError:
                pass  # It has been thrown out already.
            visitor.close()
            if number % 10 == 0:
                over_tls = self.connection("tls", tls=False)
                over_tls.send_octets(b"\x16\x03\x01" + octets)
                over_tls.close()
            publication = publisher.publish(topic, [number])
            witness.expect(EVENT, subscription, publication, {}, [number])
        witness.fence()

    def test_mutated_messages_are_answered_or_end_the_session(self):
        seed = random.randrange(2**32)
        chance = random.Random(seed)
        witness = self.peer()
        for serializer in SERIALIZERS:
            peer = self.peer(serializer=serializer)
            options = {"acknowledge": True, "exclude": [5]}
            whole = peer.encode(PUBLISH, 1, options, self.uri("topic"), [1, "x", None], {"k": 2.5})
            for number in range(150):
                octets = bytearray(whole)
                for _ in range(chance.randrange(1, 4)):
                    octets[chance.randrange(len(octets))] = chance.randrange(256)
                with self.subTest(seed=seed, serializer=serializer, octets=bytes(octets)):
                    peer.send_frame(bytes(octets))
                    peer.send_frame(peer.encode(SUBSCRIBE, 1000 + number, {}, self.uri("other")))
                    peer = self.go_on(peer, 1000 + number)
        witness.fence()

    def go_on(self, peer, request):
        """Reads up to the answer to `request`; a new peer takes the place of one that was thrown out."""
        while True:
            message = peer.receive()
            if message[:2] == [SUBSCRIBED, request]:
                return peer
            if message[0] in (ABORT, GOODBYE):
                return self.peer(serializer=peer.serializer.name)


class SlowConsumers(RouterCase):
    PIECE = "x" * 60_000
    COUNT = 1000

    def test_a_subscriber_that_does_not_read_is_dropped_and_nobody_waits_for_it(self):
        web = {**tcp_transport(), "type": "websocket"}
        for kind, transport in (("tcp", tcp_transport()), ("unix", self.unix_transport()), ("web", web)):
            with self.subTest(kind):
                self.check({**transport, "limits": {"outbound_bytes_max": 1 << 20}})

    def check(self, transport):
        router = self.start(transport)
        url = router.urls[0]
        slow = self.peer(url, receive_buffer=4096)
        good, publisher, other = self.peer(url, "msgpack"), self.peer(url, "msgpack"), self.peer(url)
        subscription = slow.subscribe("com.example.flood")
        good.subscribe("com.example.flood")
        before = resident_bytes(router.pid)
        most = 0
        for number in range(self.COUNT):
            publisher.send(PUBLISH, publisher.request(), {}, "com.example.flood", [number, self.PIECE])
            good.expect(EVENT, subscription, ANY_ID, {}, [number, self.PIECE])
            if number % 100 == 0:
                other.fence()
                most = max(most, resident_bytes(router.pid))
        left = router.wait_for_event("session left", session=slow.session)
        self.assertEqual(left["reason"], "slow_consumer")
        self.assertLess(most - before, 16 << 20)

        octets = slow.receive_rest()
        self.assertLess(len(octets), self.COUNT * len(self.PIECE) / 2)
        good.fence()

    def test_a_subscriber_that_takes_nothing_for_too_long_is_dropped(self):
        router = self.start(self.unix_transport(limits={"write_stall_timeout": 200}))
        stalled, publisher = self.peer(router.urls[0]), self.peer(router.urls[0])
        stalled.subscribe("com.example.flood")
        for _ in range(20):
            publisher.publish("com.example.flood", [self.PIECE])
        left = router.wait_for_event("session left", session=stalled.session)
        self.assertEqual(left["reason"], "slow_consumer")
        publisher.fence()

    def test_a_slow_reader_that_reads_on_gets_everything(self):
        router = self.start(self.unix_transport(), tcp_transport(), {**tcp_transport(), "type": "websocket"})
        for url in router.urls:
            slow, publisher = self.peer(url, receive_buffer=32_768), self.peer(url)
            subscription = slow.subscribe("com.example.flood")
            for number in range(200):
                publisher.send(PUBLISH, publisher.request(), {}, "com.example.flood", [number, self.PIECE])
            publisher.fence()
            for number in range(200):
                slow.expect(EVENT, subscription, ANY_ID, {}, [number, self.PIECE])
            slow.fence()

    def test_calls_to_a_callee_that_does_not_read_end_in_an_error(self):
        router = self.start(self.unix_transport(limits={"outbound_bytes_max": 1 << 20}))
        callee, caller = self.peer(router.urls[0]), self.peer(router.urls[0])
        callee.register("com.example.procedure")
        count = 100
        requests = [caller.call("com.example.procedure", [self.PIECE]) for _ in range(count)]
        answers = [caller.receive() for _ in range(count)]
        self.assertEqual(sorted(answer[2] for answer in answers), requests)
        wanted = {"wamp.error.canceled", "wamp.error.unavailable", "wamp.error.no_such_procedure"}
        self.assertLessEqual({answer[4] for answer in answers}, wanted)
        caller.fence()

    def test_a_flood_of_pings_without_reading_is_bounded(self):
        router = self.start(self.unix_transport(limits={"outbound_bytes_max": 1 << 20}))
        flood, witness = self.peer(router.urls[0]), self.peer(router.urls[0])
        before = resident_bytes(router.pid)
        piece = frame(b"x" * 60_000, Frame.PING) * 4
        try:
            for _ in range(200):
                flood.send_octets(piece)
        except OSError:
            pass  # It has been thrown out, as it should be.
        else:
            self.fail("48 MB of pings were taken, and none of their answers was read")
        self.assertLess(resident_bytes(router.pid) - before, 64 << 20)
        witness.fence()

    def test_a_session_may_flood_itself(self):
        router = self.start(self.unix_transport(limits={"outbound_bytes_max": 1 << 20}))
        peer, witness = self.peer(router.urls[0]), self.peer(router.urls[0])
        peer.subscribe("com.example.flood")
        octets = frame(peer.encode(PUBLISH, 1, {"exclude_me": False}, "com.example.flood", [self.PIECE]))
        try:
            for _ in range(100):
                peer.send_octets(octets)
        except OSError:
            pass  # It has been thrown out, as it should be.
        left = router.wait_for_event("session left", session=peer.session)
        self.assertEqual(left["reason"], "slow_consumer")
        witness.fence()

    def test_many_small_events_to_many_sessions_all_arrive(self):
        router = self.start(self.unix_transport())
        subscribers = [self.peer(router.urls[0], list(SERIALIZERS)[at % 3]) for at in range(100)]
        subscription = {peer.subscribe("com.example.topic") for peer in subscribers}.pop()
        publisher = self.peer(router.urls[0])
        publisher.send_all(*[[PUBLISH, number, {}, "com.example.topic", [number]] for number in range(1, 51)])
        for peer in subscribers:
            for number in range(1, 51):
                peer.expect(EVENT, subscription, ANY_ID, {}, [number])


class Resources(RouterCase):
    def test_a_router_out_of_file_descriptors_goes_on_and_recovers(self):
        router = self.start(self.unix_transport())
        if is_sanitized(router.pid):
            self.skipTest("a sanitizer needs descriptors itself, and takes their lack for an error")
        url = router.urls[0]
        witness = self.peer(url)
        limit = open_files(router.pid) + 5
        hard = resource.prlimit(router.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(router.pid, resource.RLIMIT_NOFILE, (limit, hard))
        waiting = [Connection(url) for _ in range(20)]
        for one in waiting:
            self.addCleanup(one.close)
        router.wait_for_event("cannot accept connections")
        before = self.busy_seconds(router)
        registration = witness.register("com.example.clock")
        request = witness.call("com.example.clock", timeout=1000)
        witness.expect_invocation(registration)
        witness.expect_error(CALL, request, "wamp.error.timeout")
        self.assertLess(self.busy_seconds(router) - before, 0.5, "seconds of work in a second of waiting")
        for one in waiting:
            one.close()
        self.peer(url).fence()

    def busy_seconds(self, router):
        with open(f"/proc/{router.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_router_with_nothing_to_do_does_nothing(self):
        router = self.start(self.unix_transport(), tcp_transport())
        peers = [self.peer(url) for url in router.urls * 5]
        for peer in peers:
            peer.subscribe("com.example.topic")
        before = self.busy_seconds(router)
        registration = peers[0].register("com.example.clock")
        request = peers[0].call("com.example.clock", timeout=1000)
        peers[0].expect_invocation(registration)
        peers[0].expect_error(CALL, request, "wamp.error.timeout")
        self.assertLess(self.busy_seconds(router) - before, 0.1, "seconds of work in a second of waiting")

    def test_sessions_that_come_and_go_leave_no_memory_behind(self):
        router = self.start(self.unix_transport(), tcp_transport())
        self.come_and_go(router, 300)
        before = resident_bytes(router.pid)
        self.come_and_go(router, 700)
        self.assertLess(resident_bytes(router.pid) - before, 1 << 20)

    def come_and_go(self, router, count):
        for number in range(count):
            with contextlib.closing(Peer(router.urls[number % 2], "msgpack").join()) as visitor:
                visitor.subscribe(f"com.example.topic{number}")
                visitor.register(f"com.example.procedure{number}")
                visitor.publish(f"com.example.topic{number}", ["x" * 1000], exclude_me=False)
                visitor.receive()

    def test_a_session_that_does_nothing_needs_little_memory(self):
        router = self.start(self.unix_transport())
        count = 400
        before = resident_bytes(router.pid)
        peers = [self.peer(router.urls[0]) for _ in range(count)]
        for peer in peers:
            peer.publish("com.example.topic", ["x" * 100_000], exclude_me=False)
        self.assertLess((resident_bytes(router.pid) - before) / count, 24 << 10)

    def test_ten_thousand_subscriptions_of_one_session_go_as_fast_as_they_came(self):
        router = self.start(self.unix_transport())
        owner, witness = self.peer(router.urls[0], "msgpack"), self.peer(router.urls[0])
        topics = [f"com.example.topic{number}" for number in range(10_000)]
        for start in range(0, len(topics), 500):
            requests = range(start + 1, start + 501)
            owner.send_all(*[[SUBSCRIBE, request, {}, topics[request - 1]] for request in requests])
            for request in requests:
                owner.expect(SUBSCRIBED, request, ANY_ID)
        owner.send(SUBSCRIBE, 10_001, {}, "com.example.one_too_many")
        owner.expect_error(SUBSCRIBE, 10_001, "wamp.error.too_many_requests")
        before = self.busy_seconds(router)
        owner.reset()
        router.wait_for_event("session left", session=owner.session)
        witness.fence()
        self.assertLess(self.busy_seconds(router) - before, 2)


class ConnectionLimit(RouterCase):
    def test_a_connection_too_many_is_told_so_and_the_next_is_welcome_once_one_has_gone(self):
        for transport in (tcp_transport(), self.unix_transport()):
            router = self.start({**transport, "limits": {"connections_max": 2}})
            url = router.urls[0]
            first, second = self.peer(url), self.peer(url)
            for _ in range(20):
                third = Connection(url)
                third.send_octets(handshake("json"))
                self.assertEqual(third.receive_octets(4).hex(), "7f400000")
                third.expect_end()
                third.close()
            first.fence()
            second.close()
            wait_until(lambda: self.is_welcome(url), first.fence)

    def is_welcome(self, url):
        visitor = Connection(url)
        try:
            visitor.send_octets(handshake("json"))
            return visitor.receive_octets(4).hex() == "7f810000"
        finally:
            visitor.close()

    def test_connections_that_only_wait_are_counted_and_go_in_time(self):
        limits = {"connections_max": 3, "join_timeout": 1000}
        router = self.start(self.unix_transport(limits=limits))
        idle = [Connection(router.urls[0]) for _ in range(3)]
        for one in idle:
            self.addCleanup(one.close)
        self.assertFalse(self.is_welcome(router.urls[0]))
        for one in idle:
            one.expect_end()
        wait_until(lambda: self.is_welcome(router.urls[0]), lambda: None)


class SlowHandshakes(RouterCase):
    COUNT = 300

    def test_they_end_in_time_and_hold_nobody_up(self):
        transport = tcp_transport(type="websocket", limits={"join_timeout": 2000})
        transport["endpoint"]["backlog"] = self.COUNT
        router = self.start(transport)
        slow = SlowClients(router.tcp_address, self.COUNT, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        self.addCleanup(slow.close)
        open_after_join = []
        while slow.open:
            slow.send_one_more()
            self.peer(router.urls[0]).close()
            open_after_join.append(slow.open)
        self.assertGreater(open_after_join[0], 0)
        self.assertGreater(min(slow.ages), 1.9)


class Logs(RouterCase):
    FORGED = 'x\n{"level":"info","event":"forged"}\r\n\x1b[31m2026-01-01T00:00:00.000Z info forged\u2028\x00'

    def talk(self, url):
        """Everything that a peer can say that may come into the log."""
        for realm, details in (
            (self.FORGED, {"roles": {"caller": {}}}),
            ("realm1", {"roles": {"caller": {}}, "authid": self.FORGED, "authmethods": [self.FORGED]}),
            ("realm1", {"roles": {self.FORGED: {}}}),
            ("realm1", {"roles": {"caller": {}}, "authmethods": self.FORGED, self.FORGED: 1}),
        ):
            peer = self.stranger(url)
            peer.hello(realm, **details)
            peer.receive_rest()
        peer = self.stranger(url).join(agent=self.FORGED, authextra={self.FORGED: self.FORGED})
        peer.refused(SUBSCRIBE, "wamp.error.invalid_uri", {}, self.FORGED)
        peer.send(PUBLISH, 1, {"acknowledge": self.FORGED}, self.FORGED)
        peer.expect_violation()
        peer = self.peer(url)
        peer.send(ABORT, {"message": self.FORGED}, self.FORGED)
        peer.expect_end()

    def transport(self):
        return self.unix_transport(debug=True)

    def test_what_peers_say_cannot_forge_lines_of_json(self):
        router = self.start(self.transport())
        self.talk(router.urls[0])
        self.assertEqual(router.stop(), 0)
        events = {event["event"] for event in router.log}
        self.assertIn("join refused", events)
        self.assertNotIn("forged", events)
        self.assertNotIn("plain text", events, "every line is an object of JSON")

    def test_what_peers_say_cannot_forge_lines_of_text(self):
        config = os.path.join(self.folder(), "config.json")
        with open(config, "w", encoding="utf-8") as file:
            json.dump(node_config([self.transport()]), file)
        command = [binary(), "start", "--config", config, "--loglevel", "trace"]
        router = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(router.stderr.close)
        self.addCleanup(router.kill)
        lines = [router.stderr.readline()]
        while " ready " not in lines[-1]:
            lines.append(router.stderr.readline())
        url = next(re.search(r"url=(\S+)", line)[1] for line in lines if " listening " in line)
        self.talk(url)
        router.terminate()
        lines += router.communicate(timeout=PATIENCE)[1].split("\n")[:-1]
        self.assertTrue(any(" join refused " in line for line in lines))
        for line in lines:
            self.assertRegex(line.rstrip("\n"), r"^[0-9T:.-]{23}Z (trace|debug|info|warning) [^\x00-\x1f\u2028]*$")


class Sockets(RouterCase):
    def test_a_socket_that_a_killed_router_left_behind_is_replaced(self):
        path = os.path.join(self.folder(), "router.sock")
        router = self.start(unix_transport(path))
        peer = self.peer(router.urls[0])
        router.kill()
        peer.expect_end()
        self.assertTrue(os.path.exists(path))
        again = self.start(unix_transport(path))
        self.peer(again.urls[0]).leave()
        self.assertEqual(again.stop(), 0)
        self.assertFalse(os.path.exists(path), "a router that stops in order takes it away")

    def test_a_socket_in_use_is_left_alone(self):
        path = os.path.join(self.folder(), "router.sock")
        router = self.start(unix_transport(path))
        second = JunctorProcess(node_config([unix_transport(path)]))
        self.addCleanup(second.kill)
        self.assertEqual(second.wait(), 3)
        self.assertTrue(any(path in str(event) for event in second.log if event["level"] == "error"), second.log)
        self.peer(router.urls[0]).fence()

    def test_a_file_that_is_no_socket_is_left_alone(self):
        path = os.path.join(self.folder(), "precious")
        with open(path, "w", encoding="ascii") as file:
            file.write("data")
        router = JunctorProcess(node_config([unix_transport(path)]))
        self.addCleanup(router.kill)
        self.assertNotEqual(router.wait(), 0)
        with open(path, encoding="ascii") as file:
            self.assertEqual(file.read(), "data")

    def test_a_port_can_be_listened_on_again_at_once(self):
        router = self.start(tcp_transport())
        self.peer(router.urls[0]).leave()
        _, port = router.tcp_address
        router.kill()
        transport = tcp_transport()
        transport["endpoint"]["port"] = port
        self.peer(self.start(transport).urls[0]).fence()


if __name__ == "__main__":
    unittest.main()
