# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Two clients of shop_router.cpp: Ann of the staff publishes news, a guest hears of them and may do nothing else.

    python3 shop.py STAFF_URL GUEST_URL PIN
"""

import sys

from autobahn.twisted.component import Component, run
from autobahn.twisted.wamp import ApplicationSession
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import PublishOptions
from twisted.internet import reactor
from twisted.internet.defer import Deferred

staff_url, guest_url, pin = sys.argv[1:]
guest_listens = Deferred()


class Ann(ApplicationSession):
    """Joins with the authmethod "pin"."""

    def onConnect(self):
        self.join("com.example.shop", authmethods=["pin"], authid="ann")

    def onChallenge(self, challenge):
        return pin

    async def onJoin(self, details):
        print(f"{details.authid} is {details.authrole}")
        await guest_listens
        acknowledged = PublishOptions(acknowledge=True)
        await self.publish("com.example.shop.news.fruit", "Bananas are in", options=acknowledged)
        self.leave()

    def onLeave(self, details):
        self.disconnect()
        if details.reason != "wamp.close.goodbye_and_out":
            print(f"ann: {details.reason}: {details.message}")
            reactor.stop()


class Guest(ApplicationSession):
    def onConnect(self):
        self.join("com.example.shop")

    async def onJoin(self, details):
        news = Deferred()
        await self.subscribe(news.callback, "com.example.shop.news.fruit")
        guest_listens.callback(None)
        print("a guest hears:", await news)
        try:
            await self.call("com.example.shop.now")
        except ApplicationError as error:
            print("a guest calls:", error.error)
        self.leave()


def component(url, session):
    return Component(
        transports=[{"type": "rawsocket", "url": url, "serializer": "json", "max_retries": 0}],
        session_factory=session,
    )


run([component(staff_url, Ann), component(guest_url, Guest)], log_level=None)
