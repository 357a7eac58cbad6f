# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""`junctor bench`: every load against the real router and the floor, and what it says about routers that do wrong."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import unittest

from certificate import make_certificate
from junctor_process import PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport
from misbehaving_router import MisbehavingRouter

EXIT_OK = 0
EXIT_BAD_USAGE = 2
EXIT_BENCH_FAILED = 4

SERIALIZERS = ("json", "msgpack", "cbor")


VARIABLE = "JUNCTOR_BENCH_SECRET"
SECRET = "secret of joe"
# The first key pair of RFC 8032.
SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def run_bench(arguments, *more, environment=None):
    """Runs `junctor bench`; the result has returncode, stdout and stderr."""
    return subprocess.run(
        [binary(), "bench", *arguments.split(), *more],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
        env={**os.environ, **(environment or {})},
    )


def scram_user(password):
    """What a router knows about a user of SCRAM."""
    salt, iterations = b"16 octets of sal", 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return {
        "kdf": "pbkdf2",
        "iterations": iterations,
        "salt": salt.hex(),
        "stored-key": hashlib.sha256(client_key).hexdigest(),
        "server-key": hmac.digest(salted, b"Server Key", "sha256").hex(),
    }


def salted_user(password):
    """A user of wampcra whose password is salted."""
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt of ann", 1000)
    derived = base64.b64encode(key).decode()
    return {"secret": derived, "salt": "salt of ann", "iterations": 1000, "keylen": 32}


def auth_of_all():
    """A transport's `auth` by which joe may join with every authmethod, and ann by wampcra."""
    return {
        "anonymous": {"type": "static", "role": "anonymous"},
        "ticket": {"type": "static", "principals": {"joe": {"ticket": SECRET}}},
        "wampcra": {"type": "static", "users": {"joe": {"secret": SECRET}, "ann": salted_user(SECRET)}},
        "wamp-scram": {"type": "static", "principals": {"joe": scram_user(SECRET)}},
        "cryptosign": {"type": "static", "principals": {"joe": {"authorized_keys": [PUBLIC_KEY]}}},
    }


class BenchCase(unittest.TestCase):
    def folder(self):
        directory = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(directory.cleanup)
        return directory.name

    def bench(self, arguments, *more, environment=None):
        """The report of a benchmark that goes well."""
        done = run_bench(arguments, *more, "--json", environment=environment)
        self.assertEqual((done.returncode, done.stderr), (EXIT_OK, ""), arguments)
        self.assertEqual(done.stdout.count("\n"), 1)
        return json.loads(done.stdout)

    def failing(self, arguments, *more, code=EXIT_BENCH_FAILED):
        """The one line that a benchmark says when it fails."""
        done = run_bench(arguments, *more)
        self.assertEqual((done.returncode, done.stdout), (code, ""), arguments)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr.strip()


class RouterTest(BenchCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="junctor-"))
        secure = tcp_transport()
        secure["endpoint"]["tls"] = make_certificate(directory)
        transports = [unix_transport(os.path.join(directory, "router.sock")), tcp_transport(), secure]
        secure_websocket = {**secure, "type": "websocket", "url": "wss://localhost:8080/wamp"}
        unix_websocket = {**unix_transport(os.path.join(directory, "websocket.sock")), "type": "websocket"}
        transports += [tcp_transport(type="websocket"), secure_websocket, unix_websocket]
        for settings in ({}, {"no_context_takeover": True, "request_max_window_bits": 12}):
            transports.append(tcp_transport(type="websocket", options={"compression": {"deflate": settings}}))
        realms = node_config()["workers"][0]["realms"]
        realms.append({**realms[0], "name": "realm2"})
        cls.router = cls.enterClassContext(JunctorProcess(node_config(transports, realms), loglevel="info"))
        cls.unix, cls.tcp, cls.tls, cls.websocket, cls.secure_websocket, cls.unix_websocket = cls.router.urls[:6]
        cls.compressing = cls.router.urls[6:]

    def test_calls(self):
        for load in ("", "--callers 5 --callees 3 --depth 7", "--callers 4 --callees 4 --depth 8 --payload 100000"):
            report = self.bench(f"rpc {load} --count 203 --url {self.tcp}")
            self.assertEqual((report["load"], report["unit"], report["messages"]), ("rpc", "call", 203))
            self.assertGreater(report["per_second"], 0)
            latencies = [report["latency_us"][name] for name in ("p50", "p99", "p99.9", "max")]
            self.assertEqual(latencies, sorted(latencies))
            self.assertGreater(latencies[0], 0)

    def test_publications_are_counted_by_their_deliveries(self):
        for load, subscribers in (
            ("", 1),
            ("--subscribers 7 --depth 16", 7),
            ("--publishers 3 --subscribers 2 --depth 5", 2),
            ("--publishers 2 --topics 6 --subscribers 3 --depth 5", 3),
            ("--subscribers 3 --depth 4 --acknowledge", 3),
            ("--subscribers 2 --depth 2 --payload 100000", 2),
        ):
            report = self.bench(f"pubsub {load} --count 101 --url {self.unix}")
            self.assertEqual((report["unit"], report["messages"]), ("delivery", 101 * subscribers), load)

    def test_calls_by_the_client_library(self):
        for load in ("", "--depth 64", "--depth 7 --serializer json --receiver cbor --payload 100000"):
            report = self.bench(f"client {load} --count 53 --url {self.tcp} --url {self.unix}")
            self.assertEqual((report["load"], report["unit"], report["messages"]), ("client", "call", 53))
            self.assertGreater(report["client"]["cpu_us_per_message"], 0)
        self.assertIn("no_such_realm", self.failing(f"client --realm nowhere --url {self.unix}"))

    def test_lockstep(self):
        report = self.bench(f"rpc --lockstep --callers 3 --callees 2 --depth 16 --count 100 --url {self.unix}")
        self.assertEqual(report["messages"], 100)
        load = "pubsub --lockstep --publishers 2 --subscribers 3 --depth 16"
        report = self.bench(f"{load} --count 100 --url {self.unix}")
        self.assertEqual(report["messages"], 300)

    def test_every_pair_of_serializers(self):
        for sender in SERIALIZERS:
            for receiver in SERIALIZERS:
                common = f"--serializer {sender} --receiver {receiver} --depth 4 --count 20 --url {self.unix}"
                self.assertEqual(self.bench(f"rpc {common}")["messages"], 20)
                self.assertEqual(self.bench(f"pubsub {common}")["messages"], 20)

    def test_sessions_that_come_and_go(self):
        report = self.bench(f"connect --clients 4 --count 50 --url {self.unix} --url {self.tcp}")
        self.assertEqual((report["unit"], report["messages"]), ("session", 50))

    def test_idle_sessions(self):
        report = self.bench(f"idle --sessions 60 --burst 3 --url {self.unix}", "--pid", str(self.router.pid))
        self.assertEqual(report["messages"], 60)
        self.assertGreater(report["rss_bytes"]["before"], 0)
        self.assertGreaterEqual(report["rss_bytes"]["joined"], report["rss_bytes"]["before"])
        self.assertIn("--pid", self.failing(f"idle --url {self.unix}", code=EXIT_BAD_USAGE))

    def test_several_addresses_and_realms(self):
        several = f"--url {self.unix} --url {self.tcp} --realm realm1 --realm realm2 --depth 3 --count 60"
        self.assertEqual(self.bench(f"rpc --callers 6 --callees 3 {several}")["messages"], 60)
        self.assertEqual(self.bench(f"pubsub --publishers 2 --topics 4 {several}")["messages"], 60)

    def test_tls(self):
        load = f"--depth 8 --count 40 --payload 40000 --url {self.tls}"
        self.assertEqual(self.bench(f"rpc --insecure {load}")["messages"], 40)
        self.assertEqual(self.bench(f"connect --insecure --count 5 --url {self.tls}")["messages"], 5)
        self.assertRegex(self.failing(f"rpc {load}"), "^junctor bench: TLS: .*verify failed")

    def test_websocket(self):
        secure = f"--insecure --url {self.secure_websocket}"
        for serializer in SERIALIZERS:
            for where in (f"--url {self.websocket}", secure, f"--url {self.unix_websocket}"):
                common = f"--serializer {serializer} --receiver msgpack --depth 4 --count 20 {where}"
                for payload in (16, 200, 70_000):
                    self.assertEqual(self.bench(f"rpc --payload {payload} {common}")["messages"], 20)
                self.assertEqual(self.bench(f"pubsub --subscribers 3 {common}")["messages"], 60)
        self.assertEqual(self.bench(f"connect --clients 2 --count 10 {secure}")["messages"], 10)
        self.assertEqual(self.bench(f"client --count 10 --url {self.websocket}")["messages"], 10)

    def test_a_refused_handshake_of_websocket_is_told(self):
        self.assertIn("HTTP/1.1 404", self.failing(f"rpc --insecure --url {self.secure_websocket[:-4]}wrong"))

    def test_compression(self):
        for url in self.compressing:
            for serializer in ("json", "cbor"):
                common = f"--deflate --serializer {serializer} --depth 16 --count 20 --url {url}"
                for payload in (16, 200, 100_000):
                    self.assertEqual(self.bench(f"rpc --payload {payload} {common}")["messages"], 20)
                self.assertEqual(self.bench(f"pubsub --subscribers 3 {common}")["messages"], 60)
            self.assertEqual(self.bench(f"connect --clients 2 --count 10 --deflate --url {url}")["messages"], 10)

    def test_a_router_that_does_not_agree_to_compression_is_told(self):
        said = self.failing(f"rpc --deflate --url {self.websocket}")
        self.assertEqual(said, "junctor bench: the router did not agree to compression")

    def test_a_time_to_warm_up_and_a_time_that_counts(self):
        report = self.bench(f"rpc --depth 4 --warmup 0.1 --duration 0.3 --url {self.unix}")
        self.assertGreaterEqual(report["seconds"], 0.3)
        self.assertGreater(report["messages"], 0)

    def test_what_the_router_uses(self):
        report = self.bench(f"rpc --depth 4 --count 500 --url {self.unix}", "--pid", str(self.router.pid))
        for who in ("router", "client"):
            self.assertGreater(report[who]["cpu_us_per_message"], 0)
            self.assertGreater(report[who]["rss_bytes"], 1_000_000)

    def test_the_report_for_people(self):
        done = run_bench(f"rpc --count 10 --url {self.unix}", "--pid", str(self.router.pid))
        self.assertEqual(done.returncode, EXIT_OK)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines], ["rpc", "latency in us", "router", "client"])
        self.assertTrue(lines[0].startswith("rpc: 10 calls in "))

    # What goes wrong ------------------------------------------------------------------------------------------------

    def test_what_the_router_refuses_is_told(self):
        self.assertIn("wamp.error.no_such_realm", self.failing(f"rpc --realm nowhere --url {self.unix}"))

    def test_nobody_listens(self):
        missing = os.path.join(self.folder(), "router.sock")
        self.assertRegex(self.failing(f"rpc --url rs://unix:{missing}"), "^junctor bench: cannot connect to rs://unix:")
        self.assertIn("No such process", self.failing(f"rpc --count 1 --url {self.unix} --pid {2**22 + 1}"))

    def test_wrong_usage(self):
        for arguments in (
            "rpc --url 127.0.0.1:8081",
            "rpc --url rs://127.0.0.1",
            "rpc --callers 1 --callees 2",
            "pubsub --publishers 2 --topics 3",
            "pubsub --floor --acknowledge",
            "rpc --floor --url ws://127.0.0.1:8081",
            "rpc --url ws://127.0.0.1/path",
            "rpc --deflate",
            "client --deflate --url ws://127.0.0.1:8081",
        ):
            self.assertRegex(self.failing(arguments, code=EXIT_BAD_USAGE), "^junctor bench: ")
        for arguments in ("", "rcp", "rpc --depth 0", "rpc --topics 2", "rpc --serializer xml"):
            done = run_bench(arguments)
            self.assertEqual((done.returncode, done.stdout), (EXIT_BAD_USAGE, ""), arguments)

    def test_help_fits_a_screen(self):
        for command in ("", "rpc", "pubsub", "connect", "client", "idle"):
            done = run_bench(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (EXIT_OK, ""))
            lines = done.stdout.splitlines()
            self.assertLessEqual(len(lines), 36)
            self.assertLessEqual(max(map(len, lines)), 80)


class AuthenticationTest(BenchCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="junctor-"))
        transports = [tcp_transport(auth=auth_of_all()), tcp_transport(auth={"ticket": auth_of_all()["ticket"]})]
        cls.router = cls.enterClassContext(JunctorProcess(node_config(transports), loglevel="info"))
        cls.url, cls.tickets_only = cls.router.urls

    def file_of(self, secret):
        with open(os.path.join(self.directory, "secret"), "w", encoding="utf-8") as file:
            file.write(secret + "\n")
        return file.name

    def test_every_authmethod(self):
        for authmethod, authid, secret in (
            ("ticket", "joe", SECRET),
            ("wampcra", "joe", SECRET),
            ("wampcra", "ann", SECRET),
            ("wamp-scram", "joe", SECRET),
            ("cryptosign", "joe", SEED),
        ):
            for serializer in SERIALIZERS:
                load = f"connect --clients 2 --count 10 --serializer {serializer} --url {self.url}"
                load += f" --authmethod {authmethod} --authid {authid}"
                with self.subTest(load):
                    self.assertEqual(self.bench(load, "--secret-file", self.file_of(secret))["messages"], 10)
                    self.assertEqual(self.bench(load, environment={VARIABLE: secret})["messages"], 10)

    def test_anonymous_and_a_key_without_authid(self):
        load = f"connect --count 10 --url {self.url} --authmethod"
        self.assertEqual(self.bench(f"{load} anonymous")["messages"], 10)
        self.assertEqual(self.bench(f"{load} cryptosign", environment={VARIABLE: SEED})["messages"], 10)

    def test_a_wrong_secret_is_told(self):
        for authmethod, secret in (
            ("ticket", "wrong"),
            ("wampcra", "wrong"),
            ("wamp-scram", "wrong"),
            ("cryptosign", SEED[::-1]),
        ):
            load = f"connect --count 10 --url {self.url} --authmethod {authmethod} --authid joe"
            said = self.failing(load, "--secret-file", self.file_of(secret))
            expected = "junctor bench: the router refused a session: wamp.error.authentication_denied"
            self.assertEqual(said, expected, authmethod)

    def test_a_router_without_the_authmethod_is_told(self):
        load = f"connect --count 10 --url {self.tickets_only}"
        for arguments in (load, f"{load} --authmethod anonymous"):
            self.assertRegex(self.failing(arguments), "^junctor bench: the router refused a session: wamp.error.")

    def test_what_it_needs(self):
        def refused(arguments, *more):
            return self.failing(f"connect --count 1 --url {self.url} {arguments}", *more, code=EXIT_BAD_USAGE)

        self.assertIn("--authid", refused("--authmethod ticket"))
        self.assertIn(VARIABLE, refused("--authmethod ticket --authid joe"))
        self.assertIn("--authmethod", refused("--authid joe"))
        self.assertIn("no secret", refused("--authmethod anonymous --secret-file x"))
        self.assertIn("cannot be read", refused("--authmethod ticket --authid joe --secret-file /no/such/file"))
        self.assertIn("is empty", refused("--authmethod ticket --authid joe", "--secret-file", self.file_of("")))
        self.assertIn("64 hex", refused("--authmethod cryptosign", "--secret-file", self.file_of(SEED[1:])))


class MisbehaviourTest(BenchCase):
    """Every way in which a message can go wrong is found."""

    def rpc(self, results):
        with MisbehavingRouter(results=results) as router:
            return self.failing(f"rpc --serializer json --depth 2 --count 3 --url {router.url}")

    def pubsub(self, events):
        with MisbehavingRouter(events=events) as router:
            return self.failing(f"pubsub --serializer json --depth 2 --count 3 --url {router.url}")

    def test_a_router_without_fault_passes(self):
        with MisbehavingRouter() as router:
            for load in ("rpc", "pubsub"):
                self.assertEqual(self.bench(f"{load} --serializer json --count 3 --url {router.url}")["messages"], 3)

    def test_calls(self):
        self.assertIn("damaged", self.rpc(lambda request, argument: [(request, argument[:-1])]))
        self.assertIn("damaged", self.rpc(lambda request, argument: [(request, argument.replace("0", "z"))]))
        self.assertIn("another call", self.rpc(lambda request, argument: [(request, argument[:-1] + "f")]))
        self.assertIn("second result", self.rpc(lambda request, argument: [(request, argument)] * 2))
        self.assertIn("one of no call", self.rpc(lambda request, argument: [(request + 17, argument)]))

    def test_events(self):
        last = f"{3:016x}"
        self.assertIn("damaged", self.pubsub(lambda argument: [argument + "x"]))
        self.assertIn("twice", self.pubsub(lambda argument: [argument] * 2))
        held = []
        self.assertIn("out of order", self.pubsub(lambda argument: held.append(argument) or held[:0:-1]))
        # The surplus event comes with the last one or after it.
        surplus = self.pubsub(lambda argument: [argument] * (2 if argument == last else 1))
        self.assertRegex(surplus, "twice|doubled")
        self.assertIn("lost", self.pubsub(lambda argument: [] if argument == f"{1:016x}" else [argument]))
        self.assertIn("lost", self.pubsub(lambda argument: [] if argument == last else [argument]))


class FloorTest(BenchCase):
    def setUp(self):
        path = os.path.join(self.folder(), "floor.sock")
        command = [os.environ["BENCH_FLOOR"], "rs://127.0.0.1:0", f"rs://unix:{path}"]
        self.floor = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(self.floor.stdout.close)
        self.addCleanup(self.floor.wait, PATIENCE)
        self.addCleanup(self.floor.terminate)
        self.urls = [self.floor.stdout.readline().removeprefix("listening ").strip() for _ in range(2)]

    def test_it_forwards_as_a_router_would(self):
        self.assertRegex(self.urls[0], r"^rs://127\.0\.0\.1:\d+$")
        for url in self.urls:
            common = f"--floor --count 300 --depth 8 --url {url} --pid {self.floor.pid}"
            for load, messages in (
                ("rpc --callers 4 --callees 4", 300),
                ("rpc --payload 100000", 300),
                ("rpc --lockstep --callers 2 --callees 2", 300),
                ("pubsub --subscribers 5", 1500),
                ("pubsub --publishers 2 --topics 2 --subscribers 3", 900),
                ("pubsub --subscribers 5 --payload 100000", 1500),
            ):
                report = self.bench(f"{load} {common}")
                self.assertEqual(report["messages"], messages, load)
                self.assertGreater(report["router"]["cpu_us_per_message"], 0)

    def test_its_usage(self):
        def run_floor(*urls):
            command = [os.environ["BENCH_FLOOR"], *urls]
            return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

        done = run_floor()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith("Usage: bench-floor URL"))
        done = run_floor("rs://unix:/no/such/folder/socket")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("cannot listen on", done.stderr)


if __name__ == "__main__":
    unittest.main()
