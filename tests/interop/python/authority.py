# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""A backend that decides who may join and what clients may do, and has procedures for them to call.

It joins as itself in the realm of the command line and in com.example.backend, and registers in both
com.example.authenticate. In the former it also registers com.example.authorize, and com.example.shop.PROCEDURE:

    who         tells who calls, as far as that is disclosed
    asked       tells what the authorizer was asked about this call
"""

from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import RegisterOptions

from login import Login

BACKEND_REALM = "com.example.backend"

# What wampcra and cryptosign need is public or derived, but a ticket shows itself, and so can be checked here.
TICKET = "dynamic-ticket"
CREDENTIALS = {
    "wampcra": {
        "secret": "Eu7CQLfR+/Ffb+275A4s9/6H/RGKYxM4s6IMrsNKzC8=",  # Of the password secret123.
        "salt": "salt123",
        "iterations": 1000,
        "keylen": 32,
    },
    "cryptosign": {"authorized_keys": ["382189214b9d41088a6ce8579f069f23fccd4c28cee348873c351dfc7844098b"]},
}


def authenticator(realm_of_procedure):
    """The procedure com.example.authenticate. In WELCOME, its answers tell what it was asked, and where."""

    def authenticate(realm, authid, details):
        if authid == "locked":
            raise ApplicationError("com.example.account_locked", "ask the help desk")
        if authid == "broken":
            raise RuntimeError("this procedure fails")
        if authid == "strange":
            return 42
        method = details["authmethod"]
        if authid not in ("joe", "jim", "brief", "ann", "stray"):
            return None
        answer = dict(CREDENTIALS.get(method, {}))
        if method == "ticket" and authid == "jim":
            answer["ticket"] = TICKET  # For the router to compare.
        elif method == "ticket" and details["ticket"] != TICKET:
            return None
        if authid == "brief":
            return "user"
        if authid == "stray":
            answer["realm"] = BACKEND_REALM  # Which is not the one that clients ask for.
        if authid == "ann":
            return {**answer, "authid": "ann@example.com"}  # Her role is the default.
        known = ("authmethod", "session", "transport", "authextra")
        asked = {"procedure": realm_of_procedure, "realm": realm, "authid": authid}
        asked.update({key: details.get(key) for key in known})
        return {**answer, "role": "user", "extra": {"asked": asked}}

    return authenticate


class Authorizer:
    """Decides, and remembers what it was asked about calls of com.example.shop.asked, by the sessions that call."""

    def __init__(self):
        self._questions = {}

    def asked(self, details):
        return self._questions[details.caller]

    def authorize(self, session, uri, action, options):
        if uri == "com.example.shop.broken":
            raise RuntimeError("this procedure fails")
        if uri == "com.example.shop.strange":
            return "yes"
        if uri == "com.example.shop.asked":
            self._questions[session["session"]] = [session, uri, action, options]
            return {"allow": True, "disclose": True, "cache": False}
        if uri == "com.example.shop.who.disclosed":
            return {"allow": True, "disclose": True, "cache": True, "trustlevel": 3}
        if uri.startswith("com.example.shop.may."):
            return uri == f"com.example.shop.may.{action}"
        return uri == "com.example.shop.who"


async def serve(run):
    authorizer = Authorizer()
    with_details = RegisterOptions(details_arg="details")

    def who(details):
        return [details.caller, details.caller_authid, details.caller_authrole]

    backend = await run.join(realm=BACKEND_REALM, login=Login(["peer-credentials"]))
    await backend.register(authenticator(BACKEND_REALM), "com.example.authenticate")
    session = await run.join(login=Login(["peer-credentials"]))
    await session.register(authenticator(run.realm), "com.example.authenticate")
    await session.register(authorizer.authorize, "com.example.authorize")
    await session.register(authorizer.asked, "com.example.shop.asked", with_details)
    await session.register(lambda: "called", "com.example.shop.may.call")
    await session.register(lambda: "called", "com.example.shop.denied")
    for uri in ("com.example.shop.who", "com.example.shop.who.disclosed"):
        await session.register(who, uri, with_details)
