# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Every example of the pages that show configurations, in docs/ and of modules, is one without problems."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from junctor_process import PATIENCE, binary

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / f"{name}.md" for name in ("configuration", "containers", "meta-api", "web-services")]
DOCUMENTS = [*PAGES, *sorted(ROOT.glob("modules/*/README.md"))]

# What is put around an example of each kind to make a whole configuration of it.
AROUND = {
    "node": "%s",
    "worker": '{"version": 2, "workers": [%s]}',
    "realm": '{"type": "router", "realms": [%s], "transports": [{"type": "rawsocket",'
    ' "endpoint": {"type": "tcp", "port": 0}}]}',
    "role": '{"name": "realm1", "roles": [{"name": "anonymous"}, %s]}',
    "permission": '{"name": "guest", "permissions": [%s]}',
    "endpoint": '{"type": "rawsocket", "endpoint": %s}',
    "component": '{"type": "container", "components": [%s]}',
    "connecting": '{"type": "class", "classname": "junctor.clock", "realm": "realm1",'
    ' "extra": {"prefix": "com.example.clock"}, "transport": %s}',
}
PARENT = {
    "worker": "node",
    "realm": "worker",
    "role": "realm",
    "permission": "role",
    "transport": "worker",
    "endpoint": "transport",
    "component": "worker",
    "connecting": "component",
}


def examples(document):
    """Kind, what it needs besides, and text of each example, and how many blocks of JSON there are in all."""
    text = document.read_text(encoding="utf-8")
    marked = re.findall(r"<!-- example: (\w+)(?:, with ([\w ]+))? -->\n```json\n(.*?)```", text, re.DOTALL)
    return marked, text.count("```json\n")


def worker_with(transport):
    """A worker with the transport `transport`, and with the realms and roles that it names."""
    roles = sorted({"anonymous", *re.findall(r'"(?:default-)?role": "([^"]*)"', transport)})
    realms = sorted({"realm1", *re.findall(r'"(?:authenticator-)?realm": "([^"]*)"', transport)})
    content = [{"name": realm, "roles": [{"name": role} for role in roles]} for realm in realms]
    return f'{{"type": "router", "realms": {json.dumps(content)}, "transports": [{transport}]}}'


def complete(kind, text):
    """A whole configuration with the example `text` in it."""
    while kind != "node":
        text = worker_with(text) if kind == "transport" else AROUND[kind] % text
        kind = PARENT[kind]
    return text


class ConfigurationExamplesTest(unittest.TestCase):
    def check(self, directory, configuration, environment):
        with open(os.path.join(directory, "config.json"), "w", encoding="utf-8") as file:
            file.write(configuration)
        return subprocess.run(
            [binary(), "check", "--config", "config.json"],
            cwd=directory,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def test_every_example_passes_check_without_a_warning(self):
        self.assertGreater(len(DOCUMENTS), 8)
        for document in DOCUMENTS:
            found, blocks = examples(document)
            self.assertEqual(len(found), blocks, f"an example of {document} lacks the comment that says what it is")
            self.assertGreater(blocks, 0, document)
            for kind, needs, text in found:
                self.check_example(kind, needs, text)

    def check_example(self, kind, needs, text):
        with self.subTest(kind, text=text), tempfile.TemporaryDirectory(prefix="junctor-") as directory:
            if needs == "files of TLS":
                make_key_pair(directory)
            elif needs == "modules":
                os.symlink(os.environ["JUNCTOR_MODULES"], os.path.join(directory, "modules"))
            result = self.check(directory, complete(kind, text), {"INNER_DISABLED": "no"})
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.stdout, "config.json: 0 errors, 0 warnings\n")
            self.assertEqual(result.returncode, 0)


def make_key_pair(directory):
    """Writes server.key, and server.crt that is signed with it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.crt"],
        cwd=directory,
        capture_output=True,
        check=True,
    )


if __name__ == "__main__":
    unittest.main()
