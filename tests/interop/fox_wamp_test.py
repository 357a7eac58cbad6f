# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Our client, as the commands have it, against a router of another project, fox-wamp, with Autobahn for Node as the
other client.

fox-wamp sends null where a list of arguments or a dict of keyword arguments would be empty, which no message may have:
all that is sent here has both. It makes one list of an only argument that is a list. Of an ERROR it passes on the URI,
as an argument of an error of its own. GOODBYE is answered with wamp.error.goodbye_and_out, CANCEL not at all.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import unittest

from interop import HERE, REALM
from junctor_process import binary

REGISTER, SUBSCRIBE, CALL, GOODBYE = 64, 32, 48, 6
OTHER_ERROR, NO_SUCH_PROCEDURE, NOT_JOINED, INTERRUPTED = 10, 11, 15, 130
TICKET = "a ticket of this test"
SECONDS = 30


def autobahn(name):
    return f"com.example.autobahn.{name}"


class FoxWamp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (HERE / "node" / "node_modules" / "fox-wamp").exists():
            raise AssertionError(f"the package fox-wamp is missing: run npm ci --prefix {HERE / 'node'}")
        command = [os.environ["INTEROP_NODE"], "--no-deprecation", str(HERE / "node" / "fox_wamp.mjs"), REALM, TICKET]
        pipe = subprocess.PIPE
        cls.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        cls.addClassCleanup(cls.log.close)
        cls.router = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=cls.log, text=True)
        cls.addClassCleanup(cls.end_router)
        cls.url, cls.url_for_tickets = (cls.router.stdout.readline().rstrip() for _ in range(2))

    @classmethod
    def end_router(cls):
        """Ends it with its input, as nothing does that has crashed before."""
        cls.router.communicate(timeout=SECONDS)
        if cls.router.returncode != 0:
            cls.log.seek(0)
            raise AssertionError(f"fox-wamp ended with {cls.router.returncode}: {cls.log.read()[-2000:]}")

    def start(self, *words, url=None, serializer="json", **environment):
        options = ["--url", url or self.url, "--realm", REALM, "--serializer", serializer, "--json"]
        command = [binary(), words[0], *options, *words[1:]]
        pipe = subprocess.PIPE
        whole = {**os.environ, **environment}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=whole)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def finish(self, process, code=0):
        """What a command has printed on the way to this exit code: dicts, errors behind the others."""
        output, errors = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, code, output + errors)
        return [json.loads(line) for line in (output + errors).splitlines()]

    def run_command(self, *words, code=0, **options):
        return self.finish(self.start(*words, **options), code)

    def await_message(self, *message):
        """Waits until the router gets a message with this type and URI, of this session if one is named behind them.

        Returns the session.
        """
        too_late = threading.Timer(SECONDS, self.router.kill)
        self.addCleanup(too_late.cancel)
        too_late.start()
        for line in self.router.stdout:
            session, *received = json.loads(line)
            if message in ((*received,), (*received, session)):
                too_late.cancel()
                return session
        self.fail(f"the router has ended, or been ended after {SECONDS} s, without {message}")

    def start_until(self, message, *words):
        """A command that is running, and its session, which has sent a message with this type and URI."""
        process = self.start(*words)
        return process, self.await_message(*message)

    def register(self, uri, program, *options):
        """A command that serves this procedure with a program of the shell, and its session."""
        return self.start_until((REGISTER, uri), "register", *options, uri, "--", "sh", "-c", program)

    def interrupt(self, process, session, code=0):
        """Ctrl+C: the session is left in order."""
        process.send_signal(signal.SIGINT)
        self.await_message(GOODBYE, "wamp.close.close_realm", session)
        return self.finish(process, code)

    def test_a_result_comes_with_all_that_was_sent(self):
        words = ["1", "two", '{"three": [4.5, null, true, "ü"]}', "--kw", "five=6"]
        results = self.run_command("call", autobahn("echo"), *words)
        args = [1, "two", {"three": [4.5, None, True, "ü"]}]
        self.assertEqual(results, [{"args": args, "kwargs": {"five": 6}}])

    def test_progressive_results_come_before_the_result(self):
        results = self.run_command("call", "--progress", autobahn("count"), "3", "--kw", "step=1")
        progress = [{"args": [i], "kwargs": {"step": 1}, "progress": True} for i in range(3)]
        self.assertEqual(results, [*progress, {"args": [3], "kwargs": {"step": 1}}])

    def test_an_error_of_a_callee_ends_the_call(self):
        errors = self.run_command("call", autobahn("fail"), "1", "--kw", "a=1", code=OTHER_ERROR)
        expected = {"error": "wamp.error.callee_failure", "args": ["com.example.error.out_of_stock"], "kwargs": {}}
        self.assertEqual(errors, [expected])

    def test_a_missing_procedure_is_told(self):
        (error,) = self.run_command("call", "com.example.missing", code=NO_SUCH_PROCEDURE)
        self.assertEqual(error["error"], "wamp.error.no_such_procedure")

    def test_a_call_is_given_up_though_the_router_cancels_none(self):
        call = self.start_until((CALL, autobahn("never")), "call", autobahn("never"), "1", "--kw", "a=1")
        self.interrupt(*call, INTERRUPTED)

    def test_a_program_serves_calls_of_others_until_it_leaves(self):
        program = "cat > /dev/null; echo '{\"args\": [1, 2], \"kwargs\": {\"sum\": 3}}'"
        serving = self.register("com.example.served", program, "--raw")
        results = self.run_command("call", autobahn("call"), "com.example.served", "5", "--kw", "a=1")
        self.assertEqual(results, [{"args": [1, 2], "kwargs": {"sum": 3}}])
        self.interrupt(*serving)
        (error,) = self.run_command("call", autobahn("call"), "com.example.served", "5", "--kw", "a=1")
        self.assertEqual(error["args"], ["wamp.error.no_such_procedure"])

    def test_the_failure_of_a_program_reaches_the_caller(self):
        serving = self.register("com.example.failing", "exit 1")
        (error,) = self.run_command("call", autobahn("call"), "com.example.failing", "5", "--kw", "a=1")
        self.assertEqual(error["args"], ["wamp.error.callee_failure"])
        self.assertEqual(error["kwargs"], {"reason": ["junctor.error.program_failed"]})
        self.interrupt(*serving)

    def test_events_of_others_come_with_their_publisher(self):
        topic = "com.example.news"
        subscriber, _ = self.start_until((SUBSCRIBE, topic), "subscribe", topic, "--count", "1")
        (published,) = self.run_command("call", autobahn("publish"), topic, "7", "8", "--kw", "a=1")
        (event,) = self.finish(subscriber)
        expected = {
            "topic": topic,
            "args": [7, 8],
            "kwargs": {"a": 1},
            "publication": published["args"][0],
            "publisher": published["kwargs"]["publisher"],
        }
        self.assertEqual(event, expected)

    def test_a_subscriber_leaves_in_order(self):
        topic = "com.example.silence"
        subscriber = self.start_until((SUBSCRIBE, topic), "subscribe", topic)
        self.assertEqual(self.interrupt(*subscriber), [])

    def test_an_event_is_confirmed_and_reaches_others(self):
        (confirmed,) = self.run_command("publish", "com.example.heard", "1", "2", "--kw", "a=1")
        self.assertIsInstance(confirmed["publication"], int)
        (heard,) = self.run_command("call", autobahn("heard"))
        self.assertEqual(heard, {"args": [1, 2], "kwargs": {"a": 1}})

    def test_a_ticket_lets_its_owner_join(self):
        login = {"url": self.url_for_tickets, "JUNCTOR_SECRET": TICKET}
        words = ["--authid", "joe", "--authmethod", "ticket", autobahn("echo"), "1", "--kw", "a=1"]
        self.assertEqual(self.run_command("call", *words, **login), [{"args": [1], "kwargs": {"a": 1}}])

    def test_who_cannot_authenticate_is_told_why(self):
        login = ["--authid", "joe", "--authmethod", "ticket"]
        for why, words in (("authentication_failed", login), ("no_auth_method", [])):
            with self.subTest(why):
                options = {"url": self.url_for_tickets, "JUNCTOR_SECRET": "another ticket"}
                (error,) = self.run_command("call", *words, autobahn("echo"), code=NOT_JOINED, **options)
                self.assertEqual(error["error"], f"wamp.error.{why}")

    def test_a_serializer_that_the_router_does_not_have_is_told(self):
        (error,) = self.run_command("call", autobahn("echo"), code=NOT_JOINED, serializer="cbor")
        self.assertIn("agrees to none of the serializers", error["args"][0])
