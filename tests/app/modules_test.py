# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Modules that a configuration loads: the example of the documentation as it is in the build tree."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from junctor_process import PATIENCE, JunctorProcess, binary, node_config, tcp_transport

MODULES = os.environ["JUNCTOR_MODULES"]

EXIT_BAD_CONFIG = 1

HELLO, WELCOME, ABORT, CHALLENGE, AUTHENTICATE = 1, 2, 3, 4, 5


def pin_config(modules):
    """A node that loads `modules`, where the staff join by a PIN."""
    auth = {"pin": {"principals": {"ann": {"pin": "1234", "role": "staff"}}}}
    realm = {"name": "realm1", "roles": [{"name": "staff"}]}
    return {**node_config([tcp_transport(auth=auth)], [realm]), "modules": modules}


class Peer:
    """A client over RawSocket and JSON that says HELLO."""

    def __init__(self, router, authid):
        self.socket = socket.create_connection(router.tcp_address, PATIENCE)
        self.stream = self.socket.makefile("rb")
        self.socket.sendall(b"\x7f\xf1\x00\x00")
        self.stream.read(4)
        self.send([HELLO, "realm1", {"roles": {"caller": {}}, "authmethods": ["pin"], "authid": authid}])

    def send(self, message):
        text = json.dumps(message).encode()
        self.socket.sendall(len(text).to_bytes(4, "big") + text)

    def receive(self):
        return json.loads(self.stream.read(int.from_bytes(self.stream.read(4), "big")))

    def close(self):
        self.stream.close()
        self.socket.close()


class ModulesTest(unittest.TestCase):
    def start(self, modules, **how):
        router = JunctorProcess(pin_config(modules), **how)
        self.addCleanup(router.kill)
        return router.wait_until_ready()

    def said_of(self, modules):
        """What is said when a configuration with these `modules` is not usable."""
        router = JunctorProcess(pin_config(modules))
        self.addCleanup(router.kill)
        self.assertEqual(router.wait(), EXIT_BAD_CONFIG)
        return [event["text"] for event in router.log if " modules" in event["text"]]

    def answer_to(self, router, authid, pin):
        """What a client gets that answers the challenge with `pin`."""
        peer = Peer(router, authid)
        self.addCleanup(peer.close)
        self.assertEqual(peer.receive(), [CHALLENGE, "pin", {}])
        peer.send([AUTHENTICATE, pin, {}])
        return peer.receive()

    def test_a_module_adds_its_authmethod(self):
        router = self.start({"directory": MODULES, "load": ["auth-pin"]})
        loaded = router.wait_for_event("module loaded")
        self.assertEqual((loaded["level"], loaded["file"], loaded["adds"]),
                         ("info", os.path.join(MODULES, "auth-pin.so"), "authmethod pin"))

        code, _, details = self.answer_to(router, "ann", "1234")
        self.assertEqual(code, WELCOME)
        self.assertEqual([details[key] for key in ("authid", "authrole", "authmethod", "authprovider")],
                         ["ann", "staff", "pin", "static"])
        wrong = self.answer_to(router, "ann", "4321")
        self.assertEqual((wrong[0], wrong[2]), (ABORT, "wamp.error.authentication_denied"))
        self.assertEqual(self.answer_to(router, "joe", "1234"), wrong)

    def test_a_directory_is_relative_to_the_configuration(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            os.mkdir(os.path.join(folder, "plugins"))
            shutil.copy(os.path.join(MODULES, "auth-pin.so"), os.path.join(folder, "plugins"))
            router = self.start({"directory": "plugins", "load": ["auth-pin"]}, directory=folder)
            self.assertEqual(router.wait_for_event("module loaded")["file"], os.path.join(folder, "plugins/auth-pin.so"))
            router.stop()

    def test_the_check_of_a_configuration_loads_modules_too(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            os.symlink(MODULES, os.path.join(folder, "modules"))
            done = self.check(folder, '{"modules": {"directory": "modules", "load": ["auth-pin"]}}')
            self.assertEqual(done.stderr.splitlines(),
                             ["config.json:1:1: warning: has no workers: there is nothing to do"])
            done = self.check(folder, '{"modules": {"directory": "modules", "load": ["auth-anonymous"]}, "workers": []}')
            self.assertEqual(done.returncode, EXIT_BAD_CONFIG)
            self.assertIn("config.json:1:47: error: modules.load[0]: the module", done.stderr)
            self.assertIn("cannot be added: authmethod registered twice: anonymous", done.stderr)

    def test_roles_that_a_module_reads_are_compared_with_those_of_realms(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            config = pin_config({"directory": MODULES, "load": ["auth-pin"]})
            self.assertEqual(self.check(folder, json.dumps(config)).stderr, "")
            auth = config["workers"][0]["transports"][0]["auth"]
            auth["pin"]["principals"]["ann"]["role"] = "stuff"
            self.assertIn("warning: workers[0].transports[0].auth.pin.principals.ann.role: no realm of this worker has"
                          " a role 'stuff' (hint: did you mean 'staff'?)", self.check(folder, json.dumps(config)).stderr)

    def check(self, folder, text):
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([binary(), "check", "--config", "config.json"], cwd=folder, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def test_a_module_that_is_not_there_is_named(self):
        said = self.said_of({"directory": MODULES, "load": ["auth-pni"]})
        self.assertEqual(len(said), 1)
        self.assertIn(f"there is no module 'auth-pni' in '{MODULES}' (hint: did you mean 'auth-pin'?)", said[0])

    def test_without_a_directory_modules_are_looked_for_beside_the_program(self):
        said = self.said_of({"load": ["auth-pin"]})
        self.assertEqual(len(said), 1)
        self.assertRegex(said[0], r"there is no module 'auth-pin' in '/.*/junctor/modules'")

    def test_a_module_that_others_can_write_is_refused(self):
        with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
            file = shutil.copy(os.path.join(MODULES, "auth-pin.so"), folder)
            os.chmod(file, 0o777)
            said = self.said_of({"load": [file]})
            self.assertEqual(len(said), 1)
            self.assertIn(f"the file '{file}' can be written by others than its owner", said[0])


if __name__ == "__main__":
    unittest.main()
