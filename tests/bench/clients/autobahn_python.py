# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What `junctor bench client` does, with Autobahn for Python: one session calls a procedure of another.

    autobahn_python.py {twisted|asyncio} URL SERIALIZER DEPTH COUNT PAYLOAD

DEPTH calls at a time, COUNT calls in all, each with a text of PAYLOAD octets, which must come back. Prints a line of
JSON with what was counted. PYTHONPATH has tests/interop/python.
"""

import json
import resource
import sys
import time

import txaio

framework_name, url, serializer, depth, count, payload = sys.argv[1:]
# Autobahn's modules take functions out of txaio when they are imported, so the framework is chosen before that.
getattr(txaio, f"use_{framework_name}")()

import frameworks  # noqa: E402

PROCEDURE = "com.example.bench.echo"


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def call_again_and_again(caller, numbers):
    """Calls one by one as long as there are numbers. Returns how many calls that were."""
    done = 0
    for number in numbers:
        argument = str(number).rjust(int(payload), "0")
        result = await caller.call(PROCEDURE, argument)
        if result != argument:
            raise AssertionError(f"{argument} came back as {result}")
        done += 1
    return done


async def measure(framework):
    callee, caller = [await framework.connect(url, serializer, "realm1") for _ in range(2)]
    await callee.joined
    await caller.joined
    await callee.register(lambda argument: argument, PROCEDURE)
    numbers = iter(range(int(count)))
    began, used = time.monotonic(), cpu_seconds()
    callers = [txaio.as_future(call_again_and_again, caller, numbers) for _ in range(int(depth))]
    calls = sum([await each for each in callers])
    seconds, used = time.monotonic() - began, cpu_seconds() - used
    for session in (caller, callee):
        session.leave()
        await session.disconnected
    return {"messages": calls, "per_second": calls / seconds, "cpu_us_per_message": used * 1e6 / calls}


def main():
    framework = frameworks.framework(framework_name, None)
    print(json.dumps(framework.run(lambda: measure(framework))))


main()
