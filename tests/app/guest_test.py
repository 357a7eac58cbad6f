# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Guest workers: programs that the node executes, watches and ends."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from junctor_process import PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport
from lifecycle_test import GOODBYE, WELCOME, Client

EXIT_BAD_CONFIG = 1

# As of output_lines.hpp.
LINE_BYTES_MAX = 16 * 1024

# What a guest that floods may make the router hold, in kB: far less than it writes in that time.
GROWTH_MAX = 64 * 1024

COMPONENT = """
import sys
from autobahn.twisted.component import Component, run

def say(text):
    print(text, file=sys.__stdout__)  # Autobahn makes log messages of what is written to sys.stdout.

component = Component(realm="realm1", transports=[{
    "type": "rawsocket", "url": "rs://localhost", "serializer": "json",
    "endpoint": {"type": "unix", "path": sys.argv[1]}}])

@component.on_join
async def joined(session, details):
    await session.register(lambda name: "hello " + name, "com.example.greet")
    say("registered")

@component.on_leave
def left(session, details):
    say("left: " + details.reason)

run([component])
"""


def shell(script, id="guest", **options):
    """A guest that runs `script` in a shell."""
    return {"type": "guest", "id": id, "executable": "sh", "arguments": ["-c", script], "options": options}


def python(script, *arguments, id="guest", interpreter=sys.executable, **options):
    """A guest that runs `script` in Python."""
    arguments = ["-c", script, *arguments]
    return {"type": "guest", "id": id, "executable": interpreter, "arguments": arguments, "options": options}


def with_guests(*guests, transports=None):
    config = node_config(transports)
    config["workers"] += guests
    return config


def python_with_autobahn():
    """An interpreter that has Autobahn and Twisted; None if there is none."""
    for path in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([path, "-c", "import autobahn, twisted"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def is_alive(pid):
    """Whether there is such a process, and not only what a dead one has left for its parent to see."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident_kilobytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


class GuestTest(unittest.TestCase):
    def start(self, *guests, **keys):
        router = JunctorProcess(with_guests(*guests), **keys)
        self.addCleanup(router.kill)
        return router.wait_until_ready()

    def lines(self, router, stream="stdout", id="guest"):
        """The lines that a guest has written, all of them, as far as the log has been looked at."""
        return [e["line"] for e in router.log
                if e["event"] == "guest output" and (e["worker"], e["stream"]) == (id, stream)]

    def run_to_its_end(self, guest, **keys):
        """Runs a node with `guest` until that has ended. What it wrote to stdout, the event of its end, the node."""
        router = self.start(guest, **keys)
        end = router.wait_for_event("guest ended", worker=guest["id"])
        self.assertEqual(router.stop(), 0)
        return self.lines(router, id=guest["id"]), end, router

    def events(self, router, *names):
        return [e for e in router.log if e["event"] in names]

    def wait_for_end_of(self, pid):
        """There is no descriptor to wait for: the process is nobody's child that this one could have."""
        deadline = time.monotonic() + PATIENCE
        while is_alive(pid):
            self.assertLess(time.monotonic(), deadline, f"the process {pid} still runs")
            os.sched_yield()

    # What it writes -------------------------------------------------------------------------------------------------

    def test_each_line_of_its_output_is_an_event(self):
        lines, end, router = self.run_to_its_end(shell("echo one; echo two >&2; printf 'three\\r\\n\\nfour'"))
        self.assertEqual(lines, ["one", "three", "", "four"])
        self.assertEqual(self.lines(router, "stderr"), ["two"])
        started = router.wait_for_event("guest started")
        self.assertEqual((end["level"], end["exit_code"], end["pid"]), ("info", 0, started["pid"]))
        self.assertEqual(self.events(router, "guest restarts"), [])
        names = [e["event"] for e in router.log]
        self.assertLess(max(i for i, name in enumerate(names) if name == "listening"), names.index("guest started"))

    def test_what_is_no_text_does_no_harm(self):
        lines, _, _ = self.run_to_its_end(shell(r"printf 'a\377b\nc\000\033[31md\n\303\244\n'"))
        self.assertEqual(lines, ["a\ufffdb", "c\0\x1b[31md", "ä"])

    def test_a_line_that_is_too_long_comes_in_parts(self):
        lines, _, router = self.run_to_its_end(python("print('x' * 40000); print('y')"))
        self.assertEqual([len(line) for line in lines], [LINE_BYTES_MAX, LINE_BYTES_MAX, 40000 - 2 * LINE_BYTES_MAX, 1])
        self.assertEqual(["continues" in e for e in self.events(router, "guest output")], [True, True, False, False])

    def test_output_can_be_dropped_or_have_nowhere_to_go(self):
        for use in ("drop", "close"):
            with self.subTest(use):
                # More than a pipe holds: somebody reads it, or it would not end.
                script = "yes | head -c 1000000; echo done >&2"
                lines, end, router = self.run_to_its_end(shell(script, stdout=use))
                self.assertEqual((lines, end["exit_code"]), ([], 0))
                self.assertEqual(self.lines(router, "stderr"), ["done"])

    def test_a_flood_of_output_harms_nobody(self):
        # AddressSanitizer holds back what was freed, unless told otherwise.
        sanitizer = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"}
        router = self.start(shell("exec yes"), python("import os\nwhile True: os.write(1, b'x' * 65536)", id="other"),
                            environment=sanitizer)
        router.wait_for_event("guest output", worker="guest")
        router.wait_for_event("guest output", worker="other")
        before = resident_kilobytes(router.pid)
        for _ in range(10):
            with Client(socket.AF_INET, router.tcp_address) as client:
                self.assertEqual(client.welcome[0], WELCOME)
        for _ in range(20_000):
            router.next_event()
        self.assertLess(resident_kilobytes(router.pid) - before, GROWTH_MAX)
        self.assertEqual(router.stop(), 0)

    # How it ends ----------------------------------------------------------------------------------------------------

    def test_exit_codes_and_signals_are_logged(self):
        _, end, _ = self.run_to_its_end(shell("exit 3"))
        self.assertEqual((end["level"], end["exit_code"]), ("warning", 3))
        _, end, _ = self.run_to_its_end(shell("kill -KILL $$"))
        self.assertEqual((end["level"], end["signal"]), ("warning", "SIGKILL"))
        self.assertNotIn("exit_code", end)

    def test_the_restart_policy_says_after_which_end_it_starts_again(self):
        again = {"restart-never": (False, False), "restart-on-failed": (False, True), "restart-always": (True, True)}
        for policy, expected in again.items():
            for code in (0, 1):
                with self.subTest(policy, code=code):
                    guest = shell(f"exit {code}", restart=policy, restart_delay=60_000)
                    _, _, router = self.run_to_its_end(guest)
                    restarts = self.events(router, "guest restarts")
                    self.assertEqual(len(restarts), int(expected[code]))

    def test_it_starts_again_after_longer_and_longer_delays(self):
        router = self.start(shell("exit 1", restart="restart-on-failed", restart_delay=10, restart_delay_max=50))
        for _ in range(5):
            router.wait_for_event("guest started")
        while len(self.events(router, "guest restarts")) < 5:
            router.next_event()
        self.assertEqual([e["delay_ms"] for e in self.events(router, "guest restarts")][:5], [10, 20, 40, 50, 50])
        self.assertEqual(router.stop(), 0)

    def test_a_guest_that_waits_to_start_again_does_not_delay_the_end(self):
        router = self.start(shell("exit 1", restart="restart-always", restart_delay=600_000, restart_delay_max=600_000))
        router.wait_for_event("guest restarts")
        self.assertEqual(router.stop(), 0)

    def test_what_it_leaves_behind_in_its_group_ends_with_it(self):
        script = "sleep 1000 >/dev/null 2>&1 & echo $!; sleep 1000 & echo $!"
        lines, _, _ = self.run_to_its_end(shell(script))
        self.assertEqual(len(lines), 2)
        for pid in lines:
            self.wait_for_end_of(pid)

    # How it is ended ------------------------------------------------------------------------------------------------

    def test_the_end_of_the_node_is_that_of_its_guests_and_their_children(self):
        router = self.start(shell("sleep 1000 & echo $!; wait"))
        child = router.wait_for_event("guest output")["line"]
        self.assertEqual(router.stop(), 0)
        end = router.wait_for_event("guest ended")
        self.assertEqual((end["level"], end["signal"]), ("info", "SIGTERM"))
        self.wait_for_end_of(child)
        names = [e["event"] for e in router.log]
        self.assertLess(names.index("stopping"), names.index("guest ended"))
        self.assertEqual(names[-1], "stopped")
        self.assertEqual(self.events(router, "guest killed"), [])

    def test_a_guest_has_time_to_clean_up_while_the_router_still_serves(self):
        script = "trap 'echo cleaning; sleep 0.1; echo clean; exit 0' TERM; echo up; while :; do sleep 0.01; done"
        router = self.start(shell(script, stop_timeout=60_000))
        router.wait_for_event("guest output", line="up")
        with Client(socket.AF_INET, router.tcp_address) as client:
            router.send_signal(signal.SIGTERM)
            self.assertEqual(client.receive()[0], GOODBYE)
            router.wait_for_event("guest ended", exit_code=0)
        self.assertEqual(router.wait(), 0)
        self.assertEqual(self.lines(router)[-2:], ["cleaning", "clean"])

    def test_a_guest_that_ignores_sigterm_is_killed(self):
        router = self.start(shell("trap '' TERM; echo up; sleep 1000; sleep 1000", stop_timeout=200))
        router.wait_for_event("guest output", line="up")
        self.assertEqual(router.stop(), 0)
        self.assertEqual(router.wait_for_event("guest killed")["after_ms"], 200)
        end = router.wait_for_event("guest ended")
        self.assertEqual(end["signal"], "SIGKILL")
        self.assertFalse(is_alive(end["pid"]))

    def test_one_that_has_left_the_group_keeps_nobody_waiting(self):
        script = "import os, time\nif os.fork() == 0:\n os.setsid(); print(os.getpid()); time.sleep(1000)"
        router = self.start(python(script, stop_timeout=200))
        self.addCleanup(os.kill, int(router.wait_for_event("guest output")["line"]), signal.SIGKILL)
        router.wait_for_event("guest ended")
        self.assertEqual(router.stop(), 0)

    def test_a_router_that_is_killed_leaves_no_guest_behind(self):
        for number in (signal.SIGKILL, signal.SIGSEGV):
            with self.subTest(number):
                router = self.start(shell("trap '' TERM HUP; echo up; while :; do sleep 0.01; done"))
                router.wait_for_event("guest output", line="up")
                pid = router.wait_for_event("guest started")["pid"]
                router.send_signal(number)
                self.wait_for_end_of(pid)
                self.assertNotEqual(router.wait(), 0)

    def test_a_second_signal_ends_all_at_once(self):
        script = "trap 'echo told' TERM; echo up; while :; do sleep 0.01; done"
        router = self.start(shell(script, stop_timeout=600_000))
        router.wait_for_event("guest output", line="up")
        pid = router.wait_for_event("guest started")["pid"]
        router.send_signal(signal.SIGTERM)
        router.wait_for_event("guest output", line="told")
        router.send_signal(signal.SIGTERM)
        self.assertEqual(router.wait(), -signal.SIGTERM)
        self.wait_for_end_of(pid)

    # What it is started with ----------------------------------------------------------------------------------------

    def test_it_gets_the_three_standard_streams_and_no_other_descriptor(self):
        held = "import os, sys\nfds = sorted(map(int, os.listdir('/proc/self/fd')))\nprint(fds)"
        guests = [python(held, id=f"guest{number}", stdin={"type": "json", "value": 1}) for number in range(3)]
        router = self.start(*guests)
        with Client(socket.AF_INET, router.tcp_address):
            for guest in guests:
                line = router.wait_for_event("guest output", worker=guest["id"])["line"]
                self.assertEqual(line, "[0, 1, 2, 3]")  # The last one is that of the directory that is listed.
        self.assertEqual(router.stop(), 0)

    def test_it_gets_no_signals_limits_or_groups_of_the_router(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(100, hard), hard))
        script = ("import os, resource\nstatus = dict(l.split(':\\t', 1) for l in open('/proc/self/status')"
                  " if ':\\t' in l)\nprint(int(status['SigBlk'], 16), resource.getrlimit(resource.RLIMIT_NOFILE)[0],"
                  " os.getpgrp() == os.getpid())")
        lines, _, _ = self.run_to_its_end(python(script))
        self.assertEqual(lines, [f"0 {min(100, hard)} True"])
        lines, _, _ = self.run_to_its_end(shell("grep SigIgn /proc/self/status"))
        self.assertEqual(lines, ["SigIgn:\t0000000000000000"])

    def test_its_environment_is_inherited_as_configured(self):
        ours = {"GUEST_A": "a", "GUEST_B": "b", "GUEST_TICKET": "s3cret"}
        script = "env | grep ^GUEST_ | sort"
        path = {"PATH": os.environ["PATH"]}
        cases = [
            ({}, ["GUEST_A=a", "GUEST_B=b", "GUEST_TICKET=s3cret"]),
            ({"inherit": True, "vars": {"GUEST_A": "x"}}, ["GUEST_A=x", "GUEST_B=b", "GUEST_TICKET=s3cret"]),
            ({"inherit": ["GUEST_B"], "vars": path}, ["GUEST_B=b"]),
            ({"inherit": False, "vars": {**path, "GUEST_C": "${GUEST_TICKET}"}}, ["GUEST_C=s3cret"]),
        ]
        for env, expected in cases:
            with self.subTest(env):
                self.assertEqual(self.run_to_its_end(shell(script, env=env), environment=ours)[0], expected)

    def test_what_is_given_to_it_is_not_logged(self):
        guest = shell("exit 1", env={"vars": {"TICKET": "s3cret"}}, stdin={"type": "json", "value": "s3cret"})
        guest["arguments"].append("s3cret")
        _, _, router = self.run_to_its_end(guest, loglevel="trace")
        self.assertNotIn("s3cret", json.dumps(router.log))

    def test_it_works_where_the_configuration_says(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as directory:
            directory = os.path.realpath(directory)
            os.mkdir(os.path.join(directory, "inner"))
            program = os.path.join(directory, "inner", "here.sh")
            with open(program, "w", encoding="ascii") as file:
                file.write("#!/bin/sh\npwd\n")
            os.chmod(program, 0o755)
            self.assertEqual(self.run_to_its_end(shell("pwd"), directory=directory)[0], [directory])
            inner = [os.path.join(directory, "inner")]
            self.assertEqual(self.run_to_its_end(shell("pwd", workdir="inner"), directory=directory)[0], inner)
            guest = {"type": "guest", "id": "guest", "executable": "./here.sh", "options": {"workdir": "inner"}}
            self.assertEqual(self.run_to_its_end(guest, directory=directory)[0], inner)

    def test_it_can_read_what_the_configuration_holds(self):
        told = {"realm": "realm1", "numbers": [1, 2.5, None], "text": "ä" * 100_000}
        script = ("import json, sys; told = json.load(sys.stdin);"
                  " print(told['realm'], told['numbers'], len(told['text']))")
        lines, _, _ = self.run_to_its_end(python(script, stdin={"type": "json", "value": told}))
        self.assertEqual(lines, ["realm1 [1, 2.5, None] 100000"])

    def test_its_input_ends_unless_it_is_left_open(self):
        self.assertEqual(self.run_to_its_end(shell("cat; echo end"))[0], ["end"])
        self.assertEqual(self.run_to_its_end(shell("cat; echo end", stdin="close"))[0], ["end"])
        kept_open = {"type": "json", "value": "x", "close": False}
        not_read = {"type": "json", "value": "x" * 1_000_000}
        router = self.start(shell("head -c 3; echo; cat; echo end", stdin=kept_open),
                            shell("exec sleep 1000", id="deaf", stdin=not_read))
        router.wait_for_event("guest output", worker="guest", line='"x"')
        self.assertEqual(self.events(router, "guest ended"), [])
        self.assertEqual(router.stop(), 0)
        self.assertEqual([e["signal"] for e in self.events(router, "guest ended")], ["SIGTERM", "SIGTERM"])
        self.assertEqual(self.lines(router), ['"x"'])

    # What cannot be started -----------------------------------------------------------------------------------------

    def test_a_missing_executable_is_an_error_of_the_configuration(self):
        for executable, problem in (("no-such-program", "there is no program"), ("./no-such", "there is no file")):
            router = JunctorProcess(with_guests({"type": "guest", "executable": executable}))
            self.addCleanup(router.kill)
            self.assertEqual(router.wait(), EXIT_BAD_CONFIG)
            self.assertIn(f"workers[1].executable: {problem}", router.log[0]["text"])
            with tempfile.TemporaryDirectory(prefix="junctor-") as directory:
                path = os.path.join(directory, "config.json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(with_guests({"type": "guest", "executable": executable}), file)
                done = subprocess.run([binary(), "check", "--config", path], capture_output=True, text=True,
                                      timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, EXIT_BAD_CONFIG)
            self.assertIn(problem, done.stderr)

    def test_a_program_that_cannot_be_executed_has_failed(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as directory:
            with open(os.path.join(directory, "odd"), "w", encoding="ascii") as file:
                file.write("#!/no/such/interpreter\n")
            os.chmod(file.name, 0o755)
            guest = {"type": "guest", "id": "guest", "executable": "./odd",
                     "options": {"restart": "restart-on-failed", "restart_delay": 10}}
            router = self.start(guest, shell("echo fine", id="other"), directory=directory)
            failure = router.wait_for_event("guest not started", worker="guest", level="error")
            self.assertIn("No such file", failure["cause"])
            router.wait_for_event("guest restarts", worker="guest", delay_ms=20)
            router.wait_for_event("guest output", worker="other", line="fine")
            self.assertEqual(router.stop(), 0)

    # Together with the router ---------------------------------------------------------------------------------------

    def test_no_guest_starts_if_the_router_cannot_listen(self):
        with JunctorProcess() as first:
            transport = tcp_transport()
            transport["endpoint"]["port"] = first.tcp_address[1]
            router = JunctorProcess(with_guests(shell("echo up"), transports=[transport]))
            self.addCleanup(router.kill)
            self.assertEqual(router.wait(), 3)
            self.assertEqual(self.events(router, "guest started"), [])

    def test_a_node_may_have_guests_only(self):
        router = JunctorProcess({"version": 2, "workers": [shell("echo up")]})
        self.addCleanup(router.kill)
        router.wait_for_event("guest ended")
        self.assertEqual(router.stop(), 0)

    def test_changes_of_guests_take_effect_at_the_next_start(self):
        router = self.start(shell("echo up; exec sleep 1000"))
        router.wait_for_event("guest output")
        changed = with_guests(shell("echo other"), shell("echo new", id="new_one"))
        with open(router.config_file, "w", encoding="utf-8") as file:
            json.dump(changed, file)
        router.send_signal(signal.SIGHUP)
        self.assertEqual(router.wait_for_event("configuration reloaded")["waiting"], 2)
        paths = [e["path"] for e in self.events(router, "takes effect at the next start")]
        self.assertEqual(paths, ["workers[1]", "workers[2]"])
        self.assertEqual(router.stop(), 0)
        self.assertEqual(len(self.events(router, "guest started")), 1)

    def test_a_component_of_autobahn_serves_clients_and_leaves_in_time(self):
        interpreter = python_with_autobahn()
        if interpreter is None:
            self.skipTest("no python3 with Autobahn and Twisted (Debian: python3-autobahn)")
        with tempfile.TemporaryDirectory(prefix="junctor-") as directory:
            path = os.path.join(directory, "router.sock")
            guest = python(COMPONENT, path, interpreter=interpreter, stop_timeout=60_000)
            router = JunctorProcess(with_guests(guest, transports=[unix_transport(path)]))
            self.addCleanup(router.kill)
            router.wait_for_event("guest output", line="registered")
            with Client(socket.AF_UNIX, path) as client:
                client.send([48, 1, {}, "com.example.greet", ["guest"]])
                self.assertEqual(client.receive(), [50, 1, {}, ["hello guest"]])
            self.assertEqual(router.stop(), 0)
            self.assertTrue(any(line.startswith("left: wamp.close.") for line in self.lines(router)), router.log)
            self.assertEqual(self.events(router, "guest killed"), [])


if __name__ == "__main__":
    unittest.main()
