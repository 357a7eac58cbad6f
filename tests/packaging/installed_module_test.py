# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""docs/examples/pin, built and installed as a user does it: the installed router loads the module, and clients join."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

from junctor_process import PATIENCE, JunctorProcess

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples" / "pin"


def example_config():
    """The configuration of the example, on a free port."""
    config = json.loads((EXAMPLE / "config.json").read_text(encoding="utf-8"))
    config["workers"][0]["transports"][0]["endpoint"]["port"] = 0
    return config


def join(router, authid, pin):
    """What the client of the example prints."""
    done = subprocess.run(
        [sys.executable, "-B", str(EXAMPLE / "pin.py"), router.urls[0], authid, pin],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout


class InstalledModuleTest(unittest.TestCase):
    def test_clients_join_by_the_authmethod_of_the_module(self):
        with JunctorProcess(example_config()) as router:
            self.assertEqual(join(router, "ann", "1234"), "ann is staff by pin\n")
            self.assertEqual(join(router, "ann", "4321"), "refused: wamp.error.authentication_denied\n")
            self.assertEqual(join(router, "joe", "1234"), "refused: wamp.error.authentication_denied\n")

    def test_the_module_is_found_where_it_was_installed(self):
        with JunctorProcess(example_config()) as router:
            loaded = router.wait_for_event("module loaded")
        file = os.path.join(os.environ["INSTALLED_MODULES"], "auth-pin.so")
        self.assertEqual((loaded["file"], loaded["adds"]), (os.path.realpath(file), "authmethod pin"))


if __name__ == "__main__":
    unittest.main()
