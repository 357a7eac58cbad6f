# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Starting and stopping the program: addresses, farewells, signals, and what keeps it from starting."""

import json
import os
import resource
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from junctor_process import PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport

EXIT_OK = 0
EXIT_BAD_CONFIG = 1
EXIT_NOT_STARTED = 3

HELLO, WELCOME, GOODBYE = 1, 2, 6


def address_of(url):
    """Host and port of a URL of the form rs://127.0.0.1:8080."""
    host, port = url.split("://", 1)[1].rsplit(":", 1)
    return host, int(port)


def threads_of(router):
    return len(os.listdir(f"/proc/{router.pid}/task"))


class Client:
    """A WAMP client over RawSocket and JSON that has joined realm1."""

    def __init__(self, family, address):
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)
        self.socket.sendall(b"\x7f\xf1\x00\x00")
        self.handshake = self._receive_exactly(4)
        self.send([HELLO, "realm1", {"roles": {"caller": {}}}])
        self.welcome = self.receive()

    def send(self, message):
        text = json.dumps(message).encode()
        self.socket.sendall(len(text).to_bytes(4, "big") + text)

    def receive(self):
        """The next message; None if the connection has ended."""
        header = self._receive_exactly(4)
        if not header:
            return None
        return json.loads(self._receive_exactly(int.from_bytes(header, "big")))

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _receive_exactly(self, count):
        octets = b""
        while len(octets) < count:
            part = self.socket.recv(count - len(octets))
            if not part:
                return octets
            octets += part
        return octets


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def join(self, router):
        client = Client(socket.AF_INET, router.tcp_address)
        self.addCleanup(client.close)
        self.assertEqual(client.welcome[0], WELCOME)
        return client

    def expect_no_start(self, config, code):
        """Starts a router that is to fail, and returns its log."""
        router = JunctorProcess(config)
        self.addCleanup(router.kill)
        self.assertEqual(router.wait(), code)
        return router.log

    # Starting -------------------------------------------------------------------------------------------------------

    def test_it_listens_where_its_log_says(self):
        path = os.path.join(self.directory, "router.sock")
        with JunctorProcess(node_config(transports=[tcp_transport(), unix_transport(path)])) as router:
            self.assertEqual([event["transport"] for event in router.log if event["event"] == "listening"],
                             ["transport1", "transport2"])
            self.assertEqual(router.unix_path, path)
            with self.join(router) as client:
                self.assertEqual(client.handshake, b"\x7f\x81\x00\x00")
            with Client(socket.AF_UNIX, path) as local:
                self.assertEqual(local.welcome[0], WELCOME)
            self.assertTrue(stat.S_ISSOCK(os.stat(path).st_mode))
        self.assertFalse(os.path.exists(path))

    def test_welcome_names_the_software_and_its_version(self):
        with JunctorProcess() as router, self.join(router) as client:
            self.assertRegex(client.welcome[2]["agent"], r"^Junctor/\d+\.\d+\.\d+$")

    def test_the_events_of_the_log_have_time_level_and_name(self):
        with JunctorProcess() as router:
            pass
        for event in router.log:
            self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(event["level"], ("trace", "debug", "info", "warning", "error"))
        names = [event["event"] for event in router.log]
        self.assertEqual(names[0], "configuration read")
        self.assertLess(names.index("listening"), names.index("ready"))
        self.assertLess(names.index("stopping"), names.index("stopped"))
        self.assertEqual(names[-1], "stopped")

    def test_the_soft_limit_of_open_files_is_raised_to_the_hard_one(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with JunctorProcess() as router:
            self.assertEqual(router.wait_for_event("open files limited")["limit"], hard)
            self.assertEqual(resource.prlimit(router.pid, resource.RLIMIT_NOFILE), (hard, hard))

    def test_each_worker_has_realms_of_its_own(self):
        config = node_config()
        other = node_config(realms=[{"name": "realm2", "roles": [{"name": "anonymous"}]}])
        config["workers"] += other["workers"]
        with JunctorProcess(config) as router:
            with self.join(router) as client:
                self.assertEqual(client.welcome[0], WELCOME)
            with Client(socket.AF_INET, address_of(router.urls[1])) as stranger:
                self.assertEqual(stranger.welcome[2], "wamp.error.no_such_realm")

    def test_each_worker_has_threads_of_its_own(self):
        def with_workers(count, shards):
            workers = [node_config()["workers"][0] | {"options": {"shards": shards}} for _ in range(count)]
            return JunctorProcess({"version": 2, "workers": workers})

        with with_workers(2, 1) as router:
            threads = threads_of(router)  # with one that a sanitizer may have for itself
        with with_workers(3, 2) as router:
            self.assertEqual(threads_of(router), threads + 4)
            clients = [Client(socket.AF_INET, address) for address in map(address_of, router.urls) for _ in range(3)]
            router.send_signal(signal.SIGTERM)
            for client in clients:
                self.assertEqual(client.receive()[0], GOODBYE)
                client.send([GOODBYE, {}, "wamp.close.goodbye_and_out"])
                self.assertIsNone(client.receive())
                client.close()
            self.assertEqual(router.wait(), EXIT_OK)
            self.assertEqual(router.wait_for_event("stopped")["connections_dropped"], 0)

    def test_the_connections_of_a_worker_are_spread_over_its_shards(self):
        def spread_over(shards):
            config = node_config()
            config["workers"][0]["options"] = {"shards": shards}
            return JunctorProcess(config)

        with spread_over(2) as router:
            self.assertEqual(router.wait_for_event("connections spread")["shards"], 2)
            threads = threads_of(router)  # with one that a sanitizer may have for itself
        with spread_over(3) as router:
            self.assertEqual(router.wait_for_event("connections spread")["shards"], 3)
            self.assertEqual(threads_of(router), threads + 1)
            clients = [self.join(router) for _ in range(6)]
            router.send_signal(signal.SIGTERM)
            for client in clients:
                self.assertEqual(client.receive()[0], GOODBYE)
                client.send([GOODBYE, {}, "wamp.close.goodbye_and_out"])
                self.assertIsNone(client.receive())
            self.assertEqual(router.wait(), EXIT_OK)
            self.assertEqual(router.wait_for_event("stopped")["connections_dropped"], 0)

    def test_doubts_about_the_configuration_are_logged(self):
        config = node_config(transports=[tcp_transport(max_message_size=20_000_000)])
        with JunctorProcess(config) as router:
            warning = router.wait_for_event("configuration doubtful", level="warning")
            self.assertIn("workers[0].transports[0].max_message_size", warning["problem"])

    # Not starting ---------------------------------------------------------------------------------------------------

    def test_a_port_in_use_is_an_error(self):
        with JunctorProcess() as first:
            transport = tcp_transport()
            transport["endpoint"]["port"] = first.tcp_address[1]
            log = self.expect_no_start(node_config(transports=[transport]), EXIT_NOT_STARTED)
            self.assertEqual(log[-1]["event"], "cannot start")
            self.assertEqual(log[-1]["level"], "error")
            self.assertIn(str(first.tcp_address[1]), log[-1]["cause"])

    def test_a_unix_domain_socket_in_use_is_an_error_and_stays_usable(self):
        path = os.path.join(self.directory, "router.sock")
        config = node_config(transports=[tcp_transport(), unix_transport(path)])
        with JunctorProcess(config):
            log = self.expect_no_start(config, EXIT_NOT_STARTED)
            self.assertEqual(log[-1]["event"], "cannot start")
            self.assertIn(path, log[-1]["cause"])
            with Client(socket.AF_UNIX, path) as local:
                self.assertEqual(local.welcome[0], WELCOME)

    def test_a_missing_key_of_tls_is_an_error_of_the_configuration(self):
        transport = tcp_transport()
        transport["endpoint"]["tls"] = {"key": "server.key", "certificate": "server.crt"}
        log = self.expect_no_start(node_config(transports=[transport]), EXIT_BAD_CONFIG)
        self.assertEqual(len(log), 2)
        self.assertRegex(log[0]["text"], r"transports\[0\]\.endpoint\.tls\.key: there is no file '.*/server\.key'$")

    def test_the_log_is_text_unless_asked_otherwise_and_obeys_its_level(self):
        path = os.path.join(self.directory, "config.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(node_config(transports=[tcp_transport(), unix_transport("no/such directory/router.sock")]), file)

        def start(*arguments):
            command = [binary(), "--config", path, *arguments]
            result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertEqual((result.returncode, result.stdout), (EXIT_NOT_STARTED, ""))
            return result.stderr.splitlines()

        lines = start()
        self.assertGreater(len(lines), 3)
        for line in lines:
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|error) [a-z ]+( [a-z_]+=.*)?$")
        self.assertRegex(lines[-1], r'^\S+ error cannot start cause=".*no/such directory/router\.sock.*"$')
        self.assertEqual(len(start("--loglevel", "error")), 1)
        self.assertEqual(start("--loglevel", "none"), [])

    # Stopping -------------------------------------------------------------------------------------------------------

    def test_sigterm_and_sigint_say_goodbye_to_all_and_end_it_well(self):
        for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "SIGINT")):
            with self.subTest(name), JunctorProcess() as router:
                clients = [self.join(router) for _ in range(3)]
                started = time.monotonic()
                router.send_signal(number)
                for client in clients:
                    kind, details, reason = client.receive()
                    self.assertEqual((kind, reason), (GOODBYE, "wamp.close.system_shutdown"))
                    self.assertIsInstance(details, dict)
                    client.send([GOODBYE, {}, "wamp.close.goodbye_and_out"])
                    self.assertIsNone(client.receive())
                    client.close()
                self.assertEqual(router.wait(), EXIT_OK)
                # Nobody kept it waiting, so it did not wait for the 2 seconds that a client would have had.
                self.assertLess(time.monotonic() - started, 2.0)
                self.assertEqual(router.wait_for_event("stopping")["signal"], name)
                self.assertEqual(router.wait_for_event("stopped")["connections_dropped"], 0)

    def test_clients_that_do_not_answer_cannot_keep_it_from_stopping(self):
        transport = tcp_transport(limits={"goodbye_timeout": 300})
        with JunctorProcess(node_config(transports=[transport])) as router:
            client = self.join(router)
            silent = socket.create_connection(router.tcp_address)
            self.addCleanup(silent.close)
            self.assertEqual(router.stop(), EXIT_OK)
            self.assertEqual(client.receive()[0], GOODBYE)

    def test_a_second_signal_ends_it_at_once(self):
        transport = tcp_transport(limits={"goodbye_timeout": 60_000})
        with JunctorProcess(node_config(transports=[transport])) as router:
            client = self.join(router)
            router.send_signal(signal.SIGTERM)
            self.assertEqual(client.receive()[0], GOODBYE)
            started = time.monotonic()
            router.send_signal(signal.SIGTERM)
            self.assertEqual(router.wait(), -signal.SIGTERM)
            self.assertLess(time.monotonic() - started, 10.0)

    def test_a_connection_that_was_only_opened_does_not_delay_the_end(self):
        transport = tcp_transport(limits={"goodbye_timeout": 60_000})
        with JunctorProcess(node_config(transports=[transport])) as router:
            with socket.create_connection(router.tcp_address):
                self.join(router).close()
                self.assertEqual(router.stop(), EXIT_OK)


if __name__ == "__main__":
    unittest.main()
