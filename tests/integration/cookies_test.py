# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Cookies of WebSocket transports, and who joins by them. Spec: RFC 6265; advanced profile, "Authentication"."""

import tempfile
import unittest

from certificate import make_certificate
from junctor_process import JunctorProcess, node_config, tcp_transport
from wamp_peer import ABORT, ANY_DICT, ANY_ID, AUTHENTICATE, CHALLENGE, GOODBYE, RESULT, WELCOME
from websocket_peer import WebSocketConnection, WebSocketPeer, upgrade_request

LOGOUT = "wamp.close.logout"


class CookiePeer(WebSocketPeer):
    """A browser, which presents `cookie`, if it has one, and keeps the one that it is told."""

    def __init__(self, url, cookie=None):
        self.cookie = cookie
        super().__init__(url)

    def upgrade(self, *protocols, **request):
        fields = super().upgrade(*protocols, cookie=self.cookie, **request)
        self.told_cookie = fields.get("set-cookie")
        if self.told_cookie:
            self.cookie = self.told_cookie.split(";")[0]
        return fields

    def ask_to_join(self, *authmethods, authid="joe", realm="realm1"):
        """The answer to HELLO."""
        self.hello(realm, authmethods=list(authmethods), authid=authid)
        return self.receive()

    def join_by_ticket(self):
        self.hello(authmethods=["cookie", "ticket"], authid="joe")
        self.expect(CHALLENGE, "ticket", {})
        self.send(AUTHENTICATE, "secret!!!", {})
        _, self.session, self.details = self.expect(WELCOME, ANY_ID, ANY_DICT)


def cookie_transport(id_, **cookie):
    principals = {"joe": {"ticket": "secret!!!", "role": "anonymous"}}
    auth = {"cookie": {}, "ticket": {"type": "static", "principals": principals}, "anonymous": {}}
    return {**tcp_transport(), "type": "websocket", "id": id_, "cookie": cookie, "auth": auth}


def realms():
    roles = [{"name": "anonymous", "allow-by-default": True}]
    return [{"name": "realm1", "roles": roles}, {"name": "realm2", "roles": roles}]


class Cookies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        chosen = {"name": "me", "length": 40, "max_age": 1, "secure": True, "http_strict": False, "same_site": "Strict"}
        secure = cookie_transport("secure")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="junctor-cookies-"))
        secure["endpoint"]["tls"] = make_certificate(folder)
        path = {key: value for key, value in cookie_transport("path").items() if key not in ("endpoint", "id")}
        web = {"type": "web", "id": "web", "endpoint": tcp_transport()["endpoint"], "paths": {"ws": path}}
        transports = [cookie_transport("plain"), cookie_transport("chosen", **chosen), secure, web]
        cls.router = cls.enterClassContext(JunctorProcess(node_config(transports, realms())))
        cls.plain, cls.chosen, cls.secure, web = cls.router.urls
        cls.web = web.replace("http://", "ws://") + "/ws"

    def browser(self, cookie=None, url=None):
        peer = CookiePeer(url or self.plain, cookie)
        self.addCleanup(peer.close)
        return peer

    def known_browser(self):
        """One on whose cookie joe has joined, and stays."""
        peer = self.browser()
        peer.join_by_ticket()
        return peer

    def test_a_browser_gets_a_cookie_once(self):
        first = self.browser()
        self.assertRegex(first.told_cookie, "^cbtid=[A-Za-z0-9_-]{24}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax$")
        self.assertIsNone(self.browser(first.cookie).told_cookie)
        self.assertIsNone(self.browser(f'a="b"; {first.cookie} ;c=d').told_cookie)
        other = self.browser("cbtid=AAAAAAAAAAAAAAAAAAAAAAAA")
        self.assertNotIn(other.cookie, ("cbtid=AAAAAAAAAAAAAAAAAAAAAAAA", first.cookie))

    def test_a_cookie_is_as_it_is_configured(self):
        told = self.browser(url=self.chosen).told_cookie
        self.assertRegex(told, "^me=[A-Za-z0-9_-]{40}; Path=/; Max-Age=1; Secure; SameSite=Strict$")

    def test_over_tls_a_cookie_is_secure(self):
        told = self.browser(url=self.secure).told_cookie
        self.assertRegex(told, "^cbtid=[A-Za-z0-9_-]{24}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax$")

    def test_a_path_of_a_web_transport_has_a_cookie_of_its_own(self):
        first = self.browser(url=self.web)
        first.join_by_ticket()
        again = self.browser(first.cookie, self.web)
        self.assertIsNone(again.told_cookie)
        self.assertEqual(again.ask_to_join("cookie")[0], WELCOME)

    def test_who_has_joined_joins_again_without_credentials(self):
        known = self.browser(self.known_browser().cookie)
        kind, _, details = known.ask_to_join("cookie", "ticket", authid="")
        self.assertEqual(kind, WELCOME)
        self.assertEqual(details["authid"], "joe")
        self.assertEqual(details["authrole"], "anonymous")
        self.assertEqual(details["authmethod"], "cookie")
        self.assertEqual(details["authprovider"], "static")

    def test_a_cookie_is_good_for_its_realm_and_its_transport_alone(self):
        cookie = self.known_browser().cookie
        self.assertEqual(self.browser(cookie).ask_to_join("cookie", "ticket", realm="realm2")[0], CHALLENGE)
        self.assertEqual(self.browser(cookie, self.chosen).ask_to_join("cookie", "ticket")[0], CHALLENGE)

    def test_a_cookie_without_a_login_is_good_for_nothing(self):
        for cookie in (None, self.browser().cookie):
            kind, _, reason = self.browser(cookie).ask_to_join("cookie")
            self.assertEqual((kind, reason), (ABORT, "wamp.error.no_matching_auth_method"))

    def test_a_login_expires_with_its_cookie(self):
        peer = self.browser(url=self.chosen)
        peer.join_by_ticket()
        cookie = peer.cookie
        while self.browser(cookie, self.chosen).ask_to_join("cookie", "ticket")[0] == WELCOME:
            pass
        self.assertIsNotNone(self.browser(cookie, self.chosen).told_cookie)

    def test_a_page_of_another_origin_has_no_use_for_the_cookie(self):
        cookie = self.known_browser().cookie
        foreign = WebSocketConnection(self.plain)
        self.addCleanup(foreign.close)
        foreign.send_octets(upgrade_request("wamp.2.json", cookie=cookie, origin="https://evil.example"))
        line, fields = foreign.receive_head()
        self.assertEqual(line, "HTTP/1.1 403 Forbidden")
        self.assertNotIn("set-cookie", fields)

    def test_logging_out_forgets_the_cookie_and_ends_its_other_sessions(self):
        one = self.known_browser()
        two = self.browser(one.cookie)
        self.assertEqual(two.ask_to_join("cookie")[0], WELCOME)
        stranger = self.known_browser()
        one.leave(LOGOUT)
        two.expect(GOODBYE, {"message": "logged out"}, LOGOUT)
        again = self.browser(one.cookie)
        self.assertIsNotNone(again.told_cookie)
        self.assertEqual(again.ask_to_join("cookie", "ticket")[0], CHALLENGE)
        self.assertEqual(self.browser(stranger.cookie).ask_to_join("cookie")[0], WELCOME)

    def test_leaving_is_not_logging_out(self):
        peer = self.known_browser()
        peer.leave("wamp.close.close_realm")
        self.assertEqual(self.browser(peer.cookie).ask_to_join("cookie")[0], WELCOME)

    def test_nobody_is_shown_the_cookie(self):
        peer = self.known_browser()
        value = peer.cookie.split("=")[1]
        asked = peer.call("wamp.session.get", [peer.session])
        (details,) = peer.expect(RESULT, asked, {}, [ANY_DICT])[3]
        self.assertRegex(details["transport"]["http_cbtid"], "^[0-9a-f]{16}$")
        self.assertNotIn(value, str(details))
        self.assertNotIn(value, str(self.router.log))


class Stores(unittest.TestCase):
    def test_logins_outlive_the_router(self):
        with tempfile.TemporaryDirectory(prefix="junctor-cookies-") as folder:
            store = {"type": "file", "filename": "cookies.dat"}
            config = node_config([cookie_transport("kept", store=store)], realms())
            router = JunctorProcess(config, directory=folder).wait_until_ready()
            peer = CookiePeer(router.urls[0])
            peer.join_by_ticket()
            peer.close()
            router.kill()
            with JunctorProcess(config, directory=folder) as router:
                again = CookiePeer(router.urls[0], peer.cookie)
                self.addCleanup(again.close)
                self.assertEqual(again.ask_to_join("cookie")[0], WELCOME)

    def test_a_store_is_for_one_transport(self):
        with tempfile.TemporaryDirectory(prefix="junctor-cookies-") as folder:
            store = {"type": "file", "filename": "cookies.dat"}
            config = node_config([cookie_transport(id_, store=store) for id_ in ("one", "two")], realms())
            router = JunctorProcess(config, directory=folder)
            self.addCleanup(router.kill)
            self.assertEqual(router.wait(), 3)
            self.assertIn("cookies.dat' is in use", str(router.log))


if __name__ == "__main__":
    unittest.main()
