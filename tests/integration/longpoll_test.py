# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""WAMP over long-poll, request by request. Spec: advanced profile, "HTTP Longpoll Transport"."""

import http.client
import json
import threading
import unittest
import urllib.parse

from junctor_process import JunctorProcess, node_config, tcp_transport
from wamp_peer import (
    ABORT,
    AUTHENTICATE,
    CALL,
    CHALLENGE,
    ERROR,
    HELLO,
    INVOCATION,
    PATIENCE,
    PUBLISH,
    PUBLISHED,
    REGISTER,
    REGISTERED,
    RESULT,
    SERIALIZERS,
    SUBSCRIBE,
    SUBSCRIBED,
    WELCOME,
    YIELD,
    Connection,
)

ROLES = {"roles": {"publisher": {}, "subscriber": {}, "caller": {}, "callee": {}}}


def web_transport():
    principals = {"joe": {"ticket": "secret!!!", "role": "anonymous"}}
    paths = {
        "lp": {"type": "longpoll"},
        "lp_ticket": {"type": "longpoll", "auth": {"ticket": {"type": "static", "principals": principals}}},
        "lp_hasty": {"type": "longpoll", "options": {"request_timeout": 1, "session_timeout": 1}},
        "lp_json": {
            "type": "longpoll",
            "serializers": ["json"],
            "options": {"allowed_origins": ["https://shop.example"], "max_message_size": 10000},
            "limits": {"connections_max": 1},
        },
    }
    return {"type": "web", "id": "web", "endpoint": tcp_transport()["endpoint"], "paths": paths}


class LongPollClient:
    """A client of the long-poll service at `path`: one connection for each request."""

    def __init__(self, url, path="/lp", protocol="wamp.2.json"):
        self.address = urllib.parse.urlsplit(url).netloc
        self.serializer = SERIALIZERS[protocol.split(".")[2]]
        answer = self.post(f"{path}/open", json.dumps({"protocols": [protocol]}).encode())
        if answer.status != 200:
            raise AssertionError(f"{answer.status} {answer.body}")
        opened = json.loads(answer.body)
        if opened["protocol"] != protocol:
            raise AssertionError(f"{opened}")
        self.base = f"{path}/{opened['transport']}"

    def post(self, target, body=None, **fields):
        return ask(self.address, "POST", target, body, **fields)

    def send(self, *message):
        answer = self.post(f"{self.base}/send", self.serializer.dumps(list(message)))
        if answer.status != 204:
            raise AssertionError(f"{answer.status} {answer.body}")

    def receive(self):
        answer = self.post(f"{self.base}/receive")
        if answer.status != 200:
            raise AssertionError(f"{answer.status} {answer.body}")
        return self.serializer.loads(answer.body)

    def join(self, **details):
        self.send(HELLO, "realm1", {**ROLES, **details})
        kind, self.session, self.details = self.receive()
        if kind != WELCOME:
            raise AssertionError(f"{kind} came, and no WELCOME")
        return self


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.body = response.read()
        self.fields = {name.lower(): value for name, value in response.getheaders()}


def ask(address, method, target, body=None, **fields):
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    try:
        connection.request(method, target, body, {name.replace("_", "-"): value for name, value in fields.items()})
        return Answer(connection.getresponse())
    finally:
        connection.close()


class LongPoll(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.router = cls.enterClassContext(JunctorProcess(node_config([web_transport()])))
        (cls.url,) = cls.router.urls
        cls.address = urllib.parse.urlsplit(cls.url).netloc

    def client(self, *arguments):
        return LongPollClient(self.url, *arguments)

    def test_clients_of_all_serializers_talk_to_each_other(self):
        callee = self.client("/lp", "wamp.2.cbor").join()
        callee.send(REGISTER, 1, {}, "com.example.echo")
        kind, _, registration = callee.receive()
        self.assertEqual(kind, REGISTERED)
        for format_ in SERIALIZERS:
            caller = self.client("/lp", f"wamp.2.{format_}").join()
            caller.send(CALL, 1, {}, "com.example.echo", ["ä", 1 << 40, 0.5, None], {"a": [True]})
            kind, invocation, asked, _, args, kwargs = callee.receive()
            self.assertEqual((kind, asked), (INVOCATION, registration))
            callee.send(YIELD, invocation, {}, args, kwargs)
            self.assertEqual(caller.receive(), [RESULT, 1, {}, ["ä", 1 << 40, 0.5, None], {"a": [True]}])
            self.assertEqual(caller.post(f"{caller.base}/close").status, 204)
            self.assertEqual(caller.post(f"{caller.base}/receive").status, 404)

    def test_a_waiting_request_gets_what_comes(self):
        subscriber = self.client().join()
        subscriber.send(SUBSCRIBE, 1, {}, "com.example.news")
        self.assertEqual(subscriber.receive()[0], SUBSCRIBED)
        got = []
        waiting = threading.Thread(target=lambda: got.append(subscriber.receive()))
        waiting.start()
        publisher = self.client().join()
        publisher.send(PUBLISH, 1, {"acknowledge": True}, "com.example.news", ["new"])
        self.assertEqual(publisher.receive()[0], PUBLISHED)
        waiting.join(PATIENCE)
        self.assertEqual(got[0][4], ["new"])

    def test_batches(self):
        client = self.client("/lp", "wamp.2.json.batched")
        batch = [
            [HELLO, "realm1", ROLES],
            [SUBSCRIBE, 1, {}, "com.example.a"],
            [SUBSCRIBE, 2, {}, "com.example.b"],
        ]
        body = b"".join(json.dumps(message).encode() + b"\x1e" for message in batch)
        self.assertEqual(client.post(f"{client.base}/send", body).status, 204)
        kinds = []
        while len(kinds) < 3:
            *messages, rest = client.post(f"{client.base}/receive").body.split(b"\x1e")
            self.assertEqual(rest, b"")
            kinds += [json.loads(message)[0] for message in messages]
        self.assertEqual(kinds, [WELCOME, SUBSCRIBED, SUBSCRIBED])

    def test_clients_authenticate_as_others_do(self):
        client = self.client("/lp_ticket")
        client.send(HELLO, "realm1", {**ROLES, "authmethods": ["ticket"], "authid": "joe"})
        self.assertEqual(client.receive(), [CHALLENGE, "ticket", {}])
        client.send(AUTHENTICATE, "secret!!!", {})
        kind, session, details = client.receive()
        self.assertEqual((kind, details["authid"], details["authmethod"]), (WELCOME, "joe", "ticket"))
        client.send(CALL, 1, {}, "wamp.session.get", [session])
        transport = client.receive()[3][0]["transport"]
        self.assertEqual((transport["channel_framing"], transport["channel_serializer"]), ("longpoll", "json"))
        self.assertTrue(transport["peer"].startswith("tcp4:127.0.0.1:"))
        wrong = self.client("/lp_ticket")
        wrong.send(HELLO, "realm1", {**ROLES, "authmethods": ["ticket"], "authid": "joe"})
        self.assertEqual(wrong.receive()[0], CHALLENGE)
        wrong.send(AUTHENTICATE, "wrong", {})
        self.assertEqual(wrong.receive()[::2], [ABORT, "wamp.error.authentication_denied"])
        self.assertEqual(wrong.post(f"{wrong.base}/receive").status, 404)

    def test_without_messages_there_is_an_empty_answer_and_without_requests_an_end(self):
        client = self.client("/lp_hasty").join()
        answer = client.post(f"{client.base}/receive")
        self.assertEqual((answer.status, answer.body), (204, b""))
        witness = self.client().join()
        left = False
        while not left:
            witness.send(CALL, 1, {}, "wamp.session.get", [client.session])
            left = witness.receive()[0] == ERROR
        self.assertEqual(client.post(f"{client.base}/receive").status, 404)

    def test_what_makes_no_sense_is_refused(self):
        client = self.client().join()
        for target, body, status in (
            ("/lp/open", b"{}", 400),
            ("/lp/open", b'{"protocols": ["wamp.2.ubjson"]}', 400),
            ("/lp_json/open", b'{"protocols": ["wamp.2.cbor"]}', 400),
            ("/lp_json/open", b" " * 15000, 413),
            (f"{client.base}/send", b"[1", 400),
            (f"{client.base}/else", b"", 404),
            (f"{client.base}x/send", b"[]", 404),
            (client.base.replace("/lp/", "/lp_ticket/") + "/receive", b"", 404),
        ):
            with self.subTest(target):
                self.assertEqual(client.post(target, body).status, status)
        self.assertEqual(ask(self.address, "GET", f"{client.base}/receive").status, 405)
        client.send(CALL, 1, {}, "wamp.session.count")
        self.assertEqual(client.receive()[0], RESULT)

    def test_a_message_against_the_protocol_ends_the_session_by_abort(self):
        client = self.client().join()
        client.send(CALL, "x")
        self.assertEqual(client.receive()[::2], [ABORT, "wamp.error.protocol_violation"])
        self.assertEqual(client.post(f"{client.base}/receive").status, 404)

    def test_pages_of_other_origins_are_refused_unless_they_are_allowed(self):
        opening = json.dumps({"protocols": ["wamp.2.json"]}).encode()
        self.assertEqual(ask(self.address, "POST", "/lp/open", opening, Origin="https://evil.example").status, 403)
        own = ask(self.address, "POST", "/lp/open", opening, Origin=f"http://{self.address}")
        self.assertEqual((own.status, own.fields["access-control-allow-origin"]), (200, f"http://{self.address}"))
        asked = ask(self.address, "OPTIONS", "/lp_json/open", Origin="https://shop.example")
        self.assertEqual((asked.status, asked.fields["access-control-allow-methods"]), (204, "POST"))

    def test_there_are_so_many_clients_at_most(self):
        first = self.client("/lp_json")
        opening = json.dumps({"protocols": ["wamp.2.json"]}).encode()
        self.assertEqual(first.post("/lp_json/open", opening).status, 503)
        self.assertEqual(first.post(f"{first.base}/close").status, 204)
        self.client("/lp_json")


class Closing(unittest.TestCase):
    def test_a_client_that_waits_is_told_that_the_router_closes(self):
        with JunctorProcess(node_config([web_transport()])) as router:
            client = LongPollClient(router.urls[0]).join()
            waiting = Connection(f"rs://{client.address}")
            self.addCleanup(waiting.close)
            head = f"POST {client.base}/receive HTTP/1.1\r\nHost: {client.address}\r\nContent-Length: 0\r\n\r\n"
            waiting.send_octets(head.encode("ascii"))
            waiting.wait_until_taken()
        answer = waiting.receive_rest()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.assertIn(b"wamp.close.system_shutdown", answer)


if __name__ == "__main__":
    unittest.main()
