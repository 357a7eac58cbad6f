# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What Autobahn for Python does with the router, one coroutine for each behaviour, in the order of the spec."""

import txaio
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.types import CallOptions, CallResult, PublishOptions, RegisterOptions, SubscribeOptions

import values
from frameworks import Once
from values import expect

SCENARIOS = []


def scenario(behaviour):
    def note(function):
        SCENARIOS.append((behaviour, function))
        return function

    return note


async def error_of(answer):
    """The error that answers a request which must fail."""
    try:
        result = await answer
    except ApplicationError as error:
        return error
    raise AssertionError(f"succeeded with {values.shown(result)}")


class Collector:
    """An event handler that keeps the arguments of the events, and tells when enough came."""

    def __init__(self, enough):
        self.received = []
        self.enough = enough
        self.done = Once()

    def __call__(self, *args, **kwargs):
        self.received.append((list(args), kwargs))
        if len(self.received) == self.enough:
            self.done.set(self.received)


class Patient:
    """A procedure that answers only if it is interrupted, and tells what happens to it."""

    def __init__(self, run):
        self._cancelled = run.cancelled
        self.invoked, self.interrupted = Once(), Once()

    async def answer(self):
        self.invoked.set()
        try:
            await txaio.create_future()
        except self._cancelled:
            self.interrupted.set()
            raise ApplicationError("com.example.error.interrupted")


# --- Sessions -----------------------------------------------------------------------------------------------------


@scenario("a client joins and learns who it is and what the router can do")
async def join(run):
    session = await run.join()
    details = await session.joined
    expect(details.realm, run.realm, "realm")
    expect(details.authrole, "anonymous", "authrole")
    expect(details.authmethod, "anonymous", "authmethod")
    expect(type(details.authid), str, "type of authid")
    expect(1 <= details.session <= 2**53, True, f"session id {details.session} in range")
    roles = session._router_roles
    for role, features in (
        ("broker", "publisher_identification publisher_exclusion subscriber_blackwhite_listing"),
        ("broker", "pattern_based_subscription event_retention"),
        ("dealer", "caller_identification progressive_call_results call_canceling call_timeout"),
        ("dealer", "pattern_based_registration shared_registration"),
    ):
        for feature in features.split():
            expect(getattr(roles[role], feature), True, feature)


@scenario("sessions have ids of their own")
async def session_ids(run):
    sessions = [await run.join() for _ in range(5)]
    expect(len({session.session_id for session in sessions}), 5, "number of ids")


@scenario("an unknown realm is refused by name")
async def unknown_realm(run):
    session = await run.connect(realm="no.such.realm")
    details = await session.left
    expect(details.reason, "wamp.error.no_such_realm", "reason")


@scenario("a session leaves and joins again over the same connection")
async def rejoin(run):
    session = await run.connect()
    session.keep_connection = True
    first = await session.joined
    session.leave()
    details = await session.left
    expect(details.reason, "wamp.close.goodbye_and_out", "reason")
    session.await_again()
    session.keep_connection = False
    session.join(run.realm)
    second = await session.joined
    expect(first.session == second.session, False, "the same session id")
    await session.register(lambda: "again", run.uri("again"))
    caller = await run.join()
    expect(await caller.call(run.uri("again")), "again")


# --- Calls --------------------------------------------------------------------------------------------------------


@scenario("a procedure is called with arguments and keyword arguments")
async def call(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(lambda x, y, scale=1: (x + y) * scale, run.uri("add"))
    expect(await caller.call(run.uri("add"), 2, 3), 5)
    expect(await caller.call(run.uri("add"), 2, y=3, scale=10), 50)


@scenario("results are none, one, several and named")
async def results(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(lambda: None, run.uri("none"))
    await callee.register(lambda: CallResult(), run.uri("empty"))
    await callee.register(lambda: CallResult(1, "two", three=[3]), run.uri("several"))
    expect(await caller.call(run.uri("none")), None)
    expect(await caller.call(run.uri("empty")), None)
    several = await caller.call(run.uri("several"))
    expect(several.results, [1, "two"], "results")
    expect(several.kwresults, {"three": [3]}, "named results")


@scenario("a session calls a procedure of its own")
async def call_itself(run):
    session = await run.join()
    await session.register(lambda text: text.upper(), run.uri("upper"))
    expect(await session.call(run.uri("upper"), "straße"), "STRASSE")


@scenario("calls that are answered in another order reach the right callers")
async def out_of_order(run):
    callee, first, second = await run.join(), await run.join(), await run.join()
    open_calls, all_open = {}, Once()

    def later(name):
        open_calls[name] = txaio.create_future()
        if len(open_calls) == 4:
            all_open.set()
        return open_calls[name]

    await callee.register(later, run.uri("later"))
    answers = {name: (first if name in "ac" else second).call(run.uri("later"), name) for name in "abcd"}
    await run.within(all_open)
    for name in "dbca":
        txaio.resolve(open_calls[name], f"answer to {name}")
    for name, answer in answers.items():
        expect(await answer, f"answer to {name}")


@scenario("an unknown procedure is an error")
async def unknown_procedure(run):
    caller = await run.join()
    error = await error_of(caller.call(run.uri("nobody.has.this")))
    expect(error.error, "wamp.error.no_such_procedure", "error")


@scenario("a procedure cannot be registered twice")
async def registered_twice(run):
    one, other = await run.join(), await run.join()
    await one.register(lambda: 1, run.uri("taken"))
    error = await error_of(other.register(lambda: 2, run.uri("taken")))
    expect(error.error, "wamp.error.procedure_already_exists", "error")
    expect(await other.call(run.uri("taken")), 1)


@scenario("an unregistered procedure is gone")
async def unregister(run):
    callee, caller = await run.join(), await run.join()
    registration = await callee.register(lambda: 1, run.uri("gone"))
    await registration.unregister()
    error = await error_of(caller.call(run.uri("gone")))
    expect(error.error, "wamp.error.no_such_procedure", "error")


@scenario("an error of the application keeps its URI, arguments and keyword arguments")
async def application_error(run):
    callee, caller = await run.join(), await run.join()

    def fail(*args, **kwargs):
        raise ApplicationError("com.example.error.out_of_stock", *args, **kwargs)

    await callee.register(fail, run.uri("fail"))
    error = await error_of(caller.call(run.uri("fail"), "Ananas", 3, until={"day": 24}))
    expect(error.error, "com.example.error.out_of_stock", "error")
    expect(error.args, ["Ananas", 3], "arguments")
    expect(error.kwargs, {"until": {"day": 24}}, "keyword arguments")


@scenario("an exception in a procedure is a runtime error")
async def runtime_error(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(lambda: 1 // 0, run.uri("divide"))
    error = await error_of(caller.call(run.uri("divide")))
    expect(error.error, "wamp.error.runtime_error", "error")


@scenario("progressive results arrive in order before the result")
async def progressive_results(run):
    callee, caller = await run.join(), await run.join()

    def count(n, details):
        for i in range(n):
            details.progress(i, half=i / 2)
        return "done"

    await callee.register(count, run.uri("count"), RegisterOptions(details_arg="details"))
    progress = []
    options = CallOptions(on_progress=lambda i, half: progress.append((i, half)))
    expect(await caller.call(run.uri("count"), 20, options=options), "done")
    expect(progress, [(i, i / 2) for i in range(20)], "progress")


@scenario("a callee sees whether progress is wanted")
async def progress_not_wanted(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(
        lambda details: details.progress is None, run.uri("plain"), RegisterOptions(details_arg="details")
    )
    expect(await caller.call(run.uri("plain")), True)


@scenario("a caller is not disclosed unless it asks for it")
async def caller_not_disclosed(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(
        lambda details: [details.caller, details.caller_authid, details.caller_authrole],
        run.uri("who"),
        RegisterOptions(details_arg="details"),
    )
    expect(await caller.call(run.uri("who")), [None, None, None])


@scenario("a canceled call interrupts the callee, and both sessions live on")
async def cancel(run):
    callee, caller = await run.join(), await run.join()
    patient = Patient(run)
    await callee.register(patient.answer, run.uri("wait"))
    await callee.register(lambda: "still here", run.uri("after"))
    answer = caller.call(run.uri("wait"))
    await run.within(patient.invoked)
    txaio.cancel(answer)
    try:
        await answer
        raise AssertionError("a canceled call succeeded")
    except run.cancelled:
        pass
    await run.within(patient.interrupted)
    expect(await caller.call(run.uri("after")), "still here")


@scenario("a call that is not answered in time fails, and the callee is interrupted")
async def call_timeout(run):
    callee, caller = await run.join(), await run.join()
    patient = Patient(run)
    await callee.register(patient.answer, run.uri("wait"))
    await callee.register(lambda: "still here", run.uri("after"))
    error = await error_of(run.within(caller.call(run.uri("wait"), options=CallOptions(timeout=100))))
    expect(error.error, "wamp.error.timeout", "error")
    await run.within(patient.interrupted)
    expect(await caller.call(run.uri("after")), "still here")


@scenario("a call is answered when its callee leaves or is lost")
async def callee_lost(run):
    for end in (lambda session: session.leave(), lambda session: session.transport.abort()):
        callee, caller = await run.connect(), await run.join()
        await callee.joined
        invoked = Once()

        def never():
            invoked.set()
            return txaio.create_future()

        await callee.register(never, run.uri("never"))
        answer = caller.call(run.uri("never"))
        await run.within(invoked)
        end(callee)
        error = await error_of(run.within(answer))
        expect(error.error, "wamp.error.canceled", "error")
        error = await error_of(caller.call(run.uri("never")))
        expect(error.error, "wamp.error.no_such_procedure", "error")


# --- Registrations by pattern, and shared ones --------------------------------------------------------------------


@scenario("the most specific registration is called and told the procedure")
async def pattern_registrations(run):
    callee, caller = await run.join(), await run.join()

    def endpoint(name):
        return lambda details: [name, details.procedure]

    for name, uri, match in (
        ("exact", run.uri("shop.item.price"), "exact"),
        ("longer prefix", run.uri("shop.item."), "prefix"),
        ("prefix", run.uri("shop."), "prefix"),
        ("wildcard", run.uri("store..price"), "wildcard"),
    ):
        await callee.register(endpoint(name), uri, RegisterOptions(match=match, details_arg="details"))
    for procedure, name in (
        ("shop.item.price", "exact"),
        ("shop.item.colour", "longer prefix"),
        ("shop.open", "prefix"),
        ("store.banana.price", "wildcard"),
    ):
        expect(await caller.call(run.uri(procedure)), [name, run.uri(procedure)], procedure)
    error = await error_of(caller.call(run.uri("store.banana.colour")))
    expect(error.error, "wamp.error.no_such_procedure", "error")


@scenario("a shared registration spreads its calls by its policy")
async def shared_registrations(run):
    caller = await run.join()
    callees = [await run.join() for _ in range(3)]
    for policy in ("roundrobin", "first", "last", "random"):
        calls = [0, 0, 0]

        def endpoint(number):
            def work():
                calls[number] += 1
                return number

            return work

        ids = set()
        for number, callee in enumerate(callees):
            registration = await callee.register(endpoint(number), run.uri(policy), RegisterOptions(invoke=policy))
            ids.add(registration.id)
        expect(len(ids), 1, "registration ids")
        for _ in range(30):
            await caller.call(run.uri(policy))
        expected = {"roundrobin": [10, 10, 10], "first": [30, 0, 0], "last": [0, 0, 30]}.get(policy, calls)
        expect(calls, expected, f"calls by {policy}")
        expect(sum(calls), 30, f"calls by {policy}")


@scenario("a callee gets as many calls at a time as it wants")
async def concurrency(run):
    caller, callee = await run.join(), await run.join()
    invoked, released = Once(), Once()

    async def work():
        if not released.is_set:
            invoked.set()
        return await released

    await callee.register(work, run.uri("busy"), RegisterOptions(concurrency=1))
    answer = caller.call(run.uri("busy"))
    await run.within(invoked)
    error = await error_of(caller.call(run.uri("busy")))
    expect(error.error, "crossbar.error.max_concurrency_reached", "error")
    released.set("done")
    expect(await answer, "done")
    expect(await caller.call(run.uri("busy")), "done")


# --- Events -------------------------------------------------------------------------------------------------------


@scenario("an event reaches its subscribers with arguments and keyword arguments")
async def event(run):
    subscribers, publisher = [await run.join() for _ in range(3)], await run.join()
    collectors = [Collector(2) for _ in subscribers]
    for subscriber, collector in zip(subscribers, collectors):
        await subscriber.subscribe(collector, run.uri("news"))
    publication = await publisher.publish(
        run.uri("news"), "headline", 7, tags=["a"], options=PublishOptions(acknowledge=True)
    )
    expect(1 <= publication.id <= 2**53, True, f"publication id {publication.id} in range")
    publisher.publish(run.uri("news"))
    for collector in collectors:
        expect(await run.within(collector.done), [(["headline", 7], {"tags": ["a"]}), ([], {})], "events")


@scenario("a publisher gets its own event only if it asks for it")
async def publisher_exclusion(run):
    publisher, other = await run.join(), await run.join()
    own, others = Collector(1), Collector(2)
    await publisher.subscribe(own, run.uri("topic"))
    await other.subscribe(others, run.uri("topic"))
    publisher.publish(run.uri("topic"), 1)
    await publisher.publish(run.uri("topic"), 2, options=PublishOptions(exclude_me=False, acknowledge=True))
    expect(await run.within(others.done), [([1], {}), ([2], {})], "events of the other")
    expect(await run.within(own.done), [([2], {})], "events of the publisher")


@scenario("events of one publisher arrive in order")
async def event_order(run):
    publisher, subscriber = await run.join(), await run.join()
    collector = Collector(300)
    await subscriber.subscribe(collector, run.uri("even"))
    await subscriber.subscribe(collector, run.uri("odd"))
    for number in range(300):
        publisher.publish(run.uri("odd" if number % 2 else "even"), number)
    expect(await run.within(collector.done), [([number], {}) for number in range(300)], "events")


@scenario("no event arrives after unsubscribing")
async def unsubscribe(run):
    publisher, subscriber = await run.join(), await run.join()
    dropped, kept = Collector(1), Collector(1)
    subscription = await subscriber.subscribe(dropped, run.uri("dropped"))
    await subscriber.subscribe(kept, run.uri("kept"))
    await subscription.unsubscribe()
    publisher.publish(run.uri("dropped"), "lost")
    publisher.publish(run.uri("kept"), "found")
    expect(await run.within(kept.done), [(["found"], {})], "events")
    expect(dropped.received, [], "events after unsubscribing")


@scenario("one event reaches exact, prefix and wildcard subscriptions, each once")
async def pattern_subscriptions(run):
    publisher, subscriber = await run.join(), await run.join()
    received, all_there = [], Once()

    def handler(name):
        def note(number, details):
            received.append((name, details.topic, details.publication, number))
            if len(received) == 4:
                all_there.set()

        return note

    for name, uri in (("exact", "shop.apple.sold"), ("prefix", "shop.a"), ("wildcard", "shop..sold")):
        await subscriber.subscribe(handler(name), run.uri(uri), SubscribeOptions(match=name, details_arg="details"))
    acknowledge = PublishOptions(acknowledge=True)
    apple = await publisher.publish(run.uri("shop.apple.sold"), 1, options=acknowledge)
    pear = await publisher.publish(run.uri("shop.pear.sold"), 2, options=acknowledge)
    await run.within(all_there)
    expected = [(name, run.uri("shop.apple.sold"), apple.id, 1) for name in ("exact", "prefix", "wildcard")]
    expect(sorted(received[:3]), expected, "events of the first publication")
    expect(received[3:], [("wildcard", run.uri("shop.pear.sold"), pear.id, 2)], "events of the second")


@scenario("receivers of an event are chosen by session, authid and role")
async def eligible_and_excluded(run):
    publisher, one, other = await run.join(), await run.join(), await run.join()
    of_one, of_other = Collector(4), Collector(4)
    await one.subscribe(of_one, run.uri("topic"))
    await other.subscribe(of_other, run.uri("topic"))
    for text, options in (
        ("only one", PublishOptions(eligible=[one.session_id])),
        ("not one", PublishOptions(exclude=[one.session_id])),
        ("only one's authid", PublishOptions(eligible_authid=[one.authid])),
        ("not one's authid", PublishOptions(exclude_authid=[one.authid])),
        ("nobody", PublishOptions(eligible=[])),
        ("nobody at once one and not one", PublishOptions(eligible=[one.session_id], exclude_authid=[one.authid])),
        ("not the anonymous", PublishOptions(exclude_authrole=["anonymous"])),
        ("the anonymous", PublishOptions(eligible_authrole=["anonymous"])),
        ("everybody", PublishOptions()),
    ):
        publisher.publish(run.uri("topic"), text, options=options)
    for collector, texts in (
        (of_one, ["only one", "only one's authid", "the anonymous", "everybody"]),
        (of_other, ["not one", "not one's authid", "the anonymous", "everybody"]),
    ):
        expect([args[0] for args, _ in await run.within(collector.done)], texts, "events")


@scenario("a retained event comes to who asks for it")
async def event_retention(run):
    publisher, subscriber = await run.join(), await run.join()
    options = PublishOptions(acknowledge=True, retain=True)
    for number in range(2):
        await publisher.publish(run.uri("state"), number, key="value", options=options)
    received, came = [], Once()

    def handler(number, key, details):
        received.append((number, key, details.retained))
        came.set()

    ask = SubscribeOptions(get_retained=True, details_arg="details")
    await subscriber.subscribe(handler, run.uri("state"), ask)
    await run.within(came)
    await publisher.publish(run.uri("state"), 2, key="value", options=PublishOptions(acknowledge=True))
    live = Collector(1)
    await subscriber.subscribe(live, run.uri("end"))
    publisher.publish(run.uri("end"))
    await run.within(live.done)
    expect(received, [(1, "value", True), (2, "value", None)], "events")


# --- Meta API -----------------------------------------------------------------------------------------------------


@scenario("sessions can be counted, listed, looked at and killed")
async def session_meta_api(run):
    asking, victim = await run.join(), await run.connect()
    await victim.joined
    number = victim.session_id  # Once it has left it has none any more.
    sessions = await asking.call("wamp.session.list")
    expect({asking.session_id, number} <= set(sessions), True, "sessions listed")
    expect(await asking.call("wamp.session.count", ["no such role"]), 0, "sessions of no role")
    details = await asking.call("wamp.session.get", number)
    expect(details["authid"], victim.authid, "authid")
    expect(details["transport"]["channel_serializer"], run.serializer, "serializer")
    await asking.call("wamp.session.kill", number, reason="com.example.fired", message="go home")
    left = await run.within(victim.left)
    expect([left.reason, left.message], ["com.example.fired", "go home"], "GOODBYE")
    error = await error_of(asking.call("wamp.session.get", number))
    expect(error.error, "wamp.error.no_such_session", "error")


@scenario("sessions are told of as they join and leave")
async def session_meta_events(run):
    watcher = await run.join()
    joined, left, number, both = [], [], [], Once()

    def on_leave(session, authid, authrole):
        left.append(session)
        if number[0] in left:
            both.set()

    await watcher.subscribe(lambda details: joined.append(details["session"]), "wamp.session.on_join")
    await watcher.subscribe(on_leave, "wamp.session.on_leave")
    other = await run.connect()
    await other.joined
    number.append(other.session_id)
    other.leave()
    await run.within(both)
    expect(number[0] in joined, True, "joined")


@scenario("registrations and subscriptions can be looked up")
async def registration_meta_api(run):
    callee, asking = await run.join(), await run.join()
    registration = await callee.register(lambda: 1, run.uri("work"), RegisterOptions(match="prefix"))
    subscription = await callee.subscribe(lambda: None, run.uri("news"))
    expect(await asking.call("wamp.registration.lookup", run.uri("work"), {"match": "prefix"}), registration.id)
    expect(await asking.call("wamp.registration.match", run.uri("work.hard")), registration.id)
    expect(await asking.call("wamp.registration.list_callees", registration.id), [callee.session_id])
    expect((await asking.call("wamp.registration.get", registration.id))["uri"], run.uri("work"))
    expect(subscription.id in await asking.call("wamp.subscription.match", run.uri("news")), True, "a match")
    expect(await asking.call("wamp.subscription.count_subscribers", subscription.id), 1)
    error = await error_of(asking.call("wamp.registration.get", 123456789))
    expect(error.error, "wamp.error.no_such_registration", "error")


@scenario("events that nobody heard can be asked for")
async def event_history(run):
    publisher, reader = await run.join(), await run.join()
    topic, options = run.uri("orders"), PublishOptions(acknowledge=True)
    publications = [await publisher.publish(topic, number, key="value", options=options) for number in range(3)]
    subscription = await reader.call("wamp.subscription.lookup", "com.example.", {"match": "prefix"})
    events = await reader.call("wamp.subscription.get_events", subscription, topic=topic)
    told = [(event["publication"], event["args"], event["kwargs"]) for event in events]
    expect(told, [(publications[number].id, [number], {"key": "value"}) for number in range(3)], "events")
    latest = await reader.call("wamp.subscription.get_events", subscription, topic=topic, reverse=True, limit=1)
    expect([event["args"] for event in latest], [[2]], "latest event")


@scenario("a testament is published when its session is gone")
async def testament(run):
    heir, testator = await run.join(), await run.connect()
    await testator.joined
    heritage = Collector(1)
    await heir.subscribe(heritage, run.uri("gone"))
    await testator.call("wamp.session.add_testament", run.uri("flushed"), ["never"], {})
    await testator.call("wamp.session.flush_testaments")
    await testator.call("wamp.session.add_testament", run.uri("gone"), ["farewell", 1], {"to": "all"})
    testator.leave()
    expect(await run.within(heritage.done), [(["farewell", 1], {"to": "all"})], "events")


# --- Payloads -----------------------------------------------------------------------------------------------------


@scenario("URIs outside of ASCII are called and published to")
async def unicode_uris(run):
    session, other = await run.join(), await run.join()
    collector = Collector(1)
    await session.register(lambda: "Grüße", run.uri("grüße.世界"))
    await session.subscribe(collector, run.uri("ereignis.ß"))
    expect(await other.call(run.uri("grüße.世界")), "Grüße")
    other.publish(run.uri("ereignis.ß"), "ß")
    expect(await run.within(collector.done), [(["ß"], {})], "events")


async def exchange(run, one, other):
    """Sends every value both ways in calls, and as events; both sides compare it with the table's."""

    def check(name, value, keyword):
        expect(value, values.by_name(name), f"{name} as argument")
        expect(keyword, values.by_name(name), f"{name} as keyword argument")
        return CallResult(value, keyword=values.by_name(name))

    topic = run.uri(f"values.{one.session_id}")
    collector = Collector(len(values.ALL))
    await other.register(check, topic)
    await other.subscribe(collector, topic)
    for name, value in values.ALL.items():
        result = await one.call(topic, name, value, keyword=value)
        expect(result.results, [value], f"{name} as result")
        expect(result.kwresults, {"keyword": value}, f"{name} as named result")
        one.publish(topic, name, value, keyword=value)
    expected = [([name, value], {"keyword": value}) for name, value in values.ALL.items()]
    expect(await run.within(collector.done), expected, "events")


@scenario("every value arrives as it was sent")
async def payloads(run):
    await exchange(run, await run.join(), await run.join())


@scenario("every value survives the way between serializers")
async def payloads_between_serializers(run):
    for serializer in {"json", "msgpack", "cbor"} - {run.serializer}:
        await exchange(run, await run.join(), await run.join(serializer))


@scenario("payloads of 100 kB pass")
async def great_payloads(run):
    callee, caller = await run.join(), await run.join()
    await callee.register(lambda value: value, run.uri("echo"))
    for payload in ("ü" * 50_000, list(range(20_000)), bytes(range(256)) * 360):
        expect(await caller.call(run.uri("echo"), payload), payload)
