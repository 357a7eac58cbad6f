# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Joins with the authmethod "pin", and says as whom or why not.

    python3 pin.py URL AUTHID PIN
"""

import sys

from autobahn.twisted.component import Component, run
from autobahn.twisted.wamp import ApplicationSession
from twisted.internet import reactor

url, authid, pin = sys.argv[1:]


class Client(ApplicationSession):
    def onConnect(self):
        self.join("realm1", authmethods=["pin"], authid=authid)

    def onChallenge(self, challenge):
        return pin

    def onJoin(self, details):
        print(f"{details.authid} is {details.authrole} by {details.authmethod}")
        self.leave()

    def onLeave(self, details):
        self.disconnect()
        if details.reason != "wamp.close.goodbye_and_out":
            print("refused:", details.reason)
            reactor.stop()


transport = {"type": "rawsocket", "url": url, "serializer": "json", "max_retries": 0}
run([Component(transports=[transport], session_factory=Client)], log_level=None)
