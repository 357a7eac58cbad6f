# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Clients that begin a handshake and never end it, to see what they do to others. Only the standard library is used.

    slow = SlowClients(("127.0.0.1", 8080), 1000, b"GET / HTTP/1.1\\r\\nHost: a\\r\\nX: ")
    while slow.open:
        slow.send_one_more()
"""

import itertools
import socket
import time


class SlowClients:
    """Connections to a TCP address. They send `opening` octet by octet, and then the letter a for ever, but pause for
    so many seconds before each octet.

    open    how many of them the router has not closed yet
    ages    how long those lived that it has closed, in seconds
    """

    def __init__(self, address, count, opening, pause=0.05):
        self._pause = pause
        self._opened = []
        self.ages = []
        for _ in range(count):
            connection = socket.create_connection(address)
            connection.setblocking(False)
            self._opened.append((connection, time.monotonic()))
        self._octets = itertools.chain(opening, itertools.repeat(ord("a")))

    @property
    def open(self):
        return len(self._opened)

    def send_one_more(self):
        """Pauses, and then has each of them send its next octet."""
        time.sleep(self._pause)
        octet = bytes([next(self._octets)])
        still_open = []
        for connection, began in self._opened:
            if self._send(connection, octet):
                still_open.append((connection, began))
            else:
                self.ages.append(time.monotonic() - began)
                connection.close()
        self._opened = still_open

    @staticmethod
    def _send(connection, octet):
        """Returns whether the connection lives on."""
        try:
            connection.send(octet)
            return connection.recv(4096) != b""
        except BlockingIOError:  # The router says nothing.
            return True
        except ConnectionError:
            return False

    def close(self):
        for connection, _ in self._opened:
            connection.close()
        self._opened = []
