# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Components that a node hosts, in containers and in its routers: at routers that are killed and come again, with every
way to connect, and to their orderly or disorderly ends.

Environment: JUNCTOR_BINARY, and JUNCTOR_MODULES, the folder with component-greeter.
"""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
import unittest

from certificate import make_certificate
from hosted import HostingCase, answer, clock, connecting, container, greeter, joined, node, unix, wait_for
from junctor_process import ALLOW_ALL, binary, node_config, tcp_transport, unix_transport
from wamp_peer import ERROR, EVENT, PATIENCE, RESULT, Ended

KILLED = 20
EXIT_COMPONENT_FAILED = 6
EVERYTHING = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]


def free_port():
    """A port that the system gives to nobody who connects: whoever connects to such a one may meet itself."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


# Containers ---------------------------------------------------------------------------------------------------------


class ComingBackTest(HostingCase):
    def test_components_come_back_whenever_their_router_does(self):
        """The router is killed again and again: what was registered is there each time, and no call hangs."""
        tls = make_certificate(self.folder)
        ports = [free_port(), free_port()]
        listening = [unix_transport(self.path), *(tcp_transport() for _ in ports)]
        for transport, port in zip(listening[1:], ports):
            transport["endpoint"]["port"] = port
        listening[2]["endpoint"]["tls"] = tls
        remote = [{"type": "tcp", "host": "127.0.0.1", "port": port} for port in ports]
        remote[1]["tls"] = {"hostname": "localhost", "ca_certificates": [tls["certificate"]]}
        names = ["unix", "tcp", "tls"]
        process = self.start(node(container(
            clock("unix", unix(self.path)),
            clock("tcp", connecting(remote[0], "cbor")),
            clock("tls", connecting(remote[1], "json")))))
        for _ in range(KILLED):
            router = self.router(*listening)
            with joined(router.urls[0]) as peer:
                for name in names:
                    self.assertLess(abs(answer(peer, f"com.example.{name}.now") - time.time()), PATIENCE)
                listed = answer(peer, "wamp.registration.list")
                self.assertEqual([len(listed[key]) for key in ("exact", "prefix", "wildcard")], [len(names), 0, 0])
                for name in names:
                    peer.call(f"com.example.{name}.now")
                router.kill()
                with contextlib.suppress(Ended):
                    while True:
                        self.assertIn(peer.receive()[0], (RESULT, ERROR))
        for name in names:
            wait_for(process, "component joined", KILLED, component=f"box.{name}", authrole="anonymous")
            self.assertTrue(wait_for(process, "component waits", component=f"box.{name}")[0]["delay_ms"] <= 60)
        self.assertEqual(process.stop(), 0)


    def test_a_router_that_falls_silent_is_lost(self):
        router = self.router()
        process = self.start(node(container(clock("clock", unix(self.path, options={"keep_alive_interval": 100})))))
        wait_for(process, "component joined")
        router.send_signal(signal.SIGSTOP)
        try:
            wait_for(process, "component lost its session", reason="connection_lost")
            wait_for(process, "component waits")
        finally:
            router.send_signal(signal.SIGCONT)
        wait_for(process, "component joined", 2)
        self.assertEqual(process.stop(), 0)

    def test_a_router_that_never_answers_does_not_keep_the_node_from_ending(self):
        with socket.create_server(self.path, family=socket.AF_UNIX) as deaf:
            process = self.start(node(container(clock("clock", unix(self.path)))))
            connection, _ = deaf.accept()
            with connection:
                self.assertEqual(len(connection.recv(4)), 4)
                began = time.monotonic()
                self.assertEqual(process.stop(), 0)
                self.assertLess(time.monotonic() - began, 5)
                self.assertEqual(connection.recv(4), b"")


class EndingTest(HostingCase):
    """What containers do when their components end."""

    def container(self, *components, **options):
        return self.start(node(container(*components, **options)))

    def say_goodbye(self, router, process):
        wait_for(process, "component joined", component="box.greeter")
        with joined(router.urls[0]) as peer:
            peer.publish("com.example.goodbye")

    def test_shutdown_manual_goes_on_without_components(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)))
        self.say_goodbye(router, process)
        wait_for(process, "component ended", component="box.greeter", level="info")
        self.assertEqual(process.stop(), 0)
        self.assertEqual(len(wait_for(process, "component joined")), 1)
        self.assertEqual(len(wait_for(process, "container ended", worker="box")), 1)

    def test_shutdown_on_the_last_component_stopped(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)), clock("clock", unix("/nowhere/at.all", max_retries=0)),
                                 shutdown="shutdown-on-last-component-stopped", restart="restart-never")
        wait_for(process, "component gave up", component="box.clock")
        self.say_goodbye(router, process)
        self.assertEqual(process.wait(), EXIT_COMPONENT_FAILED)
        wait_for(process, "stopping", cause="all containers have ended")

    def test_shutdown_on_any_component_stopped(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)), clock("clock", unix(self.path)),
                                 shutdown="shutdown-on-any-component-stopped")
        wait_for(process, "component joined", component="box.clock")
        self.say_goodbye(router, process)
        self.assertEqual(process.wait(), 0)
        wait_for(process, "component ended", 2, level="info")
        with joined(router.urls[0]) as peer:
            self.assertEqual(answer(peer, "wamp.registration.list")["exact"], [])

    def test_shutdown_on_any_component_failed(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)), clock("clock", unix(self.path)),
                                 clock("other", unix("/nowhere/at.all", max_retries=5)),
                                 shutdown="shutdown-on-any-component-failed")
        self.say_goodbye(router, process)
        self.assertEqual(process.wait(), EXIT_COMPONENT_FAILED)
        wait_for(process, "component ended", 2, level="info")
        self.assertEqual(len(wait_for(process, "component cannot join", component="box.other")), 6)
        self.assertIn("/nowhere/at.all", wait_for(process, "component gave up", component="box.other")[0]["cause"])

    def test_restart_always(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)), restart="restart-always")
        for times in range(1, 4):
            wait_for(process, "component joined", times)
            with joined(router.urls[0]) as peer:
                peer.publish("com.example.goodbye")
            wait_for(process, "component restarts", times, component="box.greeter")
        wait_for(process, "component joined", 4)
        self.assertEqual(process.stop(), 0)

    def test_restart_on_failed(self):
        router = self.router()
        process = self.container(greeter(unix(self.path)), clock("clock", unix("/nowhere/at.all", max_retries=0)),
                                 restart="restart-on-failed")
        self.say_goodbye(router, process)
        wait_for(process, "component ended", component="box.greeter")
        wait_for(process, "component restarts", 3, component="box.clock")
        self.assertEqual(len(wait_for(process, "component joined")), 1)
        self.assertEqual(process.stop(), 0)

    def test_a_node_with_a_router_goes_on_when_its_containers_have_ended(self):
        worker = node_config([unix_transport(self.path)])["workers"][0]
        lonely = container(clock("clock", unix("/nowhere/at.all", max_retries=0)),
                           shutdown="shutdown-on-any-component-stopped")
        process = self.start(node(worker, lonely))
        wait_for(process, "container ended", worker="box")
        with joined(process.urls[0]) as peer:
            peer.fence()
        self.assertEqual(process.stop(), 0)


class ModuleTest(HostingCase):
    def test_a_component_of_a_module_gets_its_extra(self):
        router = self.router()
        with joined(router.urls[0]) as peer:
            subscription = peer.subscribe("com.example.hello")
            process = self.start(node(container(greeter(unix(self.path), extra={"greeting": "welcome"}))))
            self.assertEqual(wait_for(process, "module loaded")[0]["adds"], "component com.example.greeter")
            event = peer.receive()
            self.assertEqual((event[:2], event[4:]), ([EVENT, subscription], [["welcome"]]))
            self.assertEqual(answer(peer, "com.example.greet", "Ann"), "welcome Ann")
            peer.call("com.example.greet", [1])
            self.assertEqual(peer.receive()[4], "wamp.error.invalid_argument")
        self.assertEqual(process.stop(), 0)


class ReloadTest(HostingCase):
    def test_changes_take_effect_at_the_next_start(self):
        worker = node_config([unix_transport(self.path)])["workers"][0]
        hosted = clock("inner", None)
        del hosted["transport"]
        worker["components"] = [hosted]
        config = node(worker, container(clock("outer", unix(self.path))))
        process = self.start(config)
        wait_for(process, "component joined", 2)
        for where in (hosted, config["workers"][1]["components"][0]):
            where["extra"]["interval"] = 10
        with open(process.config_file, "w", encoding="utf-8") as file:
            json.dump(config, file)
        process.send_signal(signal.SIGHUP)
        wait_for(process, "configuration reloaded", waiting=2)
        paths = {event["path"] for event in wait_for(process, "takes effect at the next start", 2)}
        self.assertEqual(paths, {"workers[0].components", "workers[1]"})
        self.assertEqual(process.stop(), 0)


class CredentialsTest(HostingCase):
    def test_components_prove_who_they_are(self):
        keys = subprocess.run([binary(), "keygen", "cryptosign", "--private-key", "joe.key"], cwd=self.folder,
                              capture_output=True, check=True).stdout
        secret = "k7mQ2vXz9dRfT4wLh6Np"
        auth = {
            "ticket": {"principals": {"ticket": {"ticket": secret, "role": "anonymous"}}},
            "wampcra": {"users": {"wampcra": {"secret": secret, "role": "anonymous"}}},
            "cryptosign": {"principals": {"cryptosign": {**json.loads(keys), "role": "anonymous"}}},
        }
        self.router(unix_transport(self.path, auth=auth))
        given = {
            "ticket": {"authid": "ticket", "ticket": "${SECRET}"},
            "wampcra": {"authid": "wampcra", "secret": secret},
            "cryptosign": {"authid": "cryptosign", "privkey": {"file": os.path.join(self.folder, "joe.key")}},
            "wrong": {"authid": "wampcra", "secret": "another"},
        }
        components = [clock(name, unix(self.path), auth={"wampcra" if name == "wrong" else name: options})
                      for name, options in given.items()]
        process = self.start(node(container(*components)), environment={"SECRET": secret})
        for name in auth:
            wait_for(process, "component joined", component=f"box.{name}", authid=name)
        refused = wait_for(process, "component cannot join", component="box.wrong")[0]
        self.assertIn("wamp.error.authentication_denied", refused["cause"])
        self.assertEqual(process.stop(), 0)
        self.assertNotIn(secret, json.dumps(process.log))


# Routers ------------------------------------------------------------------------------------------------------------


class RouterComponentsTest(HostingCase):
    def test_a_router_hosts_components(self):
        for shards in (1, 2):
            with self.subTest(shards=shards):
                self.check_router(shards)

    def check_router(self, shards):
        roles = [{"name": "anonymous", "permissions": EVERYTHING}, {"name": "mute"}]
        worker = {"type": "router", "options": {"shards": shards}, "realms": [{"name": "realm1", "roles": roles}],
                  "transports": [unix_transport(self.path), tcp_transport()],
                  "components": [clock("trusted", None), clock("inner", None, role="anonymous", authid="joe"),
                                 clock("mute", None, role="mute"), greeter(None)]}
        for component in worker["components"]:
            del component["transport"]
        process = self.start(node(worker))
        expected = [("trusted", "trusted", "trusted"), ("inner", "joe", "anonymous"), ("greeter", "greeter", "trusted")]
        for name, authid, role in expected:
            wait_for(process, "component joined", component=f"worker001.{name}", authid=authid, authrole=role,
                     router="local")
        refused = wait_for(process, "component cannot serve", component="worker001.mute")[0]
        self.assertIn("wamp.error.not_authorized", refused["cause"])
        for url in process.urls:
            with joined(url) as peer:
                for name in ("trusted", "inner"):
                    self.assertLess(abs(answer(peer, f"com.example.{name}.now") - time.time()), PATIENCE)
                self.assertEqual(answer(peer, "com.example.greet", "Ann"), "hello Ann")
        self.assertEqual(process.stop(), 0)
        for name, _, _ in expected:
            wait_for(process, "component ended", component=f"worker001.{name}", level="info")


if __name__ == "__main__":
    unittest.main()
