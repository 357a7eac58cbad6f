# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The commands that README.md and docs/getting-started.md show do what these say, to the letter of their output.

Of the blocks of code in a document these count, in their order:
    ```LANGUAGE NAME               a file of that name
    ```console                     commands after `$ `, each followed by all that it prints
    ```console keeps running       a server: what it prints until it is ready. A router runs until the next one starts,
                                   another server as long as the router before it.
Ports of the documents are replaced by free ones; times, process ids and the like are not compared.
"""

import contextlib
import json
import os
import pathlib
import queue
import random
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import textwrap
import threading
import unittest

from junctor_process import PATIENCE, node_config, tcp_transport, unix_transport

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The ports that the documents use.
PORTS = ("8081", "8082", "8443")

# What is another one each time, and what stands for it.
VARYING = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME"),
    (r"\bpid=\d+", "pid=PID"),
    (r"\blimit=\d+ before=\d+", "limit=N before=N"),
    (r"rs://unix:/\S*/", "rs://unix:/FOLDER/"),
    (r'source="built-in configuration"|source=default\.json', "source=DEFAULT"),
)


def blocks_of(document):
    """The blocks of code of a document: (language, the words after it, text)."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands_of(transcript):
    """The commands of a transcript, each with the lines that it prints."""
    commands = []
    for line in transcript.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line)
    return commands


def comparable(lines):
    for pattern, name in VARYING:
        lines = [re.sub(pattern, name, line) for line in lines]
    return lines


def free_ports(count):
    """So many ports that nobody listens on, from those that the system gives to nobody by itself."""
    found = set()
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.add(str(port))
    return found


class Server:
    """A command that keeps running, and what it prints."""

    def __init__(self, command, folder, environment):
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def next_lines(self, count):
        """The next lines that it prints; fewer if it ends or does not go on."""
        lines = []
        with contextlib.suppress(queue.Empty):
            while len(lines) < count:
                line = self._lines.get(timeout=PATIENCE)
                if line is None:
                    break
                lines.append(line)
        return lines

    def stop(self):
        """Presses Ctrl+C."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(PATIENCE)
        self._process.stdout.close()


class Reader:
    """Somebody who does what a document says, in a folder that looks like that of the sources."""

    def __init__(self, test, folder):
        self._test = test
        self._folder = folder
        self._servers = []
        self._actual_ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self._environment = {
            **os.environ,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "XDG_RUNTIME_DIR": str(folder),
            "JUNCTOR_URL": self._with_actual_ports("rs://127.0.0.1:8081"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._lay_out()

    def _lay_out(self):
        router = os.environ["JUNCTOR_BINARY"]
        for link, target in (
            ("bin/python3", os.environ["INTEROP_PYTHON"]),
            ("bin/node", os.environ["INTEROP_NODE"]),
            ("build/release/apps/junctor/junctor", router),
            ("shop_router", os.environ["JUNCTOR_SHOP_ROUTER"]),
            ("docs", ROOT / "docs"),
            ("node_modules", ROOT / "tests" / "interop" / "node" / "node_modules"),
        ):
            (self._folder / link).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / link).symlink_to(target)
        # The script would build the router first. The built-in configuration is in a file for the sake of its port.
        tcp = tcp_transport()
        tcp["endpoint"]["port"] = 8081
        self.write("default.json", json.dumps(node_config([tcp, unix_transport("junctor.sock")])))
        script = self._folder / "scripts" / "run"
        script.parent.mkdir()
        script.write_text(
            f'#!/bin/bash\n[ $# -gt 0 ] || set -- --config default.json\nexec {shlex.quote(router)} start "$@"\n',
            encoding="utf-8",
        )
        script.chmod(0o755)

    def _with_actual_ports(self, text):
        for port, actual in self._actual_ports.items():
            text = re.sub(rf"\b{port}\b", actual, text)
        return text

    def _with_ports_of_document(self, lines):
        for port, actual in self._actual_ports.items():
            lines = [re.sub(rf"\b{actual}\b", port, line) for line in lines]
        return lines

    def _compare(self, printed, expected):
        self._test.assertEqual(comparable(self._with_ports_of_document(printed)), comparable(expected))

    def write(self, name, text):
        (self._folder / name).write_text(self._with_actual_ports(text), encoding="utf-8")

    def run(self, command, expected):
        done = subprocess.run(
            ["bash", "-c", self._with_actual_ports(command)],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        self._compare(done.stdout.splitlines(), expected)

    def start(self, command, expected):
        if command.startswith("./"):
            self.stop_servers()
        server = Server(self._with_actual_ports(command), self._folder, self._environment)
        self._servers.append(server)
        self._compare(server.next_lines(len(expected)), expected)

    def stop_servers(self):
        while self._servers:
            self._servers.pop().stop()


class DocumentsTest(unittest.TestCase):
    def read(self, document):
        """Does all that the document says. Returns how many commands were run."""
        count = 0
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            reader = Reader(self, pathlib.Path(folder))
            self.addCleanup(reader.stop_servers)
            for language, words, text in blocks_of(document):
                if language != "console":
                    if words:
                        reader.write(words, text)
                    continue
                do = reader.start if words == "keeps running" else reader.run
                for command, expected in commands_of(text):
                    with self.subTest(command):
                        do(command, expected)
                        count += 1
            reader.stop_servers()
        return count

    def test_readme(self):
        self.assertEqual(self.read("README.md"), 2)

    def test_getting_started(self):
        self.assertGreaterEqual(self.read("docs/getting-started.md"), 10)

    def test_code_in_getting_started_is_that_of_the_example(self):
        example = (ROOT / "docs" / "examples" / "shop_router.cpp").read_text(encoding="utf-8")
        shown = [text for language, _, text in blocks_of("docs/getting-started.md") if language == "cpp"]
        self.assertTrue(shown)
        for text in shown:
            self.assertIn(textwrap.indent(text, "    "), example)

    def test_files_in_write_an_auth_module_are_those_of_the_example(self):
        shown = {words: text for _, words, text in blocks_of("docs/write-an-auth-module.md") if words}
        self.assertEqual(set(shown), {"auth_pin.cpp", "CMakeLists.txt", "config.json", "pin.py"})
        for name, text in shown.items():
            file = (ROOT / "docs" / "examples" / "pin" / name).read_text(encoding="utf-8")
            self.assertEqual(text, re.sub(r"\A(?:(?://|#) .*\n){2}\n?", "", file), name)  # Without the licence.

    def test_code_in_write_an_auth_module_is_that_of_the_example(self):
        example = (ROOT / "docs" / "examples" / "shop_router.cpp").read_text(encoding="utf-8")
        shown = [text for language, words, text in blocks_of("docs/write-an-auth-module.md")
                 if language == "cpp" and not words]
        self.assertTrue(shown)
        for text in shown:
            self.assertIn(textwrap.indent(text, "    "), example)

    def test_code_in_containers_is_that_of_the_example(self):
        names = {"cpp": "component_greeter.cpp", "cmake": "CMakeLists.txt"}
        for language, _, text in blocks_of("docs/containers.md"):
            if language == "json":
                continue
            example = (ROOT / "docs" / "examples" / "greeter" / names.pop(language)).read_text(encoding="utf-8")
            for part in text.strip("\n").split("\n\n"):
                self.assertIn(part, example)
        self.assertEqual(names, {})

    def test_links_lead_somewhere(self):
        for document in ("README.md", "docs/getting-started.md", "docs/performance.md", "docs/architecture.md",
                         "docs/configuration.md", "docs/containers.md", "docs/write-an-auth-module.md",
                         *(str(page.relative_to(ROOT)) for page in ROOT.glob("modules/*/README.md"))):
            text = (ROOT / document).read_text(encoding="utf-8")
            text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)  # Lambdas look like links.
            for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
                self.assertTrue(((ROOT / document).parent / target).exists(), f"{document}: {target}")
