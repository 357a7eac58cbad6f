# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What paths of a web transport lead to: files, values, and the HTTP bridge.

Environment: JUNCTOR_BINARY, the router; tests/support must be in PYTHONPATH.
"""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import tempfile
import time
import unittest
import urllib.parse

from junctor_process import ALLOW_ALL, PATIENCE, JunctorProcess, node_config, tcp_transport
from wamp_peer import ANY_DICT, ANY_ID, ANYTHING, ERROR, EVENT, INVOCATION, RESULT, YIELD, Peer

KEY, SECRET = "app", "correct horse"
PLACE = {"realm": "realm1", "role": "http"}
SIGNED = {"key": KEY, "secret": SECRET}


def paths(site):
    return {
        "/": {"type": "static", "directory": site, "options": {"mime_types": {".jgz": "text/javascript"}}},
        "listed": {"type": "static", "directory": site, "options": {"enable_directory_listing": True}},
        "json": {"type": "json", "value": {"a": [1, None]}},
        "old": {"type": "redirect", "url": "/new"},
        "info": {"type": "nodeinfo"},
        "ready": {"type": "health"},
        "alive": {"type": "health", "probe": "liveness"},
        "publish": {"type": "publisher", **PLACE},
        "call": {"type": "caller", **PLACE, "options": {"call_timeout": 300}},
        "signed": {"type": "publisher", **PLACE, "options": {**SIGNED, "post_body_limit": 200}},
        "inside": {"type": "caller", **PLACE, "options": {"require_ip": ["10.0.0.0/8"]}},
        "secure": {"type": "caller", **PLACE, "options": {"require_tls": True}},
        "nowhere": {"type": "caller", "realm": "realm.none", "role": "http"},
        "hook": {"type": "webhook", **PLACE, "options": {"topic": "com.example.hook", "github_secret": SECRET}},
        "locked_hook": {"type": "webhook", **PLACE, "options": {"topic": "com.locked.hook", "error_response": "no"}},
    }


def realm():
    """A realm in which requests of HTTP may do everything below com.example only."""
    anything = {"uri": "", "match": "prefix", "allow": ALLOW_ALL}
    roles = [
        {"name": "anonymous", "permissions": [anything]},
        {"name": "http", "permissions": [{**anything, "uri": "com.example."}]},
    ]
    return {"name": "realm1", "roles": roles}


def node(site):
    endpoint = tcp_transport()["endpoint"]
    web = {"type": "web", "endpoint": endpoint, "paths": paths(site)}
    return node_config([web, tcp_transport()], [realm()])


def signed(path, body, secret=SECRET, age=0.0, **changes):
    """`path` with the parameters that sign `body`, some of which may be changed afterwards."""
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
    parameters = {
        "key": KEY,
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "seq": "1",
        "nonce": str(int.from_bytes(os.urandom(6), "big")),
    }
    code = hmac.new(secret.encode(), "".join(parameters.values()).encode() + body.encode(), hashlib.sha256)
    parameters["signature"] = base64.urlsafe_b64encode(code.digest()).decode()
    return path + "?" + urllib.parse.urlencode({**parameters, **changes})


class Answer:
    """The answer to a request. `head` is its head, whose fields are found in any case."""

    def __init__(self, connection):
        response = connection.getresponse()
        self.status = response.status
        self.head = response.headers
        self.body = response.read().decode()

    @property
    def json(self):
        return json.loads(self.body)


class Client(http.client.HTTPConnection):
    def begin(self, path, body, **fields):
        """Sends a request, as JSON if it is not a text, and does not wait for the answer."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.request("POST", path, text, {"Content-Type": "application/json", **fields})

    def post(self, path, body, **fields):
        self.begin(path, body, **fields)
        return Answer(self)

    def get(self, path, method="GET", **fields):
        self.request(method, path, headers=fields)
        return Answer(self)


class WebServicesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.site = folder / "site"
        (cls.site / "sub").mkdir(parents=True)
        (cls.site / "index.html").write_text("<p>home</p>", encoding="utf-8")
        (cls.site / "app.jgz").write_text("0123456789", encoding="utf-8")
        (folder / "secret.txt").write_text("secret", encoding="utf-8")
        (cls.site / "link.txt").symlink_to("../secret.txt")
        cls.router = cls.enterClassContext(JunctorProcess(node("site"), directory=str(folder)))

    def client(self):
        address = self.router.urls[0].split("://", 1)[1]
        opened = Client(address, timeout=PATIENCE)
        self.addCleanup(opened.close)
        return opened

    def peer(self):
        opened = Peer(self.router.urls[1])
        self.addCleanup(opened.close)
        return opened.join()

    # Files

    def test_files_are_served_with_conditions_and_ranges(self):
        client = self.client()
        self.assertEqual(client.get("/").body, "<p>home</p>")
        whole = client.get("/app.jgz")
        self.assertEqual((whole.status, whole.body), (200, "0123456789"))
        self.assertEqual(whole.head["Content-Type"], "text/javascript")
        self.assertEqual(whole.head["Cache-Control"], "public, max-age=43200")
        head = client.get("/app.jgz", "HEAD")
        self.assertEqual((head.body, head.head["Content-Length"]), ("", "10"))
        same = client.get("/app.jgz", **{"If-None-Match": whole.head["ETag"]})
        self.assertEqual((same.status, same.body), (304, ""))
        same = client.get("/app.jgz", **{"If-Modified-Since": whole.head["Last-Modified"]})
        self.assertEqual((same.status, same.body), (304, ""))
        part = client.get("/app.jgz", Range="bytes=-3")
        self.assertEqual((part.status, part.body), (206, "789"))
        self.assertEqual(part.head["Content-Range"], "bytes 7-9/10")
        self.assertEqual(client.get("/app.jgz", Range="bytes=10-").status, 416)
        self.assertEqual(client.post("/app.jgz", "").status, 405)

    def test_a_large_file_comes_whole(self):
        content = os.urandom(700_000).hex()
        (self.site / "large.txt").write_text(content, encoding="utf-8")
        self.assertEqual(self.client().get("/large.txt").body, content)

    def test_directories_lead_to_a_page_or_a_list(self):
        client = self.client()
        moved = client.get("/listed/sub?x")
        self.assertEqual((moved.status, moved.head["Location"]), (301, "/listed/sub/?x"))
        self.assertEqual(client.get("/sub/").status, 404)
        self.assertEqual(client.get("/listed/sub/").status, 200)
        self.assertEqual(client.get("/listed").head["Location"], "/listed/")
        self.assertEqual(client.get("/listed/").body, "<p>home</p>")

    def test_nothing_else_is_served(self):
        client = self.client()
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt", "/link.txt", "/none"):
            with self.subTest(path):
                answer = client.get(path)
                self.assertIn(answer.status, (400, 404))
                self.assertNotIn("secret", answer.body)

    # Values

    def test_values_are_told(self):
        client = self.client()
        told = client.get("/json")
        self.assertEqual(told.json, {"a": [1, None]})
        self.assertEqual(told.head["Access-Control-Allow-Origin"], "*")
        self.assertEqual(client.get("/old/page").head["Location"], "/new")
        self.assertEqual(client.get("/ready").body, "ok\n")
        self.assertEqual(client.get("/alive").body, "ok\n")
        info = client.get("/info", Accept="application/json").json
        self.assertEqual(info["realms"], ["realm1"])
        self.assertGreaterEqual(info["connections"], 1)

    # The bridge

    def test_an_event_is_published(self):
        peer = self.peer()
        subscription = peer.subscribe("com.example.news")
        client = self.client()
        event = {"topic": "com.example.news", "args": ["hi", 1.5], "kwargs": {"a": None}}
        answer = client.post("/publish", event)
        self.assertEqual((answer.status, answer.json), (200, {"id": answer.json["id"]}))
        peer.expect(EVENT, subscription, answer.json["id"], {}, ["hi", 1.5], {"a": None})
        excluded = client.post("/publish", {**event, "options": {"exclude": [peer.session]}})
        self.assertEqual(excluded.status, 200)
        client.post("/publish", {"topic": "com.example.news"})
        peer.expect(EVENT, subscription, ANY_ID, {})

    def test_a_procedure_is_called(self):
        peer = self.peer()
        registration = peer.register("com.example.add2")
        client = self.client()
        for result, expected in (
            ([[5]], {"args": [5]}),
            ([[], {"sum": 5}], {"kwargs": {"sum": 5}}),
            ([], {"args": [None]}),
        ):
            with self.subTest(result):
                client.begin("/call", {"procedure": "com.example.add2", "args": [2, 3], "kwargs": {"a": 1}})
                request = peer.expect_invocation(registration, {}, [2, 3], {"a": 1})
                peer.send(YIELD, request, {}, *result)
                answer = Answer(client)
                self.assertEqual((answer.status, answer.json), (200, expected))

    def test_an_error_is_an_answer(self):
        peer = self.peer()
        registration = peer.register("com.example.fails")
        client = self.client()
        client.begin("/call", {"procedure": "com.example.fails"})
        request = peer.expect_invocation(registration)
        peer.send(ERROR, INVOCATION, request, {}, "com.example.error", ["no"], {"why": 1})
        answer = Answer(client)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json, {"error": "com.example.error", "args": ["no"], "kwargs": {"why": 1}})
        for path, body, error in (
            ("/call", {"procedure": "com.example.none"}, "wamp.error.no_such_procedure"),
            ("/call", {"procedure": "com.locked"}, "wamp.error.not_authorized"),
            ("/call", {"procedure": "no such"}, "wamp.error.invalid_uri"),
            ("/publish", {"topic": "com.locked"}, "wamp.error.not_authorized"),
        ):
            with self.subTest(body):
                answer = client.post(path, body)
                self.assertEqual((answer.status, answer.json["error"]), (200, error))

    def test_a_call_has_its_time(self):
        peer = self.peer()
        registration = peer.register("com.example.slow")
        client = self.client()
        client.begin("/call", {"procedure": "com.example.slow"})
        peer.expect_invocation(registration)
        self.assertEqual(Answer(client).json["error"], "wamp.error.timeout")

    def test_a_session_that_was_lost_is_joined_again(self):
        client = self.client()
        event = {"topic": "com.example.lost"}
        self.assertEqual(client.post("/publish", event).status, 200)
        peer = self.peer()
        request = peer.call("wamp.session.kill_all")
        peer.expect(RESULT, request, {}, [ANYTHING])
        subscription = peer.subscribe("com.example.lost")
        deadline = time.monotonic() + PATIENCE
        answer = client.post("/publish", event)
        while answer.status == 503 and time.monotonic() < deadline:  # It may not have heard of its end yet.
            answer = client.post("/publish", event)
        peer.expect(EVENT, subscription, answer.json["id"], {})

    def test_many_calls_wait_at_the_same_time(self):
        peer = self.peer()
        registration = peer.register("com.example.later")
        clients = [self.client() for _ in range(20)]
        for number, client in enumerate(clients):
            client.begin("/call", {"procedure": "com.example.later", "args": [number]})
        invocations = [peer.receive() for _ in clients]
        for _, request, called, _, args in reversed(invocations):
            self.assertEqual(called, registration)
            peer.send(YIELD, request, {}, args)
        for number, client in enumerate(clients):
            self.assertEqual(Answer(client).json, {"args": [number]})

    def test_what_is_no_request_of_the_bridge_is_refused(self):
        client = self.client()
        for status, answer in (
            (405, client.get("/call")),
            (400, client.post("/call", "{")),
            (400, client.post("/call", {"args": []})),
            (400, client.post("/call", {"procedure": "a"}, **{"Content-Type": "text/plain"})),
            (403, client.post("/inside", {"procedure": "a"})),
            (403, client.post("/secure", {"procedure": "a"})),
            (503, client.post("/nowhere", {"procedure": "a"})),
        ):
            self.assertEqual(answer.status, status, answer.body)
            self.assertIn("error", answer.json)
        self.assertEqual(client.post("/signed", "x" * 201).status, 413)
        self.router.wait_for_event("HTTP bridge refused a request", cause="the body must be a dict in JSON")

    def test_signed_requests_are_done_once(self):
        client = self.client()
        event = json.dumps({"topic": "com.example.signed"})
        path = signed("/signed", event)
        self.assertIn("id", client.post(path, event).json)
        for status, wrong in (
            (401, path),
            (400, "/signed"),
            (400, signed("/signed", event, age=400)),
            (401, signed("/signed", event, secret="wrong")),
            (401, signed("/signed", event, key="other")),
            (401, signed("/signed", event, seq="2")),
            (401, signed("/signed", event + " ")),
        ):
            with self.subTest(wrong):
                self.assertEqual(client.post(wrong, event).status, status)
        self.assertFalse([line for line in self.router.log if SECRET in json.dumps(line)])

    def test_a_webhook_publishes_what_is_signed(self):
        peer = self.peer()
        subscription = peer.subscribe("com.example.hook")
        client = self.client()
        code = hmac.new(SECRET.encode(), b"fresh", hashlib.sha256).hexdigest()
        answer = client.post("/hook", "fresh", **{"X-Hub-Signature-256": "sha256=" + code, "X-GitHub-Event": "ping"})
        self.assertEqual((answer.status, answer.body), (202, "OK"))
        event = peer.expect(EVENT, subscription, ANY_ID, {}, [ANY_DICT])[4][0]
        self.assertEqual((event["body"], event["method"]), ("fresh", "POST"))
        self.assertEqual(event["headers"]["X-Github-Event"], ["ping"])
        self.assertEqual(client.post("/hook", "fresh").status, 401)
        failed = client.post("/locked_hook", "fresh")
        self.assertEqual((failed.status, failed.body), (500, "no"))


class EndOfTheRouterTest(unittest.TestCase):
    def test_a_call_that_waits_does_not_hold_it_up(self):
        with tempfile.TemporaryDirectory() as site, JunctorProcess(node(site)) as router:
            peer = Peer(router.urls[1])
            self.addCleanup(peer.close)
            registration = peer.join().register("com.example.slow")
            client = Client(router.urls[0].split("://", 1)[1], timeout=PATIENCE)
            self.addCleanup(client.close)
            client.begin("/call", {"procedure": "com.example.slow"})
            peer.expect_invocation(registration)
            self.assertEqual(router.stop(), 0)


if __name__ == "__main__":
    unittest.main()
