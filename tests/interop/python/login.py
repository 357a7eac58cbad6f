# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Joins with an authmethod and its credentials, and tells what came of it.

An attempt to join is a dict:

    url             where the router listens
    realm           another realm than that of the command line
    authmethods     what HELLO says, if anything; the first is the one that the credentials are for
    authid          the same
    credentials     what Autobahn's authenticator for the authmethod takes, such as {"ticket": TEXT}; none if Autobahn
                    has no authenticator for it, since then there is no CHALLENGE to answer
    certificate     a file with the certificate and the key to show in the TLS handshake
    requests        what to do once joined: pairs of "call", "register", "subscribe" or "publish" and a URI, which
                    several clients can register at the same time

The outcome is {"joined": WELCOME, "requests": OUTCOMES} or {"refused": {"reason": URI, "message": TEXT}}, where WELCOME
has what it says about the session, and an outcome of a request is {"result": …} or {"error": URI, "args": [...]}.
"""

from autobahn.wamp.auth import create_authenticator
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import PublishOptions, RegisterOptions


class Login:
    """What a session says in HELLO, and how it answers CHALLENGE and checks WELCOME."""

    def __init__(self, authmethods=None, authid=None, credentials=None, certificate=None):
        self.certificate = certificate
        self._authmethods = authmethods
        self._authid = authid
        self._authenticator = None
        if credentials is not None:
            named = {} if authid is None else {"authid": authid}
            self._authenticator = create_authenticator(authmethods[0], **named, **credentials)

    def join(self, session):
        authextra = self._authenticator.authextra if self._authenticator else None
        session.join(session.config.realm, self._authmethods, self._authid, authextra=authextra)

    def on_challenge(self, session, challenge):
        return self._authenticator.on_challenge(session, challenge)

    def on_welcome(self, session, welcome):
        return self._authenticator.on_welcome(session, welcome.authextra) if self._authenticator else None


def _login_of(attempt):
    keys = ("authmethods", "authid", "credentials", "certificate")
    return Login(**{key: attempt[key] for key in keys if key in attempt})


async def outcome_of(framework, attempt, serializer, realm):
    session = await framework.connect(attempt["url"], serializer, attempt.get("realm", realm), _login_of(attempt))
    details = await session.answered
    if not session.joined.is_set:
        await session.disconnected
        return {"refused": {"reason": details.reason, "message": details.message}}
    outcomes = [await _outcome_of_request(session, *request) for request in attempt.get("requests", ())]
    session.leave()
    await session.disconnected
    names = ("realm", "session", "authid", "authrole", "authmethod", "authprovider", "authextra")
    return {"joined": {name: getattr(details, name) for name in names}, "requests": outcomes}


async def _outcome_of_request(session, action, uri):
    requests = {
        "call": lambda: session.call(uri),
        "register": lambda: session.register(lambda: None, uri, RegisterOptions(invoke="roundrobin")),
        "subscribe": lambda: session.subscribe(lambda: None, uri),
        "publish": lambda: session.publish(uri, options=PublishOptions(acknowledge=True)),
    }
    try:
        answer = await requests[action]()
        return {"result": answer if action == "call" else True}
    except ApplicationError as error:
        return {"error": error.error, "args": list(error.args)}
