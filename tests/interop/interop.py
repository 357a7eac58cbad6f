# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What the interop tests share: the router on one transport, and clients of other projects as processes of their own.

Environment: JUNCTOR_BINARY, the router; INTEROP_PYTHON, an interpreter that has Autobahn; INTEROP_NODE, Node;
INTEROP_CHROMIUM, a browser; INTEROP_JUNCTOR, the client with the library of this project. PYTHONPATH has tests/support.
"""

import json
import os
import pathlib
import queue
import subprocess
import tempfile
import threading
import unittest

from junctor_process import JunctorProcess, node_config, tcp_transport, unix_transport

HERE = pathlib.Path(__file__).resolve().parent
REALM = "realm1"
SERIALIZERS = ("json", "msgpack", "cbor")
LIBRARIES_FOR_NODE = {"node": "autobahn", "wampy": "wampy"}
SECONDS_PER_CLIENT = 60


def command_of(family):
    """How a client of a family is started.

    "twisted" and "asyncio" are Autobahn for Python, "node" is that for Node, "wampy" Wampy.js, "page" that in a page of
    a browser, and "junctor" our own.
    """
    if family == "junctor":
        return [os.environ["INTEROP_JUNCTOR"]]
    if family == "page":
        return [os.environ["INTEROP_NODE"], str(HERE / "node" / "browser" / "open.mjs")]
    if family in LIBRARIES_FOR_NODE:
        library = LIBRARIES_FOR_NODE[family]
        if not (HERE / "node" / "node_modules" / library).exists():
            raise AssertionError(f"the package {library} is missing: run npm ci --prefix {HERE / 'node'}")
        return [os.environ["INTEROP_NODE"], "--no-deprecation", str(HERE / "node" / "main.mjs"), library]
    return [os.environ["INTEROP_PYTHON"], "-B", str(HERE / "python" / "main.py"), family]


class Client:
    """A running client. What it prints are lines `ok …` and `not ok …`; the modes are told by its main file."""

    def __init__(self, family, mode, url, serializer, *options, environment=None):
        self.name = f"{family} over {serializer}: {mode}"
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*command_of(family), mode, url, serializer, REALM, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            encoding="utf-8",
            env={**os.environ, **(environment or {})},
        )
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _next_line(self):
        """The next line, or None at the end."""
        try:
            return self._lines.get(timeout=SECONDS_PER_CLIENT)
        except queue.Empty:
            raise AssertionError(self._trouble("prints nothing any more")) from None

    def wait_until_ready(self):
        line = self._next_line()
        if line != "ready":
            raise AssertionError(self._trouble(f"is not ready but says: {line}"))

    def expect_all_well(self):
        """Ends its input, and fails unless everything that it says from now on is ok. Returns how much that was."""
        lines, code = self._end()
        bad = [line for line in lines if not line.startswith("ok ")]
        if bad or code != 0 or not lines:
            raise AssertionError(self._trouble(f"ends with {code} after {len(lines)} lines", bad))
        return len(lines)

    def send_attempts(self, attempts):
        """Makes a client with the mode "authenticate" start with these attempts to join."""
        self.process.stdin.write(json.dumps(attempts))
        self.process.stdin.close()

    def outcomes(self, count):
        """What came of each of so many attempts."""
        lines, code = self._end()
        if code != 0 or len(lines) != count:
            raise AssertionError(self._trouble(f"ends with {code} after {len(lines)} of {count} attempts", lines))
        return [json.loads(line) for line in lines]

    def _end(self):
        """Ends its input, and gives the rest of its lines and its exit code."""
        self.process.stdin.close()
        lines = list(iter(self._next_line, None))
        return lines, self.process.wait(SECONDS_PER_CLIENT)

    def _trouble(self, what, lines=()):
        self.errors.seek(0)
        return "\n".join([f"{self.name} {what}", *lines, "--- the end of its stderr:", self.errors.read()[-2000:]])

    def stop(self):
        """To be called at last, whatever happened: nothing of it is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.process.stdin.close()
        self.errors.close()


class InteropCase(unittest.TestCase):
    """A router for all tests of a class. It has one transport, the `endpoint` for clients of `framing`, unless a class
    has its own `config`.
    """

    endpoint = "tcp"
    framing = "rawsocket"
    environment = {}
    provoked = ()  # Events of the log that are errors, and what the tests want to see.

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="junctor-interop-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.certificate = None
        if cls.endpoint == "tls":
            cls.certificate = make_certificate(cls.folder)
        cls.router = JunctorProcess(cls.config(), str(cls.folder), environment=cls.environment)
        cls.addClassCleanup(cls.router.kill)
        cls.router.wait_until_ready()
        cls.url = cls.router.urls[0]

    @classmethod
    def tearDownClass(cls):
        """Whatever the clients did, the router ends in order and has had no trouble with itself."""
        code = cls.router.stop()
        errors = [line for line in cls.router.log if line.get("level") == "error" and line["event"] not in cls.provoked]
        if code != 0 or errors:
            raise AssertionError(f"the router ended with {code}; errors in its log: {errors}")

    @classmethod
    def config(cls):
        config = node_config([{**cls.transport(), "type": cls.framing}])
        history = {"type": "memory", "limit": 1000, "event-history": [{"uri": "com.example.*"}]}
        config["workers"][0]["realms"][0]["store"] = history
        return config

    @classmethod
    def transport(cls):
        if cls.endpoint == "unix":
            return unix_transport(str(cls.folder / "router.sock"))
        transport = tcp_transport()
        if cls.endpoint == "tls":
            files = {"key": str(cls.folder / "key.pem"), "certificate": cls.certificate}
            transport["endpoint"]["tls"] = files
        return transport

    def client(self, family, mode, serializer, *options, url=None):
        environment = {}
        if self.certificate and family in LIBRARIES_FOR_NODE:  # Node itself is told whom to trust.
            environment["NODE_EXTRA_CA_CERTS"] = self.certificate
        elif self.certificate and family != "page":
            options += ("--certificate", self.certificate)
        client = Client(family, mode, url or self.url, serializer, *options, environment=environment)
        self.addCleanup(client.stop)
        return client

    def start_again(self):
        """A router at the place of the one that was killed, which tearDownClass ends."""
        _, port = self.router.tcp_address
        config = self.config()
        config["workers"][0]["transports"][0]["endpoint"]["port"] = port
        type(self).router = JunctorProcess(config, str(self.folder))
        self.addClassCleanup(self.router.kill)
        self.router.wait_until_ready()

    def check_scenarios(self, family, serializers=SERIALIZERS):
        """Every scenario of the family passes with each of the serializers."""
        for client in [self.client(family, "scenarios", serializer) for serializer in serializers]:
            with self.subTest(client.name):
                self.assertGreaterEqual(client.expect_all_well(), 20, "number of scenarios")

    def check_goodbye(self, families):
        """The router says goodbye to a client of each family when it stops. Nothing can follow but tearDownClass."""
        clients = [self.client(family, "stay", serializer) for family in families for serializer in SERIALIZERS]
        for client in clients:
            client.wait_until_ready()
        self.assertEqual(self.router.stop(), 0)
        for client in clients:
            with self.subTest(client.name):
                client.expect_all_well()


def make_certificate(folder):
    """Makes key.pem and certificate.pem for 127.0.0.1 in the folder; returns the path of the certificate."""
    certificate = str(folder / "certificate.pem")
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", certificate, "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate
