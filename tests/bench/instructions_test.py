# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The instruction gates: what the router executes and allocates for one message, compared with stored figures.

For each load the router runs under valgrind's callgrind twice, with a different number of messages. The difference of
the instructions, divided by that of the messages, is what one message costs; start, joining and end cancel out. Unlike
time it does not depend on what else the machine does. `junctor bench --lockstep` makes the batches always the same;
they go to bench-router, which is the router of the library and nothing else. The core of the router, which is decoder
and realm, is also counted by itself, in bench-core.

instructions.json has the loads and the figures. When the router has become better, or worse for a good reason, the
figures that the test prints are to be put there. A load with known_allocations is one that should not allocate but
does: it must not get worse.
"""

import collections
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from callgrind import Profile
from junctor_process import binary

TIMEOUT = 100.0

Cost = collections.namedtuple("Cost", "instructions allocations")


def core_profile_of(load, count):
    """The profile of what bench-core does with `count` batches of `load`, without what it does to make them."""
    with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
        written = os.path.join(folder, "callgrind.out")
        command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={written}"]
        command += ["--toggle-collect=*route_batch*", os.environ["BENCH_CORE"], *load["core"].split()]
        command += ["--batches", str(count)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
        return Profile(written), json.loads(done.stdout)["messages"]


def profile_of(load, count):
    """The router's profile and the number of messages when `junctor bench` sends `count` of `load`."""
    if "core" in load:
        return core_profile_of(load, count)
    with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
        written = os.path.join(folder, "callgrind.out")
        valgrind = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={written}"]
        with routing(folder, valgrind) as urls:
            url = urls[load.get("framing", "rawsocket")]
            command = [binary(), "bench", *load["arguments"].split(), "--lockstep", "--json"]
            command += ["--count", str(count), "--url", url]
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return Profile(written), json.loads(done.stdout)["messages"]


@contextlib.contextmanager
def routing(folder, wrapper):
    """The URLs of bench-router by their framing; it runs in the process of `wrapper`, with its sockets in `folder`."""
    framings = ("rawsocket", "websocket")
    command = [*wrapper, os.environ["BENCH_ROUTER"], *(os.path.join(folder, f"{framing}.sock") for framing in framings)]
    router = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        yield {framing: router.stdout.readline().strip() for framing in framings}
        router.terminate()
        if router.wait(TIMEOUT) != 0:
            raise AssertionError(f"bench-router exited with {router.returncode}")
    finally:
        router.kill()
        router.wait()
        router.stdout.close()


def cost_of(load):
    """What one message of `load` costs the router."""
    few, fewer_messages = profile_of(load, load["counts"][0])
    many, more_messages = profile_of(load, load["counts"][1])
    if few.allocations == 0 or many.allocations == 0:
        raise AssertionError("the profile does not tell the calls of malloc")
    messages = more_messages - fewer_messages
    return Cost(
        (many.instructions - few.instructions) / messages,
        (many.allocations - few.allocations) / messages,
    )


class InstructionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stored = json.loads(pathlib.Path(__file__).with_name("instructions.json").read_text(encoding="utf-8"))
        cls.tolerance = stored["tolerance"]
        cls.allocations_max = stored["allocations_max"]
        cls.loads = stored["loads"]
        cls.costs = {}
        print(f"\n{'load':28} {'instructions':>12} {'stored':>8} {'allocations':>12} {'known':>8}")
        for name, load in cls.loads.items():
            cost = cls.costs[name] = cost_of(load)
            print(
                f"{name:28} {cost.instructions:12.1f} {load['instructions']:8} "
                f"{cost.allocations:12.4f} {load.get('known_allocations', 0):8}",
                flush=True,
            )

    def test_no_message_costs_more_instructions_than_it_did(self):
        for name, load in self.loads.items():
            with self.subTest(name):
                self.assertLessEqual(self.costs[name].instructions, load["instructions"] * self.tolerance)

    def test_no_message_allocates_in_a_steady_state(self):
        for name, load in self.loads.items():
            with self.subTest(name):
                most = max(self.allocations_max, load.get("known_allocations", 0) * self.tolerance)
                self.assertLessEqual(self.costs[name].allocations, most)


if __name__ == "__main__":
    unittest.main()
