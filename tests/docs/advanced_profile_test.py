# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""docs/advanced-profile.md says of each feature what the router announces, and names tests that pass.

Environment: JUNCTOR_BINARY, the router; JUNCTOR_CONFORMANCE, the conformance tests; tests/support is in PYTHONPATH.
"""

import os
import pathlib
import re
import subprocess
import unittest

from junctor_process import PATIENCE, JunctorProcess, node_config, tcp_transport
from wamp_peer import Peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "advanced-profile.md").read_text(encoding="utf-8")


def rows():
    """The rows of the table: section, feature, those who announce it, tests."""
    cells = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in PAGE.splitlines()
        if line.startswith("|")
    ]
    return [(section, feature, re.findall(r"\w+", roles), tests) for section, feature, roles, tests in cells[2:]]


class AdvancedProfileTest(unittest.TestCase):
    def test_what_is_announced_is_what_the_table_says(self):
        told = {role: {feature for _, feature, roles, _ in rows() if role in roles} for role in ("broker", "dealer")}
        config = node_config([tcp_transport()])
        config["workers"][0]["realms"][0]["store"] = {"type": "memory", "event-history": [{"uri": "com.*"}]}
        with JunctorProcess(config) as router:
            peer = Peer(router.urls[0])
            self.addCleanup(peer.close)
            roles = peer.join().details["roles"]
        announced = {role: set(content["features"]) for role, content in roles.items()}
        self.assertEqual(announced, told)

    def test_every_feature_that_the_router_knows_stands_in_the_table_once(self):
        source = (ROOT / "lib" / "base" / "src" / "features.cpp").read_text(encoding="utf-8")
        names = re.search(r"feature_names\{(.*?)\};", source, re.DOTALL)[1]
        known = sorted(re.findall(r'"(\w+)"', names))
        self.assertEqual(sorted(feature for _, feature, _, _ in rows() if feature), known)

    def test_what_is_announced_has_tests_and_they_pass(self):
        for section, _, roles, tests in rows():
            with self.subTest(section):
                self.assertTrue(tests or not roles, "announced, and has no tests")
                if tests:
                    self.run_tests(tests)

    def run_tests(self, name):
        result = subprocess.run(
            [os.environ["JUNCTOR_CONFORMANCE"], "--filenames-as-tags", f"[#{name}]"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, r"All tests passed \(\d+ assertions? in [1-9]")

    def test_every_file_of_the_conformance_tests_is_named(self):
        files = {path.stem for path in (ROOT / "tests" / "conformance").glob("*_test.cpp")}
        self.assertEqual(set(re.findall(r"`(\w+_test)`", PAGE)), files)


if __name__ == "__main__":
    unittest.main()
