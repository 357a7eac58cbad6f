# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The command line of the program: help, version, check, and what it exits with."""

import json
import os
import re
import subprocess
import tempfile
import unittest

from junctor_process import PATIENCE, binary, node_config, tcp_transport

EXIT_OK = 0
EXIT_BAD_CONFIG = 1
EXIT_BAD_USAGE = 2

BAD_CONFIG = """{
  "version": 2,
  "workers": [
    {"type": "ruter"},
    {"type": "router", "realms": [], "transports": [{"type": "rawsocket", "endpoint": {"type": "tcp", "port": true}}]}
  ]
}
"""
BAD_CONFIG_PROBLEMS = [
    "config.json:4:14: error: workers[0].type: unknown worker type 'ruter' (hint: did you mean 'router'?)",
    "config.json:5:5: warning: workers[1]: has no realms: nobody can join",
    "config.json:5:111: error: workers[1].transports[0].endpoint.port: must be an integer, not a boolean",
]


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_junctor(self, *arguments, **environment):
        """Runs the program in a directory of its own; the result has returncode, stdout and stderr."""
        return subprocess.run(
            [binary(), *arguments],
            cwd=self.directory,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def write(self, name, content):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    # Help and version -----------------------------------------------------------------------------------------------

    def test_help_names_commands_and_options_and_fits_a_screen(self):
        result = self.run_junctor("--help")
        self.assertEqual(result.returncode, EXIT_OK)
        self.assertEqual(result.stderr, "")
        lines = result.stdout.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)
        for word in ("start", "check", "version", "bench", "subscribe", "--config", "--cbdir", "--loglevel", "--logformat", "codes"):
            self.assertIn(word, result.stdout)

    def test_help_is_the_same_for_every_command(self):
        expected = self.run_junctor("--help").stdout
        for arguments in (["-h"], ["start", "--help"], ["check", "--help"], ["version", "-h"]):
            self.assertEqual(self.run_junctor(*arguments).stdout, expected)

    def test_version_names_the_program_its_compiler_and_its_libraries(self):
        result = self.run_junctor("version")
        self.assertEqual(result.returncode, EXIT_OK)
        lines = dict(line.split(None, 1) for line in result.stdout.splitlines())
        self.assertEqual(list(lines), ["junctor", "compiler", "Boost", "OpenSSL", "fmt", "spdlog"])
        self.assertRegex(lines["compiler"], r"^(gcc|clang) \d+\.\d+")
        for name in ("junctor", "Boost", "OpenSSL", "fmt", "spdlog"):
            self.assertRegex(lines[name], r"^\d+\.\d+\.\d+")

    def test_wrong_usage_is_told_and_has_its_exit_code(self):
        for arguments in (
            ["strat"],
            ["--confg", "x"],
            ["--config"],
            ["--loglevel", "loud"],
            ["--logformat", "xml"],
            ["start", "check"],
        ):
            with self.subTest(arguments):
                result = self.run_junctor(*arguments)
                self.assertEqual(result.returncode, EXIT_BAD_USAGE)
                self.assertEqual(result.stdout, "")
                self.assertNotEqual(result.stderr, "")

    # Check ----------------------------------------------------------------------------------------------------------

    def test_check_of_a_good_configuration(self):
        self.write("config.json", node_config())
        result = self.run_junctor("check", "--config", "config.json")
        self.assertEqual((result.returncode, result.stderr), (EXIT_OK, ""))
        self.assertEqual(result.stdout, "config.json: 0 errors, 0 warnings\n")

    def test_check_prints_all_problems_with_line_and_column(self):
        self.write("config.json", BAD_CONFIG)
        result = self.run_junctor("check", "--config", "config.json")
        self.assertEqual(result.returncode, EXIT_BAD_CONFIG)
        self.assertEqual(result.stderr.splitlines(), BAD_CONFIG_PROBLEMS)
        self.assertEqual(result.stdout, "config.json: 2 errors, 1 warning\n")

    def test_check_accepts_what_is_only_doubtful(self):
        self.write("config.json", "{}")
        result = self.run_junctor("check", "--config", "config.json")
        self.assertEqual(result.returncode, EXIT_OK)
        self.assertEqual(result.stderr, "config.json:1:1: warning: has no workers: there is nothing to do\n")

    def test_check_warns_of_what_keeps_principals_out(self):
        principals = {
            "ann": {"ticket": "k7mQ2vXz9dRf", "role": "user"},
            "joe": {"ticket": "T4wLh6NpQx8s", "role": "usr"},
            "eve": {"ticket": "b3VnaHRhYmxl", "role": "user", "realm": "relam1"},
        }
        transport = tcp_transport(auth={"ticket": {"principals": principals}})
        self.write("config.json", node_config([transport], [{"name": "realm1", "roles": [{"name": "user"}]}]))
        result = self.run_junctor("check", "--config", "config.json")
        self.assertEqual(result.returncode, EXIT_OK)
        where = "workers[0].transports[0].auth.ticket.principals"
        self.assertEqual([line.split(": ", 1)[1] for line in result.stderr.splitlines()], [
            f"warning: {where}.joe.role: no realm of this worker has a role 'usr' (hint: did you mean 'user'?)",
            f"warning: {where}.eve.realm: this worker has no realm 'relam1' (hint: did you mean 'realm1'?)",
        ])

    def test_start_with_a_bad_configuration_prints_the_same_and_ends(self):
        self.write("config.json", BAD_CONFIG)
        for arguments in (["start"], []):
            result = self.run_junctor(*arguments, "--config", "config.json")
            self.assertEqual(result.returncode, EXIT_BAD_CONFIG)
            self.assertEqual(result.stderr.splitlines(), BAD_CONFIG_PROBLEMS)
            self.assertEqual(result.stdout, "")

    def test_options_may_stand_before_and_after_the_command(self):
        path = self.write("config.json", node_config())
        for arguments in (["--config", path, "check"], ["check", "--config", path], ["check", "-c", path]):
            self.assertEqual(self.run_junctor(*arguments).returncode, EXIT_OK)

    # Finding the configuration --------------------------------------------------------------------------------------

    def test_without_anything_the_built_in_configuration_is_used(self):
        result = self.run_junctor("check")
        self.assertEqual((result.returncode, result.stderr), (EXIT_OK, ""))
        self.assertEqual(result.stdout, "built-in configuration: 0 errors, 0 warnings\n")

    def test_the_directory_of_crossbar_is_found(self):
        self.write(".crossbar/config.json", "{}")
        result = self.run_junctor("check")
        self.assertEqual(result.stdout, ".crossbar/config.json: 0 errors, 1 warning\n")

    def test_a_directory_can_be_named(self):
        self.write("node/config.json", node_config())
        self.assertEqual(self.run_junctor("check", "--cbdir", "node").returncode, EXIT_OK)
        result = self.run_junctor("check", "--cbdir", "nowhere")
        self.assertEqual(result.returncode, EXIT_BAD_CONFIG)
        self.assertEqual(result.stderr, "nowhere/config.json: cannot be read: No such file or directory\n")

    def test_relative_paths_are_relative_to_the_file_or_to_the_named_directory(self):
        tls = {"key": "server.key", "certificate": "server.key"}
        endpoint = {"type": "tcp", "port": 0, "tls": tls}
        self.write("node/config.json", node_config(transports=[{"type": "rawsocket", "endpoint": endpoint}]))
        result = self.run_junctor("check", "--config", "node/config.json")
        self.assertIn(f"there is no file '{os.path.realpath(self.directory)}/node/server.key'", result.stderr)
        os.mkdir(os.path.join(self.directory, "other"))
        result = self.run_junctor("check", "--config", "node/config.json", "--cbdir", "other")
        self.assertIn(f"there is no file '{os.path.realpath(self.directory)}/other/server.key'", result.stderr)

    def test_a_configuration_that_cannot_be_read_is_one_line(self):
        os.mkdir(os.path.join(self.directory, "folder"))
        self.write("config.yaml", "version: 2\n")
        expected = {
            "nowhere.json": "nowhere.json: cannot be read: No such file or directory\n",
            "folder": "folder: cannot be read: Is a directory\n",
            "config.yaml": "config.yaml: YAML is not supported yet: write it as JSON\n",
        }
        for name, line in expected.items():
            for command in ("check", "start"):
                result = self.run_junctor(command, "--config", name)
                self.assertEqual((result.returncode, result.stderr), (EXIT_BAD_CONFIG, line))

    def test_environment_variables_are_replaced(self):
        endpoint = {"type": "tcp", "port": "$JUNCTOR_TEST_PORT"}
        self.write("config.json", node_config(transports=[{"type": "rawsocket", "endpoint": endpoint}]))
        result = self.run_junctor("check", "--config", "config.json", JUNCTOR_TEST_PORT="8081")
        self.assertEqual(result.returncode, EXIT_OK)
        result = self.run_junctor("check", "--config", "config.json", JUNCTOR_TEST_PORT="high")
        self.assertRegex(result.stderr, re.escape("'JUNCTOR_TEST_PORT' is no integer"))


if __name__ == "__main__":
    unittest.main()
