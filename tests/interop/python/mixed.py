# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The Python halves of the scenarios between clients of two languages; the other halves are node/mixed.mjs."""

from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions, SubscribeOptions

import values
from frameworks import Once
from values import expect

USES = []


def use(behaviour):
    def note(function):
        USES.append((behaviour, function))
        return function

    return note


async def serve(run):
    """Registers what the other language calls, and answers its events."""
    session = await run.join()

    def check(name, value, keyword):
        expect(value, values.by_name(name), f"{name} as argument")
        expect(keyword, values.by_name(name), f"{name} as keyword argument")
        return CallResult(value, keyword=values.by_name(name))

    def fail(*args, **kwargs):
        raise ApplicationError("com.example.error.out_of_stock", *args, **kwargs)

    def count(n, details):
        for i in range(n):
            details.progress(i)
        return n

    def who(details):
        return [details.caller, details.caller_authrole]

    def answer(name, value, answer_topic, details):
        expect(value, values.by_name(name), f"{name} in an event")
        session.publish(answer_topic, name, values.by_name(name), details.publisher)

    with_details = RegisterOptions(details_arg="details")
    await session.register(check, run.uri("check"))
    await session.register(fail, run.uri("fail"))
    await session.register(count, run.uri("count"), with_details)
    await session.register(who, run.uri("who"), with_details)
    await session.register(
        lambda details: details.procedure, run.uri("any."), RegisterOptions(match="prefix", details_arg="details")
    )
    await session.subscribe(answer, run.uri("question"), SubscribeOptions(details_arg="details"))


@use("every value arrives as it was sent")
async def payloads(run):
    caller = await run.join()
    for name, value in values.COMMON.items():
        result = await caller.call(run.uri("check"), name, value, keyword=value)
        expect(result.results, [value], f"{name} as result")
        expect(result.kwresults, {"keyword": value}, f"{name} as named result")


@use("an error of the application keeps its URI, arguments and keyword arguments")
async def application_error(run):
    caller = await run.join()
    try:
        await caller.call(run.uri("fail"), "Ananas", 3, until={"day": 24})
        raise AssertionError("the call succeeded")
    except ApplicationError as error:
        expect(error.error, "com.example.error.out_of_stock", "error")
        expect(error.args, ["Ananas", 3], "arguments")
        expect(error.kwargs, {"until": {"day": 24}}, "keyword arguments")


@use("progressive results arrive in order before the result")
async def progressive_results(run):
    caller = await run.join()
    progress = []
    expect(await caller.call(run.uri("count"), 10, options=CallOptions(on_progress=progress.append)), 10)
    expect(progress, list(range(10)), "progress")


@use("a prefix registration is told the procedure")
async def prefix_registration(run):
    caller = await run.join()
    expect(await caller.call(run.uri("any.thing.at.all")), run.uri("any.thing.at.all"))


@use("every value arrives in events both ways")
async def events(run):
    session = await run.join()
    received, all_there = [], Once()

    def note(name, value, publisher):
        received.append([name, value, publisher])
        if len(received) == len(values.COMMON):
            all_there.set()

    topic = run.uri(f"answer.{session.session_id}")
    await session.subscribe(note, topic)
    for name, value in values.COMMON.items():
        await session.publish(run.uri("question"), name, value, topic, options=PublishOptions(acknowledge=True))
    await run.within(all_there)
    expect(received, [[name, value, None] for name, value in values.COMMON.items()], "events")
