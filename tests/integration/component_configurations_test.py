# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Configurations of hosted components: those of the documentation work, and what is wrong with others is told.

Environment: JUNCTOR_BINARY, and JUNCTOR_MODULES, the folder with component-greeter.
"""

import json
import os
import pathlib
import re
import subprocess
import time
import unittest

from certificate import make_certificate
from hosted import HostingCase, answer, clock, connecting, container, joined, node, unix
from junctor_process import binary, node_config, tcp_transport, unix_transport
from wamp_peer import PATIENCE

EXIT_BAD_CONFIG = 1
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


# Examples and mistakes ----------------------------------------------------------------------------------------------


def examples(page, kind):
    """The examples of that kind on a page of the documentation."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"<!-- example: {kind}(?:, [\w ]+)? -->\n```json\n(.*?)```", text, re.DOTALL)
    return [json.loads(each) for each in found]


class DocumentationTest(HostingCase):
    """Transports of the documentation, listening and connecting, meet each other."""

    def localize(self, transport, tls):
        """An example with addresses and files that are there."""
        endpoint = transport["endpoint"]
        if endpoint["type"] == "unix":
            endpoint["path"] = self.path
            endpoint.pop("owner", None)
        else:
            endpoint.update(port=0, interface="127.0.0.1")
        if "tls" in endpoint:
            endpoint["tls"] = {**tls, "ca_certificates": [tls["certificate"]]}
        return transport

    def aim(self, transport, urls, tls):
        """A connecting example that leads to one of the router's `urls`."""
        endpoint = transport.get("endpoint", {})
        if "url" in transport:
            transport["url"] = urls["web" if transport["type"] == "websocket" else "tcp"]
        elif endpoint["type"] == "unix":
            endpoint["path"] = self.path
        else:
            url = urls["tls" if "tls" in endpoint else "tcp"]
            endpoint["port"] = int(url.rsplit(":", 1)[1])
        if "tls" in endpoint:
            endpoint["tls"].update(ca_certificates=[tls["certificate"]], **tls)
        return transport

    def test_every_connecting_transport_joins_what_listens(self):
        tls = make_certificate(self.folder)
        listening = [self.localize(each, tls) for each in examples("configuration.md", "transport")
                     if set(each) <= {"type", "id", "endpoint", "serializers", "max_message_size", "options", "debug"}]
        secure = tcp_transport(id="secure")
        secure["endpoint"]["tls"] = {**tls, "ca_certificates": [tls["certificate"]]}
        self.assertGreaterEqual({each["endpoint"]["type"] for each in listening}, {"unix", "tcp"})
        router = self.router(*listening, secure)
        urls = {}
        kinds = {"rs": "tcp", "rss": "tls", "ws": "web"}
        for url in router.urls:
            urls.setdefault("unix" if "unix:" in url else kinds.get(url.split(":")[0]), url)
        connectors = examples("containers.md", "connecting")
        self.assertGreaterEqual(len(connectors), 4)
        process = self.start(node(container(
            *(clock(f"example{i}", self.aim(each, urls, tls)) for i, each in enumerate(connectors)))))
        with joined(f"rs://unix:{self.path}") as peer:
            for i in range(len(connectors)):
                self.assertLess(abs(answer(peer, f"com.example.example{i}.now") - time.time()), PATIENCE)
        self.assertEqual(process.stop(), 0)


class MistakesTest(HostingCase):
    def problems(self, *workers):
        with open(os.path.join(self.folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump(node(*workers), file)
        done = subprocess.run([binary(), "check", "--config", "config.json"], cwd=self.folder, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        return done.returncode, [line.split(": ", 1)[1] for line in done.stderr.splitlines()]

    def test_check_tells_what_is_wrong_with_components_of_a_container(self):
        here = unix(self.path)
        of_component = [
            ({"classname": "junctor.clok"}, "classname: there is no component 'junctor.clok' (hint: did you mean"
                                            " 'junctor.clock'?)"),
            ({"type": "function"}, "type: component type 'function' is not supported yet by this version (hint:"
                                   " supported: class)"),
            ({"realm": ""}, "realm: must not be empty"),
            ({"extra": {"prefix": "com.example", "intervall": 1}}, "extra.intervall: unknown key (hint: did you mean"
                                                                   " 'interval'?)"),
            ({"extra": {}}, "extra: needs the key 'prefix'"),
            ({"role": "trusted"}, "role: is for components of routers (hint: the router gives this one a role, by its"
                                  " 'auth')"),
            ({"auth": {}}, "auth: names no authmethod (hint: leave the key out for an anonymous component)"),
            ({"auth": {"ticket": {"ticket": "t"}}}, "auth.ticket: needs the key 'authid'"),
            ({"auth": {"cryptosign": {"privkey": "ab"}}},
             "auth.cryptosign.privkey: must be the 64 hexadecimal digits of a private key, or name a file with them"
             " (hint: {\"file\": \"PATH\"}, as 'junctor keygen cryptosign --private-key PATH' writes it)"),
            ({"auth": {"ticket": {"authid": "a", "ticket": "t"}, "wampcra": {"authid": "b", "secret": "s"}}},
             "auth.wampcra: claims another authid than the authmethod before it (hint: a client that offers several"
             " authmethods names one authid for all of them)"),
        ]
        for change, problem in of_component:
            with self.subTest(problem):
                self.check_component({**clock("clock", here), **change}, problem)

    def test_check_tells_what_is_wrong_with_connecting_transports(self):
        here = unix(self.path)
        tcp = {"type": "tcp", "host": "localhost", "port": 1}
        of_transport = [
            ({"type": "rawsocket", "serializer": "json"},
             ": the key 'endpoint' is missing (hint: a 'url' of the router will do as well)"),
            ({"type": "rawsocket", "url": "http://localhost", "serializer": "json"}, ".url: the URL"),
            ({"type": "websocket"}, ": the key 'url' is missing"),
            ({**here, "serializer": "bson"}, ".serializer: unknown serializer 'bson'"),
            ({**here, "serializers": ["json"]}, ".serializers: is for transports that listen (hint: one that connects"
                                                " has a 'serializer')"),
            ({**here, "initial_retry_delay": 2, "max_retry_delay": 1},
             ": initial_retry_delay must not be longer than max_retry_delay, which is 30 s unless it is given"),
            ({**here, "retry_delay_jitter": 1.5}, ".retry_delay_jitter: must be from 0 to 1"),
            ({**here, "max_retries": "many"}, ".max_retries: must be an integer, not a string"),
            (connecting({**tcp, "port": 0}), ".endpoint.port: must be from 1 to 65535"),
            (connecting({**tcp, "version": 5}), ".endpoint.version: must be 4 or 6"),
            (connecting({**tcp, "timeout": 601}), ".endpoint.timeout: must be from 0 to 600"),
            (connecting({"type": "tcp", "port": 1}), ".endpoint: the key 'host' is missing"),
            (connecting({**tcp, "tls": {}}), ".endpoint.tls: the key 'hostname' is missing"),
            (connecting({**tcp, "tls": {"hostname": "x", "ca_certificates": ["no.pem"]}}),
             f".endpoint.tls.ca_certificates[0]: there is no file '{self.folder}/no.pem'"),
        ]
        for transport, problem in of_transport:
            with self.subTest(problem):
                self.check_component(clock("clock", transport), f"transport{problem}")

    def check_component(self, component, problem):
        code, said = self.problems(container(component))
        self.assertEqual((code, len(said)), (EXIT_BAD_CONFIG, 1), said)
        self.assertIn(f"workers[0].components[0].{problem}", said[0])

    def test_check_tells_what_is_wrong_with_containers_and_components_of_routers(self):
        worker = node_config([unix_transport(self.path)])["workers"][0]
        inner = {key: value for key, value in clock("inner", None).items() if key != "transport"}
        one = clock("clock", unix(self.path))
        wrong = [
            (container(one, shutdown="shutdown-on-any-component-failed", restart="restart-on-failed"),
             "options.shutdown: never happens, as 'restart' has such components started again (hint: leave out one of"
             " the two)"),
            (container(one, one), "components[1]: there is another component with the id 'clock'"),
            ({**worker, "components": [{**inner, "realm": "realm2"}]},
             "components[0]: this worker has no realm 'realm2' (hint: did you mean 'realm1'?)"),
            ({**worker, "components": [{**inner, "role": "staff"}]},
             "components[0].role: realm 'realm1' has no role 'staff' (hint: leave it out for the role 'trusted')"),
            ({**worker, "components": [one]}, "components[0].transport: is for components of containers: this one is"
                                              " within its router"),
        ]
        for config, problem in wrong:
            with self.subTest(problem):
                code, said = self.problems(config)
                self.assertEqual((code, len(said)), (EXIT_BAD_CONFIG, 1), said)
                self.assertIn(f"workers[0].{problem}", said[0])


if __name__ == "__main__":
    unittest.main()
