# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Clients of other projects join with every authmethod that they have, and are refused, over every transport."""

import base64
import hashlib
import hmac
import os
import pathlib
import subprocess
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from autobahn.wamp.auth import derive_scram_credential

from interop import REALM, SERIALIZERS, InteropCase, make_certificate
from junctor_process import ALLOW_ALL, node_config, tcp_transport, unix_transport

PASSWORD = "secret123"
DERIVED_KEY = base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"salt123", 1000, 32)).decode()
TICKET = "Vb7sTqk3mZ0yEw5uRj9c"
WAMPCRA_SECRET = "Qe8zVw3nHc5kRt0pLm6d"
PRIVATE_KEY = "1b2d3d90c1fafea46deee2c2f497ed72f149fe81a23b95d842100c86a9446fcc"
PUBLIC_KEY = "382189214b9d41088a6ce8579f069f23fccd4c28cee348873c351dfc7844098b"
STRANGE_PRIVATE_KEY = "16ca70c3a3ee1fa1169181a9df8c060f171ee1ca28b2b79b1351f6821a615caa"

# All clients of these tests have the same address, and fail more often than anybody should be allowed to.
ANY_NUMBER_OF_FAILURES = {"auth_failures_per_peer_max": 0, "auth_failures_per_authid_max": 0}

DENIED = "wamp.error.authentication_denied"
FAILED = "wamp.error.authentication_failed"
PYTHON = ("twisted", "asyncio")
ALL = (*PYTHON, "node")


def tcp_with(auth, **keys):
    return tcp_transport(auth=auth, limits=ANY_NUMBER_OF_FAILURES, **keys)


def unix_with(path, auth):
    return unix_transport(str(path), auth=auth, limits=ANY_NUMBER_OF_FAILURES)


def scram_principal(role):
    """The keys of a user with the password PASSWORD in Crossbar.io's dialect, which are quick to log in with."""
    salt = os.urandom(16)
    salted = hash_secret_raw(PASSWORD.encode(), salt, 2, 64, 1, 32, Type.ID, 0x13)
    salted = base64.b64encode(salted).rstrip(b"=")
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return {
        "kdf": "argon2id-13",
        "iterations": 2,
        "memory": 64,
        "salt": salt.hex(),
        "stored-key": hashlib.sha256(client_key).hexdigest(),
        "server-key": hmac.digest(salted, b"Server Key", "sha256").hex(),
        "role": role,
    }


def attempt(authmethod, authid=None, **credentials):
    """What a client does to join, except where; see python/login.py."""
    result = {"authmethods": [authmethod]}
    if authid is not None:
        result["authid"] = authid
    if credentials:
        result["credentials"] = credentials
    return result


def welcome(authmethod, authid, authrole, authprovider="static"):
    """What WELCOME is to say about a session."""
    facts = {"realm": REALM, "authid": authid, "authrole": authrole}
    return {**facts, "authmethod": authmethod, "authprovider": authprovider}


@dataclass
class Logins:
    """How some families of clients log in with an authmethod, and how they fail to."""

    good: list  # Pairs of an attempt that succeeds and what WELCOME says then.
    wrong_secret: dict
    unknown_authid: dict
    families: tuple = ALL


def secret_logins():
    """Those of the authmethods that any transport can have."""
    return {
        "ticket": Logins(
            [(attempt("ticket", "joe", ticket=TICKET), welcome("ticket", "joe", "user"))],
            attempt("ticket", "joe", ticket="no ticket"),
            attempt("ticket", "nobody", ticket=TICKET),
        ),
        "wampcra": Logins(
            [
                (attempt("wampcra", "joe", secret=WAMPCRA_SECRET), welcome("wampcra", "joe", "user")),
                (attempt("wampcra", "ann", secret=PASSWORD), welcome("wampcra", "ann", "guest")),
                (attempt("wampcra", "kim", secret=PASSWORD), welcome("wampcra", "kim", "guest")),
            ],
            attempt("wampcra", "ann", secret="no secret"),
            attempt("wampcra", "nobody", secret=PASSWORD),
        ),
        "cryptosign": Logins(
            [
                (attempt("cryptosign", "joe", privkey=PRIVATE_KEY), welcome("cryptosign", "joe", "user")),
                (attempt("cryptosign", privkey=PRIVATE_KEY), welcome("cryptosign", "joe", "user")),
            ],
            attempt("cryptosign", "joe", privkey=STRANGE_PRIVATE_KEY),
            attempt("cryptosign", "nobody", privkey=PRIVATE_KEY),
        ),
        "scram": Logins(
            [(attempt("scram", "joe", password=PASSWORD), welcome("scram", "joe", "user"))],
            attempt("scram", "joe", password="no password"),
            attempt("scram", "nobody", password=PASSWORD),
            PYTHON,
        ),
    }


class AuthenticationCase(InteropCase):
    """Has the attempts of some clients checked against what must come of them."""

    def check_attempts(self, family, expectations, serializers=SERIALIZERS):
        """`expectations` are triples: a title, an attempt, and a check of its outcome, made with each serializer."""
        clients = [self.client(family, "authenticate", serializer) for serializer in serializers]
        for client in clients:
            client.send_attempts([made for _, made, _ in expectations])
        for client in clients:
            for (title, _, check), outcome in zip(expectations, client.outcomes(len(expectations))):
                with self.subTest(f"{client.name}: {title}"):
                    check(outcome)

    def joins_as(self, facts):
        def check(outcome):
            self.assertIn("joined", outcome, outcome)
            self.assertEqual({key: outcome["joined"][key] for key in facts}, facts)

        return check

    def is_refused(self, reason, message=None):
        def check(outcome):
            self.assertIn("refused", outcome, outcome)
            self.assertEqual(outcome["refused"]["reason"], reason)
            self.assertTrue(outcome["refused"]["message"], "message")
            if message is not None:
                self.assertEqual(outcome["refused"]["message"], message)

        return check

    def expected_of(self, place, logins, denied=DENIED):
        """What `check_attempts` takes: the good logins, and the bad ones, which are all refused alike."""
        url, name = place
        refusals = []

        def is_refused_as_the_others(outcome):
            self.is_refused(denied)(outcome)
            refusals.append(outcome)
            self.assertEqual(outcome, refusals[0])

        for made, facts in logins.good:
            yield f"{name}: {made}", {**made, "url": url}, self.joins_as(facts)
        for made in (logins.wrong_secret, logins.unknown_authid):
            yield f"{name}: {made}", {**made, "url": url}, is_refused_as_the_others


class WithSecrets(AuthenticationCase):
    """Passwords and keys of principals in the configuration, over TCP, Unix domain sockets, TLS and WebSocket."""

    environment = {"TICKET_OF_JOE": TICKET}

    @classmethod
    def config(cls):
        cls.certificate = make_certificate(cls.folder)
        tls = tcp_with(cls.auth())
        tls["endpoint"]["tls"] = {"key": str(cls.folder / "key.pem"), "certificate": cls.certificate}
        transports = [
            tcp_with(cls.auth()),
            unix_with(cls.folder / "router.sock", cls.auth()),
            tls,
            tcp_with(cls.auth(), options={"error_uri_profile": "crossbar"}),
            {**tcp_with(cls.auth()), "type": "websocket"},
        ]
        realms = [
            {"name": REALM, "roles": [{"name": "user"}, {"name": "guest"}]},
            {"name": "com.example.other", "roles": [{"name": "guest"}]},
        ]
        return node_config(transports, realms)

    @classmethod
    def auth(cls):
        secret_file = cls.folder / "wampcra.secret"
        secret_file.touch(0o600)
        secret_file.write_text(f"{WAMPCRA_SECRET}\n")
        salted = {"salt": "salt123", "iterations": 1000, "keylen": 32, "role": "guest"}
        return {
            "ticket": {"type": "static", "principals": {"joe": {"ticket": "${TICKET_OF_JOE}", "role": "user"}}},
            "wampcra": {
                "type": "static",
                "users": {
                    "joe": {"secret": {"file": secret_file.name}, "role": "user"},
                    "ann": {"secret": DERIVED_KEY, **salted},
                    "kim": {"secret": PASSWORD, "secret_is_derived": False, **salted},
                },
            },
            "cryptosign": {
                "type": "static",
                "principals": {"joe": {"authorized_keys": [PUBLIC_KEY], "role": "user"}},
            },
            "scram": {"type": "static", "principals": cls.scram_principals()},
        }

    @classmethod
    def scram_principals(cls):
        documented = derive_scram_credential("ann", PASSWORD, os.urandom(16))
        return {"joe": scram_principal("user"), "jim": scram_principal("user"), "ann": {**documented, "role": "guest"}}

    def check_family(self, family):
        tcp, unix, tls, crossbar, _ = self.router.urls
        places = [(tcp, "TCP"), (unix, "Unix")]
        if family in PYTHON:
            places.append((tls, "TLS"))
        all_logins = [logins for logins in secret_logins().values() if family in logins.families]
        expectations = [one for place in places for logins in all_logins for one in self.expected_of(place, logins)]
        for logins in all_logins:
            expectations += self.expected_of((crossbar, "URIs of Crossbar.io"), logins, "wamp.error.not_authorized")

        for made in ({"authmethods": ["cookie", "anonymous"]}, {}):
            no_matching = self.is_refused("wamp.error.no_matching_auth_method")
            expectations.append((f"not offered: {made}", {**made, "url": tcp}, no_matching))
            no_method = self.is_refused("wamp.error.no_auth_method")
            expectations.append((f"not offered, URIs of Crossbar.io: {made}", {**made, "url": crossbar}, no_method))

        first_offered = {**attempt("ticket", "joe", ticket=TICKET), "url": tcp}
        first_offered["authmethods"] = ["ticket", "cookie", "wampcra"]
        expectations.append(("one of several", first_offered, self.joins_as(welcome("ticket", "joe", "user"))))
        self.check_attempts(family, expectations)

    def test_twisted(self):
        self.check_family("twisted")

    def test_asyncio(self):
        self.check_family("asyncio")

    def test_node(self):
        self.check_family("node")

    def test_node_over_websocket(self):
        place = (self.router.urls[-1], "WebSocket")
        all_logins = [logins for logins in secret_logins().values() if "node" in logins.families]
        self.check_attempts("node", [one for logins in all_logins for one in self.expected_of(place, logins)], ["json"])
        for logins in all_logins:  # Wampy authenticates those only who say who they are.
            logins.good = [(made, facts) for made, facts in logins.good if "authid" in made]
        self.check_attempts("wampy", [one for logins in all_logins for one in self.expected_of(place, logins)])

    def test_realms_that_cannot_be_joined(self):
        login = {**attempt("ticket", "joe", ticket=TICKET), "url": self.url}
        expectations = [
            ("no such realm", {**login, "realm": "com.example.none"}, self.is_refused("wamp.error.no_such_realm")),
            ("not the role", {**login, "realm": "com.example.other"}, self.is_refused("wamp.error.no_such_role")),
        ]
        for family in ("twisted", "node"):
            self.check_attempts(family, expectations, ["cbor"])

    def test_the_keys_that_autobahn_derives_for_scram(self):
        login = {**attempt("scram", "ann", password=PASSWORD), "url": self.url}
        joins = self.joins_as(welcome("scram", "ann", "guest"))
        self.check_attempts("twisted", [("derived by Autobahn", login, joins)], ["json"])


class WithCertificates(AuthenticationCase):
    """Certificates of clients, which are authorities of their own."""

    @classmethod
    def config(cls):
        cls.certificate = make_certificate(cls.folder)
        cls.lathe, cls.stranger = [make_client_certificate(cls.folder, name) for name in ("lathe", "stranger")]
        transport = tcp_with({"tls": {"principals": {"lathe": {"role": "machine"}}}})
        transport["endpoint"]["tls"] = {
            "key": str(cls.folder / "key.pem"),
            "certificate": cls.certificate,
            "ca_certificates": [cls.lathe, cls.stranger],
        }
        return node_config([transport], [{"name": REALM, "roles": [{"name": "machine"}]}])

    def check_family(self, family):
        facts = welcome("tls", "lathe", "machine")
        lathe = {**attempt("tls"), "certificate": self.lathe}
        logins = Logins(
            [(lathe, facts), ({**lathe, "authid": "lathe"}, facts)],
            {**attempt("tls", "lathe"), "certificate": self.stranger},
            {**attempt("tls", "nobody"), "certificate": self.lathe},
        )
        self.check_attempts(family, list(self.expected_of((self.url, "TLS"), logins)))

    def test_twisted(self):
        self.check_family("twisted")

    def test_asyncio(self):
        self.check_family("asyncio")


class WithPeerCredentials(AuthenticationCase):
    """Processes of the same machine, known by their user."""

    @classmethod
    def config(cls):
        principals = {
            "tester": {"uid": os.getuid(), "role": "service"},
            "other": {"uid": os.getuid() + 1, "role": "service"},
        }
        transport = unix_with(cls.folder / "router.sock", {"peer-credentials": {"principals": principals}})
        return node_config([transport], [{"name": REALM, "roles": [{"name": "service"}]}])

    def test_all(self):
        facts = welcome("peer-credentials", "tester", "service")
        logins = Logins(
            [(attempt("peer-credentials"), facts), (attempt("peer-credentials", "tester"), facts)],
            attempt("peer-credentials", "other"),
            attempt("peer-credentials", "nobody"),
        )
        for family in ALL:
            self.check_attempts(family, list(self.expected_of((self.url, "Unix"), logins)))


class Dynamic(AuthenticationCase):
    """A client of Autobahn decides who may join, and what they may do: see python/authority.py."""

    provoked = ("authenticator failed", "authorizer failed")

    @classmethod
    def config(cls):
        dynamic = {"type": "dynamic", "authenticator": "com.example.authenticate", "default-role": "guest"}
        elsewhere = {**dynamic, "authenticator-realm": "com.example.backend"}
        unregistered = {"type": "dynamic", "authenticator": "com.example.nothing"}
        backend = {"peer-credentials": {"principals": {"authority": {"uid": os.getuid(), "role": "backend"}}}}
        transports = [
            tcp_with({"ticket": dynamic, "wampcra": elsewhere, "cryptosign": elsewhere}),
            tcp_with({"ticket": unregistered}),
            unix_with(cls.folder / "backend.sock", backend),
        ]
        everything = {"name": "backend", "permissions": [{"uri": "*", "allow": ALLOW_ALL}]}
        roles = [everything, {"name": "user", "authorizer": "com.example.authorize"}, {"name": "guest"}]
        backend_realm = {"name": "com.example.backend", "roles": [everything, {"name": "user"}]}
        return node_config(transports, [{"name": REALM, "roles": roles}, backend_realm])

    def setUp(self):
        self.url = self.router.urls[2]
        self.authority = self.client("asyncio", "authority", "cbor")
        self.authority.wait_until_ready()

    def tearDown(self):
        self.authority.expect_all_well()

    def login(self, authmethod, authid, **credentials):
        return {**attempt(authmethod, authid, **credentials), "url": self.router.urls[0]}

    def joins_after_question(self, authmethod, realm_of_procedure):
        """WELCOME says who joins, and what the authenticator was asked is right."""

        def check(outcome):
            self.joins_as(welcome(authmethod, "joe", "user", "dynamic"))(outcome)
            asked = outcome["joined"]["authextra"]["asked"]
            transport = asked.pop("transport")
            self.assertEqual(transport["type"], "rawsocket")
            self.assertRegex(transport["peer"], r"127\.0\.0\.1")
            authextra = asked.pop("authextra")
            self.assertEqual((authextra or {}).get("pubkey"), PUBLIC_KEY if authmethod == "cryptosign" else None)
            session = outcome["joined"]["session"]
            expected = {"procedure": realm_of_procedure, "realm": REALM, "authid": "joe"}
            self.assertEqual(asked, {**expected, "authmethod": authmethod, "session": session})

        return check

    def joining_with(self, authmethod, credentials, wrong_credentials):
        """What `check_attempts` takes: what every authmethod does with the answers of the authenticator."""

        def expect(authid, check, shown=credentials):
            return f"{authmethod}: {authid} with {shown}", self.login(authmethod, authid, **shown), check

        asked_in = REALM if authmethod == "ticket" else "com.example.backend"
        denied = self.is_refused(DENIED, "the credentials were not accepted")
        return [
            expect("joe", self.joins_after_question(authmethod, asked_in)),
            expect("ann", self.joins_as(welcome(authmethod, "ann@example.com", "guest", "dynamic"))),
            expect("joe", denied, wrong_credentials),
            expect("nobody", denied),
            expect("stray", denied),
            expect("locked", self.is_refused("com.example.account_locked", "ask the help desk")),
            expect("broken", self.is_refused(FAILED)),
            expect("strange", self.is_refused(FAILED)),
        ]

    def joining_with_tickets(self, good, wrong):
        """The same for what is special about tickets, and an authenticator that nobody has registered."""
        nowhere = {**self.login("ticket", "joe", **good), "url": self.router.urls[1]}
        joins_as_jim = self.joins_as(welcome("ticket", "jim", "user", "dynamic"))
        joins_as_brief = self.joins_as(welcome("ticket", "brief", "user", "dynamic"))
        return [
            ("ticket: compared by the router", self.login("ticket", "jim", **good), joins_as_jim),
            ("ticket: differs for the router", self.login("ticket", "jim", **wrong), self.is_refused(DENIED)),
            ("ticket: just a role", self.login("ticket", "brief", **good), joins_as_brief),
            ("ticket: not registered", nowhere, self.is_refused(FAILED)),
        ]

    def check_joining(self, family):
        tickets = {"ticket": "dynamic-ticket"}, {"ticket": "no ticket"}
        expectations = self.joining_with("ticket", *tickets)
        expectations += self.joining_with("wampcra", {"secret": PASSWORD}, {"secret": "no secret"})
        expectations += self.joining_with("cryptosign", {"privkey": PRIVATE_KEY}, {"privkey": STRANGE_PRIVATE_KEY})
        expectations += self.joining_with_tickets(*tickets)
        self.check_attempts(family, expectations)

    def test_joining_with_twisted(self):
        self.check_joining("twisted")

    def test_joining_with_asyncio(self):
        self.check_joining("asyncio")

    def test_joining_with_node(self):
        self.check_joining("node")

    def check_requests(self, family):
        shop = "com.example.shop"
        actions = ("call", "register", "publish", "subscribe")
        called = ("who", "who.disclosed", "asked", "denied", "broken", "strange")
        requests = [["call", f"{shop}.{name}"] for name in called]
        requests += [[action, f"{shop}.may.{action}"] for action in actions]
        requests += [[action, f"{shop}.may.nothing"] for action in actions]
        made = self.login("wampcra", "joe", secret=PASSWORD)
        made["requests"] = requests

        def check(outcome):
            self.assertIn("joined", outcome, outcome)
            session = outcome["joined"]["session"]
            found = dict(zip(map(" ".join, requests), outcome["requests"]))
            self.assertEqual(found[f"call {shop}.who"], {"result": [None, None, None]})
            self.assertEqual(found[f"call {shop}.who.disclosed"], {"result": [session, "joe", "user"]})
            self.check_question(found[f"call {shop}.asked"]["result"], outcome["joined"])
            for action in actions:
                with self.subTest(action):
                    self.assertIn("result", found[f"{action} {shop}.may.{action}"], found)
                    self.assertEqual(found[f"{action} {shop}.may.nothing"].get("error"), "wamp.error.not_authorized")
            self.assertEqual(found[f"call {shop}.denied"].get("error"), "wamp.error.not_authorized")
            for name in ("broken", "strange"):
                self.assertEqual(found[f"call {shop}.{name}"].get("error"), "wamp.error.authorization_failed")

        self.check_attempts(family, [("requests", made, check)])

    def check_question(self, question, joined):
        """The authorizer was asked about the call in the way that it is documented."""
        session, uri, action, options = question
        self.assertEqual([uri, action, type(options)], ["com.example.shop.asked", "call", dict])
        names = ("realm", "session", "authid", "authrole", "authmethod", "authprovider", "authextra")
        self.assertEqual({name: session[name] for name in names}, {name: joined[name] for name in names})
        self.assertEqual(session["transport"]["type"], "rawsocket")

    def test_requests_of_twisted(self):
        self.check_requests("twisted")

    def test_requests_of_node(self):
        self.check_requests("node")


def make_client_certificate(folder, name):
    """A certificate with this common name and its key, in one file, whose path is returned."""
    part = folder / name
    part.mkdir()
    path = str(folder / f"{name}.pem")
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-keyout", str(part / "key"), "-out", str(part / "certificate"), "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run(command, check=True, capture_output=True)
    pathlib.Path(path).write_text((part / "certificate").read_text() + (part / "key").read_text())
    return path
