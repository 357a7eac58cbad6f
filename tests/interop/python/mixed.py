# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The Python halves of the scenarios between clients of two languages; the other halves are node/mixed.mjs."""

import txaio
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

    def hear(answer_topic, details):
        session.publish(answer_topic, details.topic)

    async def kept(topic):
        came = Once()
        ask = SubscribeOptions(get_retained=True, details_arg="details")
        subscription = await session.subscribe(lambda value, details: came.set([value, details.retained]), topic, ask)
        event = await came
        await subscription.unsubscribe()
        return event

    interrupted = []

    async def wait(name, details):
        details.progress("waiting")
        try:
            await txaio.create_future()
        except run.cancelled:
            interrupted.append(name)
            raise ApplicationError("wamp.error.canceled")

    with_details = RegisterOptions(details_arg="details")
    await session.register(check, run.uri("check"))
    await session.register(fail, run.uri("fail"))
    await session.register(count, run.uri("count"), with_details)
    await session.register(who, run.uri("who"), with_details)
    await session.register(kept, run.uri("kept"))
    await session.register(wait, run.uri("wait"), with_details)
    await session.register(lambda name: name in interrupted, run.uri("interrupted"))
    await session.register(
        lambda details: details.procedure, run.uri("any."), RegisterOptions(match="prefix", details_arg="details")
    )
    await session.subscribe(answer, run.uri("question"), SubscribeOptions(details_arg="details"))
    await session.subscribe(hear, run.uri("heard."), SubscribeOptions(match="prefix", details_arg="details"))


@use("every value arrives as it was sent")
async def payloads(run):
    caller = await run.join()
    for name, value in values.held_by(run.server).items():
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


@use("a call that is canceled interrupts its callee, if that can be, and the session lives on")
async def cancel(run):
    caller = await run.join()
    waiting, name = Once(), str(caller.session_id)
    call = caller.call(run.uri("wait"), name, options=CallOptions(on_progress=waiting.set))
    await run.within(waiting)
    txaio.cancel(call)
    try:
        await call
        raise AssertionError("a canceled call succeeded")
    except run.cancelled:
        pass
    expect(await caller.call(run.uri("interrupted"), name), run.server != "node")


@use("every value arrives in events both ways")
async def events(run):
    session = await run.join()
    sent = values.held_by(run.server)
    received, all_there = [], Once()

    def note(name, value, publisher):
        received.append([name, value, publisher])
        if len(received) == len(sent):
            all_there.set()

    topic = run.uri(f"answer.{session.session_id}")
    await session.subscribe(note, topic)
    acknowledged = PublishOptions(acknowledge=True)  # Autobahn for Python cannot ask to be disclosed.
    for name, value in sent.items():
        await session.publish(run.uri("question"), name, value, topic, options=acknowledged)
    await run.within(all_there)
    expect(received, [[name, value, None] for name, value in sent.items()], "events")


@use("a prefix subscription is told the topic")
async def prefix_subscription(run):
    session = await run.join()
    topic, heard = run.uri(f"answer.{session.session_id}"), Once()
    await session.subscribe(heard.set, topic)
    session.publish(run.uri("heard.this.or.that"), topic)
    expect(await run.within(heard), run.uri("heard.this.or.that"))


@use("a retained event comes to who asks for it")
async def event_retention(run):
    session = await run.join()
    topic = run.uri(f"retained.{session.session_id}")
    await session.publish(topic, "state", options=PublishOptions(acknowledge=True, retain=True))
    expect(await session.call(run.uri("kept"), topic), ["state", True])
