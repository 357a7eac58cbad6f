# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Components that a node hosts, in containers and in its routers: at routers that are killed and come again, with every
way to connect, and to their orderly or disorderly ends.

Environment: JUNCTOR_BINARY, and JUNCTOR_MODULES, the folder with component-greeter.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from certificate import make_certificate
from junctor_process import ALLOW_ALL, JunctorProcess, binary, node_config, tcp_transport, unix_transport
from wamp_peer import CALL, ERROR, EVENT, PATIENCE, RESULT, Ended, Peer

KILLED = 20
EXIT_BAD_CONFIG, EXIT_COMPONENT_FAILED = 1, 6
SOON = {"initial_retry_delay": 0.01, "max_retry_delay": 0.05}
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
EVERYTHING = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]


# Configurations -----------------------------------------------------------------------------------------------------


def connecting(endpoint, serializer="msgpack", **keys):
    return {"type": "rawsocket", "endpoint": endpoint, "serializer": serializer, **SOON, **keys}


def unix(path, **keys):
    return connecting({"type": "unix", "path": path}, **keys)


def clock(name, transport, **keys):
    extra = {"prefix": f"com.example.{name}", "interval": 0}
    return {"type": "class", "id": name, "classname": "junctor.clock", "realm": "realm1", "extra": extra,
            "transport": transport, **keys}


def greeter(transport, **keys):
    return {"type": "class", "id": "greeter", "classname": "com.example.greeter", "realm": "realm1",
            "transport": transport, **keys}


def container(*components, **options):
    options = {"restart_delay": 10, "restart_delay_max": 50, **options}
    return {"type": "container", "id": "box", "components": list(components), "options": options}


def node(*workers):
    modules = {"directory": os.environ["JUNCTOR_MODULES"], "load": ["component-greeter"]}
    return {"version": 2, "modules": modules, "workers": list(workers)}


def free_port():
    """A port that the system gives to nobody who connects: whoever connects to such a one may meet itself."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


# What is seen -------------------------------------------------------------------------------------------------------


def wait_for(process, event, times=1, **fields):
    """Waits until the log has so many events of that name with these fields; returns them."""
    give_up = time.monotonic() + PATIENCE

    def found():
        return [e for e in process.log if e["event"] == event and all(e.get(k) == v for k, v in fields.items())]

    while len(found()) < times:
        process.next_event(give_up - time.monotonic())
    return found()


@contextlib.contextmanager
def joined(url):
    peer = Peer(url, "json")
    try:
        peer.join()
        yield peer
    finally:
        peer.close()


def answer(peer, procedure, *arguments):
    """The result of a procedure that is there or is going to be."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        request = peer.request()
        peer.send(CALL, request, {}, procedure, list(arguments))
        told = peer.receive()
        if told[0] == RESULT:
            return told[3][0]
        if told[:3] != [ERROR, CALL, request] or told[4] != "wamp.error.no_such_procedure":
            raise AssertionError(f"{procedure} answers {told}")
    raise AssertionError(f"nobody registers {procedure}")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="junctor-containers-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "router.sock")

    def start(self, config, **keys):
        process = JunctorProcess(config, **keys)
        self.addCleanup(process.kill)
        return process.wait_until_ready()

    def router(self, *transports):
        return self.start(node_config(list(transports) or [unix_transport(self.path)]))


# Containers ---------------------------------------------------------------------------------------------------------


class ComingBackTest(Case):
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


class EndingTest(Case):
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


class ModuleTest(Case):
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


class ReloadTest(Case):
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


class CredentialsTest(Case):
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


class RouterComponentsTest(Case):
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


# Examples and mistakes ----------------------------------------------------------------------------------------------


def examples(page, kind):
    """The examples of that kind on a page of the documentation."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"<!-- example: {kind}(?:, [\w ]+)? -->\n```json\n(.*?)```", text, re.DOTALL)
    return [json.loads(each) for each in found]


class DocumentationTest(Case):
    """Transports of the documentation, listening and connecting, meet each other."""

    def localize(self, transport, tls):
        """An example with addresses and files that are there."""
        endpoint = transport["endpoint"]
        if endpoint["type"] == "unix":
            endpoint["path"] = self.path
            endpoint.pop("owner", None)
        else:
            endpoint.update(port=0, interface="127.0.0.1")
        if "tls" in endpoint:
            endpoint["tls"] = {**tls, "ca_certificates": [tls["certificate"]]}
        return transport

    def aim(self, transport, urls, tls):
        """A connecting example that leads to one of the router's `urls`."""
        endpoint = transport.get("endpoint", {})
        if "url" in transport:
            transport["url"] = urls["tcp"]
        elif endpoint["type"] == "unix":
            endpoint["path"] = self.path
        else:
            url = urls["tls" if "tls" in endpoint else "tcp"]
            endpoint["port"] = int(url.rsplit(":", 1)[1])
        if "tls" in endpoint:
            endpoint["tls"].update(ca_certificates=[tls["certificate"]], **tls)
        return transport

    def test_every_connecting_transport_joins_what_listens(self):
        tls = make_certificate(self.folder)
        listening = [self.localize(each, tls) for each in examples("configuration.md", "transport")
                     if set(each) <= {"type", "id", "endpoint", "serializers", "max_message_size", "options", "debug"}]
        secure = tcp_transport(id="secure")
        secure["endpoint"]["tls"] = {**tls, "ca_certificates": [tls["certificate"]]}
        self.assertGreaterEqual({each["endpoint"]["type"] for each in listening}, {"unix", "tcp"})
        router = self.router(*listening, secure)
        urls = {}
        for url in router.urls:
            urls.setdefault("unix" if "unix:" in url else "tls" if url.startswith("rss:") else "tcp", url)
        connectors = examples("containers.md", "connecting")
        self.assertGreaterEqual(len(connectors), 4)
        process = self.start(node(container(
            *(clock(f"example{i}", self.aim(each, urls, tls)) for i, each in enumerate(connectors)))))
        with joined(f"rs://unix:{self.path}") as peer:
            for i in range(len(connectors)):
                self.assertLess(abs(answer(peer, f"com.example.example{i}.now") - time.time()), PATIENCE)
        self.assertEqual(process.stop(), 0)


class MistakesTest(Case):
    def problems(self, *workers):
        with open(os.path.join(self.folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump(node(*workers), file)
        done = subprocess.run([binary(), "check", "--config", "config.json"], cwd=self.folder, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        return done.returncode, [line.split(": ", 1)[1] for line in done.stderr.splitlines()]

    def test_check_tells_what_is_wrong_with_components_of_a_container(self):
        here = unix(self.path)
        of_component = [
            ({"classname": "junctor.clok"}, "classname: there is no component 'junctor.clok' (hint: did you mean"
                                            " 'junctor.clock'?)"),
            ({"type": "function"}, "type: component type 'function' is not supported yet by this version (hint:"
                                   " supported: class)"),
            ({"realm": ""}, "realm: must not be empty"),
            ({"extra": {"prefix": "com.example", "intervall": 1}}, "extra.intervall: unknown key (hint: did you mean"
                                                                   " 'interval'?)"),
            ({"extra": {}}, "extra: needs the key 'prefix'"),
            ({"role": "trusted"}, "role: is for components of routers (hint: the router gives this one a role, by its"
                                  " 'auth')"),
            ({"auth": {}}, "auth: names no authmethod (hint: leave the key out for an anonymous component)"),
            ({"auth": {"ticket": {"ticket": "t"}}}, "auth.ticket: needs the key 'authid'"),
            ({"auth": {"cryptosign": {"privkey": "ab"}}},
             "auth.cryptosign.privkey: must be the 64 hexadecimal digits of a private key, or name a file with them"
             " (hint: {\"file\": \"PATH\"}, as 'junctor keygen cryptosign --private-key PATH' writes it)"),
            ({"auth": {"ticket": {"authid": "a", "ticket": "t"}, "wampcra": {"authid": "b", "secret": "s"}}},
             "auth.wampcra: claims another authid than the authmethod before it (hint: a client that offers several"
             " authmethods names one authid for all of them)"),
        ]
        for change, problem in of_component:
            with self.subTest(problem):
                self.check_component({**clock("clock", here), **change}, problem)

    def test_check_tells_what_is_wrong_with_connecting_transports(self):
        here = unix(self.path)
        tcp = {"type": "tcp", "host": "localhost", "port": 1}
        of_transport = [
            ({"type": "rawsocket", "serializer": "json"},
             ": the key 'endpoint' is missing (hint: a 'url' of the router will do as well)"),
            ({"type": "rawsocket", "url": "http://localhost", "serializer": "json"}, ".url: the URL"),
            ({"type": "websocket"}, ".type: transport type 'websocket' is not supported yet by this version"),
            ({**here, "serializer": "bson"}, ".serializer: unknown serializer 'bson'"),
            ({**here, "serializers": ["json"]}, ".serializers: is for transports that listen (hint: one that connects"
                                                " has a 'serializer')"),
            ({**here, "initial_retry_delay": 2, "max_retry_delay": 1},
             ": initial_retry_delay must not be longer than max_retry_delay, which is 30 s unless it is given"),
            ({**here, "retry_delay_jitter": 1.5}, ".retry_delay_jitter: must be from 0 to 1"),
            ({**here, "max_retries": "many"}, ".max_retries: must be an integer, not a string"),
            (connecting({**tcp, "port": 0}), ".endpoint.port: must be from 1 to 65535"),
            (connecting({**tcp, "version": 5}), ".endpoint.version: must be 4 or 6"),
            (connecting({**tcp, "timeout": 601}), ".endpoint.timeout: must be from 0 to 600"),
            (connecting({"type": "tcp", "port": 1}), ".endpoint: the key 'host' is missing"),
            (connecting({**tcp, "tls": {}}), ".endpoint.tls: the key 'hostname' is missing"),
            (connecting({**tcp, "tls": {"hostname": "x", "ca_certificates": ["no.pem"]}}),
             f".endpoint.tls.ca_certificates[0]: there is no file '{self.folder}/no.pem'"),
        ]
        for transport, problem in of_transport:
            with self.subTest(problem):
                self.check_component(clock("clock", transport), f"transport{problem}")

    def check_component(self, component, problem):
        code, said = self.problems(container(component))
        self.assertEqual((code, len(said)), (EXIT_BAD_CONFIG, 1), said)
        self.assertIn(f"workers[0].components[0].{problem}", said[0])

    def test_check_tells_what_is_wrong_with_containers_and_components_of_routers(self):
        worker = node_config([unix_transport(self.path)])["workers"][0]
        inner = {key: value for key, value in clock("inner", None).items() if key != "transport"}
        one = clock("clock", unix(self.path))
        wrong = [
            (container(one, shutdown="shutdown-on-any-component-failed", restart="restart-on-failed"),
             "options.shutdown: never happens, as 'restart' has such components started again (hint: leave out one of"
             " the two)"),
            (container(one, one), "components[1]: there is another component with the id 'clock'"),
            ({**worker, "components": [{**inner, "realm": "realm2"}]},
             "components[0]: this worker has no realm 'realm2' (hint: did you mean 'realm1'?)"),
            ({**worker, "components": [{**inner, "role": "staff"}]},
             "components[0].role: realm 'realm1' has no role 'staff' (hint: leave it out for the role 'trusted')"),
            ({**worker, "components": [one]}, "components[0].transport: is for components of containers: this one is"
                                              " within its router"),
        ]
        for config, problem in wrong:
            with self.subTest(problem):
                code, said = self.problems(config)
                self.assertEqual((code, len(said)), (EXIT_BAD_CONFIG, 1), said)
                self.assertIn(f"workers[0].{problem}", said[0])


if __name__ == "__main__":
    unittest.main()
