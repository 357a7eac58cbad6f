# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The commands that are clients: call, publish, subscribe, register, ping and meta, against the real router."""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from bench_test import PUBLIC_KEY, SECRET, SEED, auth_of_all
from certificate import make_certificate
from misbehaving_router import MisbehavingRouter
from junctor_process import ALLOW_ALL, PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport

EXIT_OK = 0
EXIT_BAD_USAGE = 2
EXIT_NOT_STARTED = 3
EXIT_REQUEST_FAILED = 10
EXIT_NO_SUCH_PROCEDURE = 11
EXIT_NOT_AUTHORIZED = 12
EXIT_TIMEOUT = 13
EXIT_CANCELED = 14
EXIT_NOT_JOINED = 15
EXIT_SESSION_LOST = 16
EXIT_INTERRUPTED = 130
EXIT_OUTPUT_CLOSED = 141
EXIT_TERMINATED = 143


class Running:
    """A command that runs until it is told to end. `lines()` are those that it prints."""

    def __init__(self, arguments, environment):
        self.process = subprocess.Popen(
            [binary(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.lines = queue.Queue()
        self.log = queue.Queue()
        self.readers = [
            threading.Thread(target=self.read, args=(self.process.stdout, self.lines), daemon=True),
            threading.Thread(target=self.read, args=(self.process.stderr, self.log), daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def read(stream, into):
        for line in stream:
            into.put(line.rstrip("\n"))

    def line(self):
        return self.lines.get(timeout=PATIENCE)

    def end(self, number=signal.SIGINT):
        """Sends the signal, and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self):
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class ClientCase(unittest.TestCase):
    url = None

    def environment(self, **more):
        kept = {name: text for name, text in os.environ.items() if not name.startswith("JUNCTOR_")}
        return {**kept, "JUNCTOR_URL": self.url, **more}

    def junctor(self, *arguments, given="", **environment):
        """Runs a command to its end; the result has returncode, stdout and stderr."""
        return subprocess.run(
            [binary(), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=self.environment(**environment),
        )

    def output(self, *arguments, **more):
        """What a command prints that goes well."""
        done = self.junctor(*arguments, **more)
        self.assertEqual((done.returncode, done.stderr), (EXIT_OK, ""), arguments)
        return done.stdout

    def failing(self, code, *arguments, **more):
        """The one line that a command says which fails."""
        done = self.junctor(*arguments, **more)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr.rstrip("\n")

    @contextlib.contextmanager
    def running(self, *arguments, until, code=EXIT_OK, **environment):
        """A command that runs meanwhile, from when `until()` is true. At the end SIGINT ends it with `code`."""
        command = Running(arguments, self.environment(**environment))
        try:
            while not until():
                self.assertIsNone(command.process.poll(), "the command has ended")
            yield command
            self.assertEqual(command.end(), code)
        finally:
            command.process.kill()
            command.wait()

    def registered(self, uri):
        """Whether a procedure is registered."""
        return lambda: self.output("call", "wamp.registration.match", uri) != "null\n"

    def subscribed(self, uri):
        return lambda: self.output("call", "wamp.subscription.match", uri) != "null\n"

    def registering(self, uri, *program, options=(), **environment):
        return self.running("register", uri, *options, "--", *program, until=self.registered(uri), **environment)


class OpenRouterCase(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="junctor-"))
        secure = tcp_transport()
        secure["endpoint"]["tls"] = make_certificate(cls.folder)
        transports = [unix_transport(os.path.join(cls.folder, "junctor.sock")), tcp_transport(), secure]
        cls.router = cls.enterClassContext(JunctorProcess(node_config(transports)))
        cls.url, cls.tcp, cls.tls = cls.router.urls


ECHO = ("sh", "-c", "cat")
# Prints the positional arguments that it is called with.
ARGS = ("python3", "-c", "import json, sys; print(json.dumps(json.load(sys.stdin)['args']))")


class CallTest(OpenRouterCase):
    def test_arguments_are_json_or_else_text(self):
        with self.registering("com.example.args", *ARGS):
            told = self.output("call", "com.example.args", "1", "-2.5", "true", "null", '{"a": [1]}', "a b", '"5"')
            self.assertEqual(json.loads(told), [1, -2.5, True, None, {"a": [1]}, "a b", "5"])
            told = self.output("call", "com.example.args", "-s", "1", "true", "")
            self.assertEqual(json.loads(told), ["1", "true", ""])

    def test_arguments_as_lists_and_dicts_of_json(self):
        with self.registering("com.example.echo", *ECHO):
            options = ["--kw", "b=x=y", "--args-json", "-", "--kwargs-json", '{"a": 1}']
            told = json.loads(self.output("call", "com.example.echo", "3", *options, given="[1, 2]\n"))
            self.assertEqual((told["args"], told["kwargs"]), ([1, 2, 3], {"a": 1, "b": "x=y"}))

    def test_a_text_is_printed_as_it_is_and_everything_else_as_json(self):
        with self.registering("com.example.args", "sh", "-c", "echo Hello, world"):
            self.assertEqual(self.output("call", "com.example.args"), "Hello, world\n")
            told = json.loads(self.output("call", "com.example.args", "--json"))
            self.assertEqual(told, {"args": ["Hello, world"], "kwargs": {}})
        with self.registering("com.example.none", "true"):
            self.assertEqual(self.output("call", "com.example.none"), "")
            self.assertEqual(json.loads(self.output("call", "com.example.none", "--json")), {"args": [], "kwargs": {}})

    def test_results_of_several_parts(self):
        answer = """echo '{"args": [1, "two"], "kwargs": {"three": 3}}'"""
        with self.registering("com.example.raw", "sh", "-c", answer, options=["--raw"]):
            self.assertEqual(self.output("call", "com.example.raw"), '[1,"two"] {"three":3}\n')

    def test_every_serializer_and_transport(self):
        trust = ["--ca", os.path.join(self.folder, "certificate.pem"), "--tls-hostname", "localhost"]
        for url, options in ((self.url, []), (self.tcp, []), (self.tls, trust)):
            for serializer in ("json", "msgpack", "cbor"):
                with self.subTest(url=url, serializer=serializer):
                    command = ["call", "wamp.session.count", "--url", url, "--serializer", serializer, *options]
                    self.assertEqual(self.output(*command), "1\n")

    def test_a_certificate_that_is_not_trusted(self):
        told = self.failing(EXIT_NOT_JOINED, "call", "wamp.session.count", "--url", self.tls)
        self.assertRegex(told, "^junctor: .*certificate")

    def test_errors_have_exit_codes(self):
        told = self.failing(EXIT_NO_SUCH_PROCEDURE, "call", "com.example.nothing")
        self.assertRegex(told, "^junctor: wamp.error.no_such_procedure")
        told = self.failing(EXIT_REQUEST_FAILED, "call", "wamp.session.get", "1")
        self.assertRegex(told, "^junctor: wamp.error.no_such_session")
        told = json.loads(self.failing(EXIT_REQUEST_FAILED, "call", "wamp.session.get", "1", "--json"))
        self.assertEqual((told["error"], told["kwargs"]), ("wamp.error.no_such_session", {}))

    def test_timeout_ends_the_program_of_the_callee(self):
        with self.registering("com.example.slow", "sleep", "1000") as callee:
            told = self.failing(EXIT_TIMEOUT, "call", "com.example.slow", "--timeout", "0.2")
            self.assertRegex(told, "^junctor: wamp.error.timeout")
            children = f"/proc/{callee.process.pid}/task/{callee.process.pid}/children"
            while self.text_of(children).strip():
                self.assertIsNone(callee.process.poll())

    @staticmethod
    def text_of(path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    @contextlib.contextmanager
    def calling(self, code):
        """A call whose program runs and does not end, and which ends with `code`. Gives the callee and the call."""
        started = os.path.join(self.folder, "started")
        with self.registering("com.example.wait", "sh", "-c", f"touch {started}; sleep 1000") as callee:
            call = ["call", "com.example.wait"]
            with self.running(*call, until=lambda: os.path.exists(started), code=code) as caller:
                yield callee, caller
        os.remove(started)

    def test_signals_cancel_the_call(self):
        with self.calling(EXIT_INTERRUPTED):
            pass
        with self.calling(EXIT_TERMINATED) as (_, caller):
            self.assertEqual(caller.end(signal.SIGTERM), EXIT_TERMINATED)

    def test_a_callee_that_leaves_cancels_the_call(self):
        with self.calling(EXIT_CANCELED) as (callee, caller):
            self.assertEqual(callee.end(), EXIT_OK)
            self.assertEqual(caller.wait(), EXIT_CANCELED)
            self.assertRegex(caller.log.get_nowait(), "^junctor: wamp.error.canceled")

    def test_the_session_is_lost_during_the_call(self):
        with self.calling(EXIT_SESSION_LOST) as (_, caller):
            registered = json.loads(self.output("call", "wamp.registration.match", "com.example.wait"))
            callees = json.loads(self.output("call", "wamp.registration.list_callees", str(registered)))
            for session in set(json.loads(self.output("call", "wamp.session.list"))) - set(callees):
                self.junctor("meta", "kill", str(session))
            self.assertEqual(caller.wait(), EXIT_SESSION_LOST)
            self.assertRegex(caller.log.get_nowait(), "^junctor: the session has ended")

    def test_progressive_results_are_lines(self):
        def results(request, last):
            return [*((request, i, {"progress": True}) for i in range(last)), (request, last, {})]

        with MisbehavingRouter(results=results) as router:
            call = ["call", "com.example.count", "2", "--url", router.url, "--serializer", "json"]
            self.assertEqual(self.output(*call, "--progress"), "0\n1\n2\n")
            told = [json.loads(line) for line in self.output(*call, "--progress", "--json").splitlines()]
            parts = [{"args": [i], "kwargs": {}, "progress": True} for i in range(2)]
            self.assertEqual(told, [*parts, {"args": [2], "kwargs": {}}])

    def test_what_cannot_be_meant_is_wrong_usage(self):
        for command in (
            ["call"],
            ["call", "com.example.x", "--kw", "novalue"],
            ["call", "com.example.x", "--args-json", "{}"],
            ["call", "com.example.x", "--kwargs-json", "{"],
            ["call", "com.example.x", "--url", "http://x"],
            ["call", "com.example.x", "--ca", "x.pem"],
            ["call", "com.example.x", "--authmethod", "ticket", "--authid", "joe"],
            ["call", "com.example.x", "--timeout", "0"],
            ["publish", "com.example.x", "--lines", "--no-acknowledge"],
            ["register", "com.example.x"],
            ["register", "com.example.x", "--", "no-such-program"],
            ["meta"],
        ):
            with self.subTest(command):
                done = self.junctor(*command)
                self.assertEqual((done.returncode, done.stdout), (EXIT_BAD_USAGE, ""))
                self.assertNotEqual(done.stderr, "")

    def test_no_router(self):
        told = self.failing(EXIT_NOT_JOINED, "call", "com.example.x", "--url", f"rs://unix:{self.folder}/none")
        self.assertRegex(told, "^junctor: cannot connect to unix:.*/none: No such file")

    def test_a_router_that_does_not_answer(self):
        with MisbehavingRouter(welcome=None) as router:
            for command in (["call"], ["subscribe"], ["publish"]):
                told = self.failing(EXIT_NOT_JOINED, *command, "com.example.x", "--timeout", "0.1", "--url", router.url,
                                    "--serializer", "json")
                self.assertRegex(told, "does not answer$")

    def test_a_key_that_cannot_be_read(self):
        told = self.failing(EXIT_NOT_STARTED, "call", "com.example.x", "--private-key", f"{self.folder}/none")
        self.assertRegex(told, "^junctor: .*/none")

    def test_no_such_realm(self):
        told = self.failing(EXIT_NOT_JOINED, "call", "com.example.x", "--realm", "nowhere")
        self.assertIn("wamp.error.no_such_realm", told)

    def test_the_environment_names_router_and_realm(self):
        told = self.failing(EXIT_NOT_JOINED, "call", "com.example.x", JUNCTOR_REALM="nowhere")
        self.assertIn("wamp.error.no_such_realm", told)
        self.assertEqual(self.output("call", "wamp.session.count", JUNCTOR_URL="", XDG_RUNTIME_DIR=self.folder), "1\n")


class EventTest(OpenRouterCase):
    def test_events_are_lines(self):
        with self.running("subscribe", "com.example.a", until=self.subscribed("com.example.a")) as subscriber:
            self.assertEqual(self.output("publish", "com.example.a", "Hello", "--kw", "n=1"), "")
            self.assertEqual(subscriber.line(), 'Hello {"n":1}')
            self.output("publish", "com.example.a", "two\nlines", "--no-acknowledge")
            self.assertEqual(subscriber.line(), '["two\\nlines"]')

    def test_events_of_several_topics_name_theirs_and_count_ends(self):
        command = ["subscribe", "com.example.b", "--match", "prefix", "--count", "2"]
        with self.running(*command, until=self.subscribed("com.example.b.c")) as subscriber:
            self.output("publish", "com.example.b.c", "--lines", "-s", "x", given="1\n\nthree")
            self.assertEqual(subscriber.line(), 'com.example.b.c ["x","1"]')
            self.assertEqual(subscriber.line(), 'com.example.b.c ["x",""]')
            self.assertEqual(subscriber.wait(), EXIT_OK)
            self.assertTrue(subscriber.lines.empty())

    def test_retained_events_and_json(self):
        told = json.loads(self.output("publish", "com.example.kept", "5", "--retain", "--json"))
        line = self.output("subscribe", "com.example.kept", "--retained", "--count", "1", "--json")
        event = json.loads(line)
        self.assertEqual((event["topic"], event["args"], event["retained"]), ("com.example.kept", [5], True))
        self.assertEqual(event["publication"], told["publication"])

    def test_receivers_are_chosen_by_authrole(self):
        with self.running("subscribe", "com.example.r", until=self.subscribed("com.example.r")) as subscriber:
            self.output("publish", "com.example.r", "1", "--exclude-authrole", "anonymous")
            self.output("publish", "com.example.r", "2", "--eligible-authrole", "other")
            self.output("publish", "com.example.r", "3", "--eligible-authrole", "anonymous")
            self.assertEqual(subscriber.line(), "3")

    def test_a_closed_pipe_ends_the_command(self):
        self.output("publish", "com.example.p", "7", "--retain")
        script = f"({binary()} subscribe com.example.p --retained; echo $? >&2) | head -n 1"
        with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=self.environment()) as shell:
            self.assertEqual(shell.stdout.readline(), "7\n")
            while shell.poll() is None:
                self.output("publish", "com.example.p", "8")
            self.assertEqual(shell.stderr.read(), f"{EXIT_OUTPUT_CLOSED}\n")


class RegisterTest(OpenRouterCase):
    def test_the_program_is_told_who_calls(self):
        with self.registering("com.example.echo", *ECHO):
            told = json.loads(self.output("call", "com.example.echo", "1", "--disclose-me"))
            self.assertEqual((told["procedure"], told["args"]), ("com.example.echo", [1]))
            self.assertIsInstance(told["caller"], int)
            self.assertEqual(told["caller_authrole"], "anonymous")

    def test_a_program_that_fails_answers_with_an_error(self):
        with self.registering("com.example.bad", "sh", "-c", "echo odd input >&2; exit 3"):
            told = self.failing(EXIT_REQUEST_FAILED, "call", "com.example.bad")
            self.assertEqual(told, 'junctor: junctor.error.program_failed: odd input kwargs={"exit_code":3}')
        with self.registering("com.example.killed", "sh", "-c", "kill -9 $$"):
            told = self.failing(EXIT_REQUEST_FAILED, "call", "com.example.killed")
            self.assertEqual(told, 'junctor: junctor.error.program_failed: the program failed kwargs={"signal":9}')

    def test_a_program_that_does_not_stop_writing_is_killed(self):
        with self.registering("com.example.flood", "cat", "/dev/zero"):
            told = self.failing(EXIT_REQUEST_FAILED, "call", "com.example.flood")
            self.assertRegex(told, "^junctor: wamp.error.payload_size_exceeded")

    def test_a_program_that_does_not_read_its_input(self):
        with self.registering("com.example.deaf", "echo", "5"):
            self.assertEqual(self.output("call", "com.example.deaf", "-s", "x" * 100_000), "5\n")

    def test_programs_inherit_neither_files_nor_the_secret(self):
        with self.registering("com.example.fds", "ls", "/proc/self/fd"):
            self.assertEqual(self.output("call", "com.example.fds"), "0\n1\n2\n3\n")
        given = {"JUNCTOR_SECRET": "hush", "SHOWN": "hush"}
        with self.registering("com.example.env", "sh", "-c", "env | grep hush", **given):
            self.assertEqual(self.output("call", "com.example.env"), "SHOWN=hush\n")

    def test_a_procedure_that_somebody_else_has(self):
        with self.registering("com.example.mine", "true"):
            told = self.failing(EXIT_REQUEST_FAILED, "register", "com.example.mine", "--", "true")
            self.assertRegex(told, "^junctor: wamp.error.procedure_already_exists")

    def test_not_more_programs_at_a_time_than_wanted(self):
        script = f"mkdir {self.folder}/lock && sleep 0.05 && rmdir {self.folder}/lock && echo alone"
        with self.registering("com.example.one", "sh", "-c", script, options=["--concurrency", "1"]):
            calls = [Running(["call", "com.example.one"], self.environment()) for _ in range(4)]
            self.assertEqual([call.wait() for call in calls], [EXIT_OK] * 4)
            self.assertEqual([call.line() for call in calls], ["alone"] * 4)


class SeveralShardsTest(ClientCase):
    """Commands whose sessions are on different shards of one router."""

    @classmethod
    def setUpClass(cls):
        config = node_config([tcp_transport()])
        config["workers"][0]["options"] = {"shards": 2}
        cls.router = cls.enterClassContext(JunctorProcess(config))
        cls.url, = cls.router.urls

    def subscribers(self):
        return sum(each["subscribers"] for each in json.loads(self.output("meta", "subscriptions", "--json")))

    def test_calls_and_events(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.registering("com.example.args", *ARGS))
            subscribe = ["subscribe", "com.example.a"]
            subscribers = []
            for count in range(1, 5):
                there = lambda: self.subscribers() == count
                subscribers.append(stack.enter_context(self.running(*subscribe, until=there)))
            for number in range(4):
                self.assertEqual(self.output("call", "com.example.args", str(number)), f"[{number}]\n")
                self.output("publish", "com.example.a", str(number))
            for subscriber in subscribers:
                self.assertEqual([subscriber.line() for _ in range(4)], ["0", "1", "2", "3"])


class LostSessionTest(ClientCase):
    def test_subscribers_come_back_unless_told_otherwise(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            config = node_config([unix_transport(os.path.join(folder, "junctor.sock"))])
            router = JunctorProcess(config).wait_until_ready()
            self.url = router.urls[0]
            with contextlib.ExitStack() as stack:
                stack.callback(lambda: router.kill())
                subscribed = self.subscribed("com.example.a")
                faithful = stack.enter_context(self.running("subscribe", "com.example.a", until=subscribed))
                both = lambda: self.output("call", "wamp.session.count") == "3\n"
                brittle = stack.enter_context(
                    self.running("subscribe", "com.example.a", "--no-retry", until=both, code=EXIT_SESSION_LOST))
                self.assertEqual(router.stop(), 0)
                self.assertEqual(brittle.wait(), EXIT_SESSION_LOST)
                router = JunctorProcess(config).wait_until_ready()
                while not subscribed():
                    self.assertIsNone(faithful.process.poll())
                self.output("publish", "com.example.a", "again")
                self.assertEqual(faithful.line(), "again")
            router.stop()


class PingAndMetaTest(OpenRouterCase):
    def test_ping(self):
        lines = self.output("ping", "--count", "3", "--interval", "0.01").splitlines()
        self.assertEqual(len(lines), 5)
        for number, line in enumerate(lines[1:4], 1):
            self.assertRegex(line, rf"^answer from unix:.*: seq={number} time=\d+\.\d+ ms$")
        self.assertRegex(lines[4], r"^3 sent, 3 answers; min/avg/max = \d+\.\d+/\d+\.\d+/\d+\.\d+ ms$")
        last = json.loads(self.output("ping", "--count", "1", "--json").splitlines()[-1])
        self.assertEqual((last["sent"], last["answered"]), (1, 1))

    def test_ping_over_every_transport(self):
        trust = ["--ca", os.path.join(self.folder, "certificate.pem"), "--tls-hostname", "localhost"]
        for url, options in ((self.url, []), (self.tcp, []), (self.tls, trust)):
            told = self.output("ping", "--count", "2", "--interval", "0.01", "--json", "--url", url, *options)
            self.assertEqual(json.loads(told.splitlines()[-1])["answered"], 2)

    def test_ping_by_calls(self):
        head, *lines = self.output("ping", "--call", "--count", "2", "--interval", "0.01").splitlines()
        self.assertIn("wamp.session.count", head)
        self.assertEqual(len(lines), 3)

    def test_a_pong_with_another_payload_is_none(self):
        ping = ["ping", "--count", "1", "--json", "--serializer", "json"]
        with MisbehavingRouter(pongs=lambda payload: [b"", payload[:-1], bytes(8), payload + b"x"]) as router:
            done = self.junctor(*ping, "--timeout", "0.1", "--url", router.url)
            self.assertEqual(done.returncode, EXIT_TIMEOUT)
            self.assertEqual(json.loads(done.stdout.splitlines()[-1])["answered"], 0)
        with MisbehavingRouter(pongs=lambda payload: [b"", payload, payload]) as router:
            told = json.loads(self.output(*ping, "--url", router.url).splitlines()[-1])
            self.assertEqual((told["sent"], told["answered"]), (1, 1))

    def test_interrupt_ends_ping_with_its_summary(self):
        command = Running(["ping", "--interval", "0.01"], self.environment())
        for _ in range(3):
            command.line()
        self.assertEqual(command.end(), EXIT_OK)
        self.assertRegex(list(command.lines.queue)[-1], r"^\d+ sent, \d+ answers; ")

    def test_sessions(self):
        heads, row = self.output("meta", "sessions").splitlines()
        self.assertEqual(heads.split(),
                         ["SESSION", "AUTHID", "AUTHROLE", "AUTHMETHOD", "TRANSPORT", "SERIALIZER", "PEER"])
        self.assertEqual(row.split()[2:6], ["anonymous", "anonymous", "unix", "msgpack"])
        self.assertEqual(heads.index("AUTHROLE"), row.index("anonymous"))
        self.assertEqual(len(json.loads(self.output("meta", "sessions", "--json"))), 1)

    def test_registrations_and_subscriptions(self):
        with self.registering("com.example.kept", "true"):
            heads, row = self.output("meta", "registrations").splitlines()
            self.assertEqual(heads.split(), ["REGISTRATION", "URI", "MATCH", "INVOKE", "CALLEES", "CREATED"])
            self.assertEqual(row.split()[1:5], ["com.example.kept", "exact", "single", "1"])
        with self.running("subscribe", "com.example.", "--match", "prefix", until=self.subscribed("com.example.a")):
            one, = json.loads(self.output("meta", "subscriptions", "--json"))
            self.assertEqual((one["uri"], one["match"], one["subscribers"]), ("com.example.", "prefix", 1))

    def test_one_session_and_its_end(self):
        until = self.subscribed("com.example.a")
        command = ["subscribe", "com.example.a", "--no-retry"]
        with self.running(*command, until=until, code=EXIT_SESSION_LOST) as subscriber:
            session, = [each["session"] for each in json.loads(self.output("meta", "sessions", "--json"))
                        if each["transport"]["peer"] != "" and self.is_subscribed(each["session"])]
            self.assertIn(f"{session}\n", self.output("meta", "session", str(session)))
            self.assertEqual(self.output("meta", "kill", str(session), "--message", "enough"), "")
            self.assertEqual(subscriber.wait(), EXIT_SESSION_LOST)
        told = self.failing(EXIT_REQUEST_FAILED, "meta", "kill", str(session))
        self.assertRegex(told, "^junctor: wamp.error.no_such_session")

    def is_subscribed(self, session):
        one, = json.loads(self.output("meta", "subscriptions", "--json"))
        return session in json.loads(self.output("call", "wamp.subscription.list_subscribers", str(one["id"])))


class LoginTest(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="junctor-"))
        auth = auth_of_all()
        for method in ("ticket", "wampcra", "wamp-scram", "cryptosign"):
            for principal in next(auth[method][key] for key in ("principals", "users") if key in auth[method]).values():
                principal["role"] = "user"
        nothing = [{"uri": "com.example.open", "allow": {"call": True}}]
        realm = {"name": "realm1", "roles": [
            {"name": "user", "permissions": [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]},
            {"name": "anonymous", "permissions": nothing},
        ]}
        cls.router = cls.enterClassContext(JunctorProcess(node_config([tcp_transport(auth=auth)], [realm])))
        cls.url, = cls.router.urls

    def authmethod(self, *options, **environment):
        """By which authmethod a command has joined."""
        session, = json.loads(self.output("meta", "sessions", "--json", *options, **environment))
        return session["authid"], session["authmethod"]

    def test_every_authmethod(self):
        for method in ("ticket", "wampcra", "wamp-scram"):
            told = self.authmethod("--authid", "joe", "--authmethod", method, JUNCTOR_SECRET=SECRET)
            self.assertEqual(told, ("joe", method))
        told = self.authmethod("--authid", "joe", "--authmethod", "cryptosign", JUNCTOR_SECRET=SEED)
        self.assertEqual(told, ("joe", "cryptosign"))

    def test_the_router_chooses(self):
        self.assertIn(self.authmethod("--authid", "joe", JUNCTOR_SECRET=SECRET)[1], ("wamp-scram", "wampcra"))

    def test_secrets_in_files(self):
        secret, key = os.path.join(self.folder, "secret"), os.path.join(self.folder, "key")
        for path, text in ((secret, SECRET), (key, SEED)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text + "\n")
        told = self.authmethod("--authid", "joe", "--authmethod", "ticket", "--secret-file", secret)
        self.assertEqual(told, ("joe", "ticket"))
        self.assertEqual(self.authmethod("--authid", "joe", "--private-key", key), ("joe", "cryptosign"))
        self.assertEqual(len(PUBLIC_KEY), len(SEED))

    def test_a_wrong_secret_is_told_and_not_shown(self):
        command = ["call", "com.example.x", "--authid", "joe", "--authmethod", "ticket"]
        told = self.failing(EXIT_NOT_JOINED, *command, JUNCTOR_SECRET="guessed")
        self.assertIn("wamp.error.authentication", told)
        self.assertNotIn("guessed", told)

    def test_who_is_refused_does_not_try_again(self):
        for command in (["subscribe", "com.example.x"], ["register", "com.example.x", "--", "true"]):
            told = self.failing(EXIT_NOT_JOINED, command[0], "--authid", "joe", "--authmethod", "ticket", *command[1:],
                                JUNCTOR_SECRET="guessed")
            self.assertIn("wamp.error.authentication", told)

    def test_what_a_role_may_not_do(self):
        told = self.failing(EXIT_NOT_AUTHORIZED, "call", "com.example.x")
        self.assertRegex(told, "^junctor: wamp.error.not_authorized")
        self.failing(EXIT_NOT_AUTHORIZED, "publish", "com.example.x")
        self.failing(EXIT_NOT_AUTHORIZED, "subscribe", "com.example.x")
        self.failing(EXIT_NOT_AUTHORIZED, "register", "com.example.x", "--", "true")
        self.failing(EXIT_NOT_AUTHORIZED, "meta", "sessions")


class HelpAndCompletionTest(ClientCase):
    url = ""

    def test_help_of_every_command_fits_a_terminal(self):
        for command in ("call", "publish", "subscribe", "register", "ping", "meta"):
            with self.subTest(command):
                told = self.output(command, "--help")
                self.assertIn("--url", told)
                self.assertIn("Exit codes", told)
                self.assertLessEqual(max(map(len, told.splitlines())), 120)

    def complete(self, *words):
        """What bash proposes for the last of the words."""
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            path = os.path.join(folder, "completion")
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.output("completion", "bash"))
            script = (f'source {path}; complete -p junctor >/dev/null || exit 1; COMP_WORDS=(junctor "$@"); '
                      'COMP_CWORD=$#; _junctor; printf "%s\\n" "${COMPREPLY[@]}"')
            done = subprocess.run(["bash", "--norc", "-c", script, "bash", *words], capture_output=True, text=True,
                                  timeout=PATIENCE, check=True)
            self.assertEqual(done.stderr, "")
            return done.stdout.split()

    def test_bash_completes_commands_and_options(self):
        self.assertEqual(self.complete("sub"), ["subscribe"])
        self.assertIn("--config", self.complete("--c"))
        self.assertEqual(self.complete("call", "--prog"), ["--progress"])
        self.assertEqual(self.complete("call", "com.example.x", "--kwa"), ["--kwargs-json"])
        self.assertEqual(self.complete("meta", "reg"), ["registrations"])
        self.assertIn("--depth", self.complete("bench", "rpc", "--"))
        self.assertIn("--url", self.complete("bench", "rpc", "--"))

    def test_bash_leaves_values_to_file_names(self):
        self.assertEqual(self.complete("call", "--ca", ""), [])
        self.assertNotIn("--depth", self.complete("call", "--"))

    def test_what_is_no_shell(self):
        self.assertEqual(self.junctor("completion", "fish").returncode, EXIT_BAD_USAGE)

    @unittest.skipUnless(shutil.which("zsh"), "needs zsh")
    def test_the_script_for_zsh_is_one(self):
        done = subprocess.run(["zsh", "-n"], input=self.output("completion", "zsh"), capture_output=True, text=True,
                              timeout=PATIENCE, check=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
