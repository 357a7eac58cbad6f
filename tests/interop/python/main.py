# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Runs Autobahn for Python against a router and prints a line for each scenario: `ok NAME` or `not ok NAME: WHY`.

    main.py {twisted|asyncio} MODE URL SERIALIZER REALM [--certificate FILE] [--prefix URI] [--server FAMILY]

MODE is one of
    scenarios   both ends of every scenario are sessions of this process
    serve       registers procedures under the prefix, prints `ready`, and serves until its input ends
    use         calls the procedures that another client, of the family --server, serves under the prefix
    stay        joins, prints `ready`, and waits for the router's GOODBYE
    authority   registers what decides about others, as authority.py tells, prints `ready`, and serves until its input
                ends
    authenticate
                reads a list of attempts to join from its input, makes them one by one, and prints a line of JSON for
                what came of each, as login.py tells
Exits with 0 if all is well.
"""

import argparse
import json
import os
import sys

import txaio


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("framework", choices=["twisted", "asyncio"])
    parser.add_argument("mode", choices=["scenarios", "serve", "use", "stay", "authority", "authenticate"])
    parser.add_argument("url")
    parser.add_argument("serializer", choices=["json", "msgpack", "cbor"])
    parser.add_argument("realm")
    parser.add_argument("--certificate")
    parser.add_argument("--prefix")
    parser.add_argument("--server")
    return parser.parse_args()


arguments = parse_arguments()
# Autobahn's modules take functions out of txaio when they are imported, so the framework is chosen before that.
getattr(txaio, f"use_{arguments.framework}")()

import authority  # noqa: E402
import frameworks  # noqa: E402
import login  # noqa: E402
import mixed  # noqa: E402
import scenarios  # noqa: E402
from values import expect  # noqa: E402

SECONDS_PER_SCENARIO = 20


class Run:
    """What a scenario works with: sessions that are left at its end, and URIs that no other scenario has."""

    count = 0

    def __init__(self, framework):
        Run.count += 1
        self._framework = framework
        self._url = arguments.url
        self._sessions = []
        self._prefix = arguments.prefix or f"com.example.interop.python{os.getpid()}.run{Run.count}"
        self.serializer = arguments.serializer
        self.realm = arguments.realm
        self.server = arguments.server
        self.cancelled = framework.cancelled

    def uri(self, name):
        return f"{self._prefix}.{name}"

    async def connect(self, serializer=None, realm=None, login=None):
        return await self._framework.connect(self._url, serializer or self.serializer, realm or self.realm, login)

    async def join(self, serializer=None, realm=None, login=None):
        session = await self.connect(serializer, realm, login)
        await self.within(session.joined)
        self._sessions.append(session)
        return session

    async def within(self, awaitable):
        return await self._framework.within(SECONDS_PER_SCENARIO / 2, awaitable)

    async def end_of_input(self):
        await self._framework.end_of_input(sys.stdin)

    async def leave(self):
        """Leaves with every session that joined: one that the router or the client has thrown out shows here."""
        for session in self._sessions:
            session.leave()
        for session in self._sessions:
            details = await self.within(session.left)
            expect(details.reason, "wamp.close.goodbye_and_out", "reason of the end of a session")
            await self.within(session.disconnected)


def say(line):
    print(line, flush=True)


async def run_all(framework, named_functions):
    """Runs them one by one and says how each went. True if all went well."""
    all_well = True
    for name, function in named_functions:
        run = Run(framework)

        async def whole():
            await function(run)
            await run.leave()

        try:
            if arguments.mode in ("serve", "stay", "authority"):  # These end when somebody else ends them.
                await whole()
            else:
                await framework.within(SECONDS_PER_SCENARIO, whole())
            say(f"ok {name}")
        except Exception as error:
            all_well = False
            say(f"not ok {name}: {type(error).__name__}: {error}")
    return all_well


async def stay(run):
    session = await run.connect()
    await session.joined
    say("ready")
    details = await session.left
    expect(details.reason, "wamp.close.system_shutdown", "reason")
    await session.disconnected


async def serve(run):
    await mixed.serve(run)
    say("ready")
    await run.end_of_input()


async def decide(run):
    await authority.serve(run)
    say("ready")
    await run.end_of_input()


async def authenticate(framework, attempts):
    for attempt in attempts:
        outcome = login.outcome_of(framework, attempt, arguments.serializer, arguments.realm)
        say(json.dumps(await framework.within(SECONDS_PER_SCENARIO, outcome)))


def main():
    framework = frameworks.framework(arguments.framework, arguments.certificate)
    if arguments.mode == "authenticate":
        attempts = json.load(sys.stdin)
        framework.run(lambda: authenticate(framework, attempts))
        return

    named_functions = {
        "scenarios": scenarios.SCENARIOS,
        "serve": [("everything served", serve)],
        "use": mixed.USES,
        "stay": [("the router says goodbye", stay)],
        "authority": [("everything decided", decide)],
    }[arguments.mode]
    all_well = framework.run(lambda: run_all(framework, named_functions))
    sys.exit(0 if all_well else 1)


main()
