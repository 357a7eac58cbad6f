# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Reloading the configuration by SIGHUP, while sessions live."""

import copy
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from certificate import make_certificate
from junctor_process import ALLOW_ALL, PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport
from wamp_peer import ABORT, AUTHENTICATE, CALL, CHALLENGE, GOODBYE, PUBLISH, PUBLISHED, RESULT, SUBSCRIBE, WELCOME
from wamp_peer import ANY_DICT, ANY_ID, ANY_TEXT, YIELD, Peer, tls_client
from websocket_peer import WebSocketPeer

MODULES = os.environ["JUNCTOR_MODULES"]

DENIED = "wamp.error.not_authorized"
EVERYTHING = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]
DECIDER = "com.example.decide"

# More often than anything could be remembered by accident.
OFTEN = 20

RELOADS = 50


def permission(uri, *actions, match="prefix"):
    return {"uri": uri, "match": match, "allow": dict.fromkeys(actions, True)}


def role(name, permissions=EVERYTHING, **keys):
    return {"name": name, "permissions": permissions, **keys}


def realm(name, *roles):
    return {"name": name, "roles": list(roles)}


def authorized(name, **keys):
    return {"name": name, "authorizer": {"procedure": DECIDER, **keys}}


def tickets(**principals):
    """The authmethod ticket, for authids with their tickets, whose role is their authid."""
    known = {authid: {"ticket": ticket, "role": authid} for authid, ticket in principals.items()}
    return {"ticket": {"principals": known}, "anonymous": {"role": "anonymous"}}


def certificate_in(files):
    """The octets of the certificate of an endpoint."""
    with open(files["certificate"], encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


def built_in_router(folder):
    """A router without a configuration, whose log is text."""
    return subprocess.Popen([os.path.abspath(binary())], cwd=folder, env={**os.environ, "XDG_RUNTIME_DIR": folder},
                            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def until(lines, *words):
    """The `lines` up to the first that has one of `words` in it, or to the end."""
    taken = []
    for line in lines:
        taken.append(line)
        if any(word in line for word in words):
            break
    return taken


class ReloadTest(unittest.TestCase):
    def start(self, *realms, auth=None, **keys):
        transport = tcp_transport(**({} if auth is None else {"auth": auth}))
        self.config = node_config([transport], list(realms))
        self.config.update(keys)
        self.router = JunctorProcess(self.config)
        self.addCleanup(self.stop, self.router)
        self.router.wait_until_ready()

    def directory(self):
        made = tempfile.TemporaryDirectory(prefix="junctor-")
        self.addCleanup(made.cleanup)
        return made.name

    def stop(self, router):
        self.assertEqual(router.stop(), 0)

    @property
    def worker(self):
        return self.config["workers"][0]

    def roles(self, *roles):
        self.worker["realms"][0]["roles"] = list(roles)

    def write(self, text):
        with open(self.router.config_file, "w", encoding="utf-8") as file:
            file.write(text)

    def hang_up(self, event):
        """Sends SIGHUP, and returns the events that came of it, up to the first `event`."""
        before = len(self.router.log)
        self.router.send_signal(signal.SIGHUP)
        while True:
            last = self.router.next_event()
            if last["event"] == event:
                return self.router.log[before:]

    def reload(self):
        """Has the router reload what the configuration has become, and returns what it says it has done."""
        self.write(json.dumps(self.config))
        events = self.hang_up("configuration reloaded")
        self.waiting = [e["path"] for e in events if e["event"] == "takes effect at the next start"]
        done = events[-1]
        self.assertEqual((done["level"], done["source"]), ("info", self.router.config_file))
        self.assertEqual(done["waiting"], len(self.waiting))
        return done

    def refuse_to_reload(self, mistake):
        """Has the router find `mistake`, among others, in its configuration."""
        self.router.send_signal(signal.SIGHUP)
        self.find_problem(mistake)

    def find_problem(self, mistake):
        while True:
            event = self.router.next_event()
            if event["event"] == "configuration not reloaded" and mistake in event["problem"]:
                return self.assertEqual(event["level"], "error")

    def peer(self):
        peer = Peer(self.router.urls[0])
        self.addCleanup(peer.close)
        return peer

    def join(self, realm_name="realm1", **details):
        return self.peer().join(realm_name, **details)

    def join_by_ticket(self, authid, ticket):
        """The answer to a client that shows `ticket`, and the client."""
        peer = self.peer()
        peer.hello("realm1", authmethods=["ticket"], authid=authid)
        peer.expect(CHALLENGE, "ticket", {})
        peer.send(AUTHENTICATE, ticket, {})
        answer = peer.receive()
        return answer, peer

    def abort_of(self, realm_name="realm1", **details):
        """Why a client cannot join."""
        peer = self.peer()
        peer.hello(realm_name, **details)
        return peer.expect(ABORT, ANY_DICT, ANY_TEXT)[2]

    def complete_call(self, caller, callee, registration, procedure):
        request = caller.call(procedure)
        callee.send(YIELD, callee.expect_invocation(registration), {})
        caller.expect(RESULT, request, {})

    def decide(self, backend, registration, answer):
        """Answers the next question of the authorizer, and returns what it is about."""
        _, request, _, _, args = backend.receive()
        backend.send(YIELD, request, {}, [answer])
        return args[1]

    def start_tls(self, **keys):
        """A router whose only transport has TLS."""
        transport = tcp_transport()
        transport["endpoint"]["tls"] = keys
        self.config = node_config([transport], [realm("realm1", role("anonymous"))])
        self.router = JunctorProcess(self.config)
        self.addCleanup(self.stop, self.router)
        self.router.wait_until_ready()

    @property
    def tls(self):
        return self.worker["transports"][0]["endpoint"]["tls"]

    def shown(self, name):
        """The certificate that a client sees which asks for `name`."""
        host, port = self.router.urls[0].split("://")[1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), PATIENCE) as plain:
            with tls_client().wrap_socket(plain, server_hostname=name) as secure:
                return secure.getpeercert(binary_form=True)

    # Roles ----------------------------------------------------------------------------------------------------------

    def test_permissions_hold_for_sessions_that_are_joined(self):
        self.start(realm("realm1", role("anonymous")))
        caller, callee = self.join(), self.join()
        registration = callee.register("com.example.often")
        for _ in range(OFTEN):
            self.complete_call(caller, callee, registration, "com.example.often")
            caller.publish("com.example.topic")

        self.roles(role("anonymous", [permission("com.example.", "subscribe", "register")]))
        self.assertEqual(self.reload()["roles"], 1)
        caller.refused(CALL, DENIED, {}, "com.example.often")
        caller.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")
        caller.refused(SUBSCRIBE, DENIED, {}, "com.other")
        caller.subscribe("com.example.topic")

        self.roles(role("anonymous", [permission("com.example.often", "call", match="exact")]))
        self.reload()
        for _ in range(OFTEN):
            self.complete_call(caller, callee, registration, "com.example.often")
        caller.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")

        self.roles(role("anonymous", [], **{"allow-by-default": True}))
        self.reload()
        caller.publish("com.example.topic")
        self.assertEqual(self.waiting, [])

    def test_a_subscribed_topic_that_was_published_to_often_can_be_closed_and_opened(self):
        self.start(realm("realm1", role("anonymous")))
        publisher, subscriber = self.join(), self.join()
        subscriber.subscribe("com.example.topic")
        for allowed in (True, False, True, False):
            self.roles(role("anonymous", [permission("com.example.topic", *["publish"] * allowed, match="exact")]))
            self.reload()
            for _ in range(OFTEN):
                if allowed:
                    publisher.publish("com.example.topic")
                else:
                    publisher.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")

    def test_a_role_that_is_new_can_be_joined_with(self):
        self.start(realm("realm1", role("anonymous")), auth=tickets(joe="1234"))
        self.assertEqual(self.join_by_ticket("joe", "1234")[0][::2], [ABORT, "wamp.error.no_such_role"])
        self.roles(role("anonymous"), role("joe", [permission("com.joe", "publish")]))
        self.assertEqual(self.reload()["roles"], 2)
        answer, joe = self.join_by_ticket("joe", "1234")
        self.assertEqual(answer[0], WELCOME)
        joe.publish("com.joe")
        joe.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.other")

    def test_a_role_that_is_gone_lets_nobody_in_and_nothing_happen(self):
        self.start(realm("realm1", role("anonymous"), role("joe")), auth=tickets(joe="1234"))
        joe, callee = self.join_by_ticket("joe", "1234")[1], self.join()
        registration = callee.register("com.example.often")
        for _ in range(OFTEN):
            self.complete_call(joe, callee, registration, "com.example.often")
        self.roles(role("anonymous"))
        self.reload()
        joe.refused(CALL, DENIED, {}, "com.example.often")
        joe.fence()
        self.assertEqual(self.join_by_ticket("joe", "1234")[0][::2], [ABORT, "wamp.error.no_such_role"])

        # It is the same session that gets its rights back.
        self.roles(role("anonymous"), role("joe"))
        self.reload()
        self.complete_call(joe, callee, registration, "com.example.often")

    # Realms ---------------------------------------------------------------------------------------------------------

    def test_realms_come_and_go(self):
        self.start(realm("realm1", role("anonymous")))
        first = self.join()
        self.assertEqual(self.abort_of("realm2"), "wamp.error.no_such_realm")
        self.worker["realms"].append(realm("realm2", role("anonymous")))
        self.assertEqual(self.reload()["realms"], 2)
        second = self.join("realm2")
        second.publish("com.example.topic")

        # A realm that comes again is another one, with nobody in it.
        for _ in range(3):
            gone = self.worker["realms"].pop()
            self.reload()
            second.expect(GOODBYE, {}, "wamp.close.close_realm")
            second.send(GOODBYE, {}, "wamp.close.goodbye_and_out")
            second.expect_end()
            self.assertEqual(self.abort_of("realm2"), "wamp.error.no_such_realm")
            self.worker["realms"].append(gone)
            self.reload()
            second = self.join("realm2")
        first.publish("com.example.topic")
        self.assertEqual(self.waiting, [])

    # Authentication -------------------------------------------------------------------------------------------------

    def test_another_ticket_is_for_those_who_join_from_now_on(self):
        self.start(realm("realm1", role("joe")), auth=tickets(joe="old"))
        answer, joined = self.join_by_ticket("joe", "old")
        self.assertEqual(answer[0], WELCOME)
        under_way = self.peer()
        under_way.hello("realm1", authmethods=["ticket"], authid="joe")
        under_way.expect(CHALLENGE, "ticket", {})

        self.worker["transports"][0]["auth"] = tickets(joe="new")
        self.assertEqual(self.reload()["transports"], 1)
        self.assertEqual(self.join_by_ticket("joe", "old")[0][::2], [ABORT, "wamp.error.authentication_denied"])
        self.assertEqual(self.join_by_ticket("joe", "new")[0][0], WELCOME)
        joined.publish("com.example.topic")
        under_way.send(AUTHENTICATE, "old", {})
        under_way.expect(WELCOME, ANY_ID, ANY_DICT)

    def test_what_shares_a_port_has_its_own_authmethods(self):
        transport = {
            "type": "universal",
            "endpoint": tcp_transport()["endpoint"],
            "rawsocket": {"auth": tickets(joe="old")},
            "websocket": {"ws": {"auth": tickets(joe="old")}},
        }
        self.router = JunctorProcess(node_config([transport], [realm("realm1", role("joe"))]))
        self.config = node_config([transport], [realm("realm1", role("joe"))])
        self.addCleanup(self.stop, self.router)
        self.router.wait_until_ready()
        self.router.urls = [self.router.urls[0].replace("http", "rs")]

        transport["rawsocket"]["auth"] = tickets(joe="new")
        transport["websocket"]["later"] = {"auth": tickets(joe="later")}
        self.assertEqual(self.reload()["transports"], 1)
        self.assertEqual(self.waiting, ["workers[0].transports[0].websocket"])
        self.assertEqual(self.join_by_ticket("joe", "old")[0][0], ABORT)
        self.assertEqual(self.join_by_ticket("joe", "new")[0][0], WELCOME)
        page = WebSocketPeer(self.router.urls[0].replace("rs", "ws") + "/ws")
        self.addCleanup(page.close)
        page.hello("realm1", authmethods=["ticket"], authid="joe")
        page.expect(CHALLENGE, "ticket", {})
        page.send(AUTHENTICATE, "old", {})
        page.expect(WELCOME, ANY_ID, ANY_DICT)

    def test_a_ticket_in_a_file_is_read_anew(self):
        folder = self.directory()
        path = os.path.join(folder, "ticket")

        def set_ticket(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o600)

        set_ticket("old")
        principals = {"joe": {"ticket": {"file": path}, "role": "joe"}}
        self.start(realm("realm1", role("joe")), auth={"ticket": {"principals": principals}})
        set_ticket("new")
        self.reload()
        self.assertEqual(self.join_by_ticket("joe", "old")[0][0], ABORT)
        self.assertEqual(self.join_by_ticket("joe", "new")[0][0], WELCOME)

    def test_an_authmethod_can_be_taken_away_and_come_from_a_new_module(self):
        self.start(realm("realm1", role("staff"), role("anonymous")))
        self.join()
        self.config["modules"] = {"directory": MODULES, "load": ["auth-pin"]}
        pins = {"pin": {"principals": {"ann": {"pin": "1234", "role": "staff"}}}}
        self.worker["transports"][0]["auth"] = pins
        for _ in range(2):
            self.reload()
            self.assertEqual(self.waiting, [])
            self.assertEqual(self.abort_of(), "wamp.error.no_matching_auth_method")
            ann = self.peer()
            ann.hello("realm1", authmethods=["pin"], authid="ann")
            ann.expect(CHALLENGE, "pin", {})
            ann.send(AUTHENTICATE, "1234", {})
            ann.expect(WELCOME, ANY_ID, ANY_DICT)
        self.assertEqual(len([e for e in self.router.log if e["event"] == "module loaded"]), 1)

    # Authorizers ----------------------------------------------------------------------------------------------------

    def start_with_authorizer(self):
        self.start(realm("realm1", authorized("anonymous"), role("backend")), auth=tickets(backend="1234"))
        backend = self.join_by_ticket("backend", "1234")[1]
        return self.join(), backend, backend.register(DECIDER)

    def publish_as_decided(self, client, backend, registration, answer, allowed=True):
        request = client.request()
        client.send(PUBLISH, request, {"acknowledge": True}, "com.example.topic")
        self.assertEqual(self.decide(backend, registration, answer), "com.example.topic")
        if allowed:
            client.expect(PUBLISHED, request, ANY_ID)
        else:
            client.expect_error(PUBLISH, request, DENIED)

    def test_decisions_of_an_authorizer_are_made_anew(self):
        client, backend, registration = self.start_with_authorizer()
        self.publish_as_decided(client, backend, registration, {"allow": True, "cache": True})
        for _ in range(OFTEN):
            client.publish("com.example.topic")
        self.reload()
        self.publish_as_decided(client, backend, registration, {"allow": False, "cache": True}, allowed=False)
        client.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")

    def test_what_is_asked_while_reloading_is_asked_anew(self):
        client, backend, registration = self.start_with_authorizer()
        request = client.request()
        client.send(PUBLISH, request, {"acknowledge": True}, "com.example.topic")
        _, question, *_ = backend.receive()
        self.reload()
        backend.send(YIELD, question, {}, [{"allow": True, "cache": True}])
        self.decide(backend, registration, False)
        client.expect_error(PUBLISH, request, DENIED)

    def test_an_authorizer_comes_and_goes(self):
        client, backend, registration = self.start_with_authorizer()
        self.publish_as_decided(client, backend, registration, True)
        self.roles(role("anonymous", [permission("com.other", "publish")]), role("backend"))
        self.reload()
        client.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")
        client.publish("com.other")
        self.roles(authorized("anonymous", decisions_max=1), role("backend"))
        self.reload()
        self.publish_as_decided(client, backend, registration, True)

    def test_who_waits_for_an_authorizer_that_goes_is_judged_by_the_permissions(self):
        client, backend, _ = self.start_with_authorizer()
        request = client.request()
        client.send(PUBLISH, request, {"acknowledge": True}, "com.example.topic")
        _, question, *_ = backend.receive()
        self.roles(role("anonymous", []), role("backend"))
        self.reload()
        backend.send(YIELD, question, {}, [True])
        client.expect_error(PUBLISH, request, DENIED)

    # TLS ------------------------------------------------------------------------------------------------------------

    def test_certificates_are_read_anew_while_sessions_stay(self):
        folder = self.directory()
        files = make_certificate(folder, "a.example")
        self.start_tls(**files)
        first = certificate_in(files)
        session = self.join()
        self.assertEqual(self.shown("a.example"), first)

        renewed = make_certificate(folder, "a.example")
        self.assertEqual(self.shown("a.example"), first)
        self.assertEqual(self.reload()["transports"], 1)
        self.assertNotEqual(certificate_in(renewed), first)
        self.assertEqual(self.shown("a.example"), certificate_in(renewed))

        another = make_certificate(folder, "b.example")
        self.tls["certificates"] = [another]
        self.reload()
        self.assertEqual(self.waiting, [])
        self.assertEqual(self.shown("a.example"), certificate_in(renewed))
        self.assertEqual(self.shown("b.example"), certificate_in(another))

        self.tls.update(make_certificate(folder, "c.example"), certificates=[])
        self.reload()
        self.assertEqual(self.shown("b.example"), certificate_in(self.tls))
        session.fence()

    def test_a_certificate_that_is_not_usable_leaves_all_as_it_was(self):
        folder = self.directory()
        files = make_certificate(folder)
        self.start_tls(**files)
        before = certificate_in(files)
        with open(files["key"], "w", encoding="ascii") as key, open(
            make_certificate(self.directory())["key"], encoding="ascii"
        ) as other:
            key.write(other.read())
        self.refuse_to_reload(f"key \"{files['key']}\": does not belong to certificate")
        self.assertEqual(self.shown("localhost"), before)
        os.remove(files["certificate"])
        self.refuse_to_reload(f"there is no file '{files['certificate']}'")
        self.assertEqual(self.shown("localhost"), before)
        self.join().fence()

    def test_tls_begins_at_the_next_start(self):
        self.start(realm("realm1", role("anonymous")))
        self.worker["transports"][0]["endpoint"]["tls"] = make_certificate(self.directory())
        self.reload()
        self.assertEqual(self.waiting, ["workers[0].transports[0].endpoint.tls"])
        self.join().fence()

    # What cannot be reloaded ------------------------------------------------------------------------------------------

    def test_a_configuration_with_errors_changes_nothing(self):
        self.start(realm("realm1", role("anonymous")))
        client = self.join()
        broken = copy.deepcopy(self.config)
        broken["workers"][0]["realms"][0]["roles"] = [role("anonymous", []), {"nam": "guest"}]
        mistakes = {
            "": "not proper JSON",
            "{": "not proper JSON",
            "[]": "must be a dict",
            "\0\xff": "not proper JSON",
            "[" * 100_000: "not proper JSON",
            '{"workers": [[], 5, {"realms": {}, "transports": [[{}]]}]}': "workers",
            json.dumps(broken): "roles[1]",
        }
        for text, mistake in mistakes.items():
            with self.subTest(text[:20]):
                self.write(text)
                self.refuse_to_reload(mistake)
                client.publish("com.example.topic")
                self.join().publish("com.example.topic")
        os.remove(self.router.config_file)
        self.refuse_to_reload("cannot be read: No such file")
        os.mkdir(self.router.config_file)
        self.refuse_to_reload("cannot be read: Is a directory")
        os.rmdir(self.router.config_file)
        client.publish("com.example.topic")
        self.reload()

    def test_all_errors_are_logged(self):
        self.start(realm("realm1", role("anonymous")))
        self.config["workres"] = []
        self.worker["realms"][0]["roles"].append({})
        self.write(json.dumps(self.config))
        self.refuse_to_reload("realms[0].roles[1]: the key 'name' is missing")
        self.find_problem("workres: unknown key")

    def test_what_takes_effect_at_the_next_start_is_named(self):
        self.start(realm("realm1", role("anonymous")), auth=tickets(joe="1234"))
        self.worker.setdefault("options", {})["shards"] = 3
        self.worker["realms"][0]["options"] = {"uri_check": "strict"}
        self.worker["transports"][0]["limits"] = {"pending_calls_max": 7}
        self.worker["transports"].append(unix_transport("router.sock"))
        self.config["workers"].append(node_config([], [])["workers"][0] | {"id": "another"})
        for _ in range(2):  # As long as it has not been started anew.
            self.assertEqual(self.reload()["transports"], 1)
            self.assertEqual(sorted(path.replace(".shards", "") for path in self.waiting),
                             ["workers[0].options", "workers[0].realms[0].options", "workers[0].transports[0].limits",
                              "workers[0].transports[1]", "workers[1]"])
        warning = self.router.wait_for_event("takes effect at the next start", path="workers[1]")
        self.assertEqual(warning["level"], "warning")
        self.assertFalse(os.path.exists(os.path.join(self.router.directory, "router.sock")))

    def test_what_is_for_another_endpoint_is_not_asked_about_clients_of_this_one(self):
        self.start(realm("realm1", role("joe"), role("anonymous")), auth={"ticket": tickets(joe="1234")["ticket"]})
        transport = self.worker["transports"][0]
        transport["endpoint"] = {"type": "unix", "path": "router.sock"}
        transport["auth"] = {"anonymous": {"role": "anonymous"}}
        self.assertEqual(self.reload()["transports"], 0)
        self.assertEqual(self.waiting[-1], "workers[0].transports[0].auth")
        self.assertIn("workers[0].transports[0].endpoint.path", self.waiting)
        self.assertEqual(self.abort_of(), "wamp.error.no_matching_auth_method")
        self.assertEqual(self.join_by_ticket("joe", "1234")[0][0], WELCOME)

    def test_transports_are_found_again_by_their_endpoints(self):
        self.start(realm("realm1", role("joe")), auth=tickets(joe="old"))
        moved = self.worker["transports"].pop()
        moved["auth"] = tickets(joe="new")
        self.worker["transports"] += [unix_transport("router.sock"), moved]
        self.reload()
        self.assertEqual(self.waiting, ["workers[0].transports[0]"])
        self.assertEqual(self.join_by_ticket("joe", "old")[0][0], ABORT)
        self.assertEqual(self.join_by_ticket("joe", "new")[0][0], WELCOME)

    def test_each_worker_gets_what_is_its_own(self):
        self.start(realm("realm1", role("anonymous")))
        self.router.stop()
        other = node_config([tcp_transport()], [realm("realm2", role("anonymous"))])["workers"][0]
        self.config["workers"].append(other | {"id": "other"})
        self.router = JunctorProcess(self.config)
        self.addCleanup(self.stop, self.router)
        self.router.wait_until_ready()
        first, second = self.join(), Peer(self.router.urls[1]).join("realm2")
        self.addCleanup(second.close)
        other = self.config["workers"][1]
        other["realms"][0]["roles"] = [role("anonymous", [])]
        done = self.reload()
        self.assertEqual((done["realms"], done["roles"], done["transports"]), (2, 2, 2))
        second.refused(PUBLISH, DENIED, {"acknowledge": True}, "com.example.topic")
        first.publish("com.example.topic")

        self.config["workers"].pop()
        self.reload()
        self.assertEqual(self.waiting, ["workers[1]"])
        second.fence()

    def test_the_built_in_configuration_is_nothing_to_reload(self):
        folder = self.directory()
        with built_in_router(folder) as router:
            log = iter(router.stderr.readline, "")
            # What it listens on may be in use by somebody else on this machine; then there is nothing to be seen.
            if any("cannot start" in line for line in until(log, "ready", "cannot start")):
                self.skipTest("the addresses of the built-in configuration are in use")
            router.send_signal(signal.SIGHUP)
            said = until(log, "reload")[-1]
            self.assertIn('info nothing to reload source="built-in configuration"', said)
            router.send_signal(signal.SIGTERM)
            self.assertEqual(router.wait(PATIENCE), 0)

    # Under load -----------------------------------------------------------------------------------------------------

    def test_many_reloads_while_clients_join_and_call(self):
        self.start(realm("realm1", role("anonymous"), role("joe")), auth=tickets(joe="1234"))
        with_authorizer = {"name": "joe", "authorizer": DECIDER}
        callee = self.join()
        registration = callee.register("com.example.often")
        client = self.join()
        for number in range(RELOADS):
            self.roles(role("anonymous"), with_authorizer if number % 2 else role("joe"))
            if number % 10 == 5:
                self.worker["realms"].append(realm(f"realm{number}", role("anonymous")))
            self.write(json.dumps(self.config))
            self.router.send_signal(signal.SIGHUP)
            joe = self.join_by_ticket("joe", "1234")
            self.assertEqual(joe[0][0], WELCOME)
            joe[1].close()
            for _ in range(5):
                self.complete_call(client, callee, registration, "com.example.often")
        self.hang_up("configuration reloaded")
        self.reload()
        client.publish("com.example.topic")
        self.assertEqual([e for e in self.router.log if e["level"] in ("warning", "error")], [])


if __name__ == "__main__":
    unittest.main()
