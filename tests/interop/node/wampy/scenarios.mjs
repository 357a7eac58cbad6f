// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What Wampy.js does with the router, one function for each behaviour, in the order of the spec.

import * as values from '../values.mjs';
import { expect } from '../values.mjs';
import { deferred, errorOf, within } from '../waits.mjs';

export const scenarios = new Map();

/// An event handler that keeps what the events brought; `done` is the promise of all, once enough came.
function collector(enough) {
    const { promise, resolve } = deferred();
    const received = [];
    const handler = (event) => {
        received.push(event);
        if (received.length === enough) {
            resolve(received);
        }
    };
    return { handler, received, done: () => within(promise, `${enough} events`) };
}

const payloadOf = (events) => events.map(({ argsList, argsDict }) => [argsList, argsDict]);
const argumentsOf = (events) => events.map(({ argsList }) => argsList);

// --- Sessions ------------------------------------------------------------------------------------------------------

scenarios.set('a client joins and learns who it is and what the router can do', async (run) => {
    const { welcome } = await run.join();
    expect([welcome.realm, welcome.authrole, welcome.authmethod], [run.realm, 'anonymous', 'anonymous']);
    expect(typeof welcome.authid, 'string', 'type of authid');
    for (const feature of ['call_canceling', 'payload_passthru_mode', 'progressive_call_invocations']) {
        expect(welcome.roles.dealer.features[feature], true, feature);
    }
    expect(welcome.roles.broker.features.payload_passthru_mode, true, 'payload_passthru_mode');
});

scenarios.set('an unknown realm is refused by name', async (run) => {
    const { errorUri } = await errorOf(within(run.client({ realm: 'no.such.realm' }).connect(), 'ABORT'));
    expect(errorUri, 'wamp.error.no_such_realm', 'reason');
});

// --- Calls ---------------------------------------------------------------------------------------------------------

scenarios.set('a procedure is called with arguments and keyword arguments', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('add'), ({ argsList: [x, y], argsDict: { scale = 1 } = {} }) => {
        return { argsList: [(x + y) * scale] };
    });
    expect((await caller.call(run.uri('add'), [2, 3])).argsList, [5]);
    expect((await caller.call(run.uri('add'), { argsList: [2, 3], argsDict: { scale: 10 } })).argsList, [50]);
});

scenarios.set('results are none, one, several and named', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('empty'), () => undefined);
    await callee.register(run.uri('null'), () => ({ argsList: [null] }));
    await callee.register(run.uri('several'), () => ({ argsList: [1, 'two'], argsDict: { three: [3] } }));
    await callee.register(run.uri('named'), () => ({ argsDict: { name: 'value' } }));
    const results = [];
    for (const name of ['empty', 'null', 'several', 'named']) {
        results.push(await caller.call(run.uri(name)));
    }
    const several = [[1, 'two'], { three: [3] }];
    expect(payloadOf(results), [[undefined, undefined], [[null], undefined], several, [[], { name: 'value' }]]);
});

scenarios.set('what is not there, there already, or no longer there is an error', async (run) => {
    const [one, other] = [await run.join(), await run.join()];
    expect((await errorOf(one.call(run.uri('work')))).errorUri, 'wamp.error.no_such_procedure');
    await one.register(run.uri('work'), () => ({ argsList: [1] }));
    const { errorUri } = await errorOf(other.register(run.uri('work'), () => ({ argsList: [2] })));
    expect(errorUri, 'wamp.error.procedure_already_exists', 'error');
    expect((await other.call(run.uri('work'))).argsList, [1]);
    await one.unregister(run.uri('work'));
    expect((await errorOf(other.call(run.uri('work')))).errorUri, 'wamp.error.no_such_procedure');
});

scenarios.set('an error of the application keeps its URI, arguments and keyword arguments', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('fail'), ({ argsList, argsDict }) => {
        throw { error: 'com.example.error.out_of_stock', argsList, argsDict };
    });
    const payload = { argsList: ['Ananas', 3], argsDict: { until: { day: 24 } } };
    const { errorUri, argsList, argsDict } = await errorOf(caller.call(run.uri('fail'), payload));
    expect([errorUri, { argsList, argsDict }], ['com.example.error.out_of_stock', payload]);
});

scenarios.set('a YIELD behind an ERROR is passed over', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    // Wampy sends YIELD when the procedure returns, whatever its error handler has sent.
    await callee.register(run.uri('fail'), ({ error_handler: fail }) => fail({ error: 'com.example.error.no' }));
    await callee.register(run.uri('after'), () => ({ argsList: ['still here'] }));
    expect((await errorOf(caller.call(run.uri('fail')))).errorUri, 'com.example.error.no', 'error');
    expect((await caller.call(run.uri('after'))).argsList, ['still here']);
});

scenarios.set('progressive results arrive in order before the result, if they are wanted', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('count'), ({ argsList: [n], result_handler: send }) => {
        for (let i = 0; i < n; ++i) {
            send({ argsList: [i], options: { progress: true } });
        }
        return { argsList: ['done'] };
    });
    const progress = collector(20);
    const wanted = await caller.call(run.uri('count'), [20], { progress_callback: progress.handler });
    expect(wanted.argsList, ['done'], 'result');
    expect(argumentsOf(progress.received), Array.from({ length: 20 }, (_, i) => [i]), 'progress');
    expect((await caller.call(run.uri('count'), [20])).argsList, ['done'], 'result alone');
});

scenarios.set('arguments in parts are refused for a callee that does not take them', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('sum'), () => ({ argsList: [0] }));
    const { errorUri } = await errorOf(caller.progressiveCall(run.uri('sum'), [1]).result);
    expect(errorUri, 'wamp.error.feature_not_supported', 'error');
});

scenarios.set('a caller is disclosed if it asks for it, and only then', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('who'), ({ details: { caller: id = null, caller_authrole: role = null } }) => {
        return { argsList: [id, role] };
    });
    expect((await caller.call(run.uri('who'))).argsList, [null, null]);
    const { argsList } = await caller.call(run.uri('who'), null, { disclose_me: true });
    expect(argsList, [caller.getSessionId(), 'anonymous']);
});

/// A caller and a callee of two procedures: 'wait', which answers when `released` is resolved, and 'after', at once.
async function waiting(run) {
    const [callee, caller] = [await run.join(), await run.join()];
    const [invoked, released] = [deferred(), deferred()];
    await callee.register(run.uri('wait'), () => {
        invoked.resolve();
        return released.promise;
    });
    await callee.register(run.uri('after'), () => ({ argsList: ['still here'] }));
    return { caller, invoked: invoked.promise, released };
}

for (const mode of ['skip', 'kill', 'killnowait']) {
    scenarios.set(`a call is canceled in the mode ${mode} although its callee cannot be interrupted`, async (run) => {
        const { caller, invoked, released } = await waiting(run);
        const call = caller.call(run.uri('wait'));
        const { reqId } = caller.getOpStatus();
        await within(invoked, 'INVOCATION');
        caller.cancel(reqId, { mode });
        expect((await errorOf(within(call, 'ERROR'))).errorUri, 'wamp.error.canceled', 'error');
        released.resolve({ argsList: ['too late'] });
        expect((await caller.call(run.uri('after'))).argsList, ['still here']);
    });
}

scenarios.set('a call that is not answered in time fails', async (run) => {
    const { caller, released } = await waiting(run);
    const { errorUri } = await errorOf(within(caller.call(run.uri('wait'), null, { timeout: 50 }), 'ERROR'));
    expect(errorUri, 'wamp.error.timeout', 'error');
    released.resolve({ argsList: ['too late'] });
    expect((await caller.call(run.uri('after'))).argsList, ['still here']);
});

scenarios.set('prefix and wildcard registrations are told the procedure', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    for (const [uri, match] of [['shop.apple', 'prefix'], ['shop..sell', 'wildcard'], ['shop.apple.buy', 'exact']]) {
        const tell = ({ details: { procedure } }) => ({ argsList: [match, procedure] });
        await callee.register(run.uri(uri), tell, { match });
    }
    const called = async (name) => (await caller.call(run.uri(name))).argsList;
    expect(await called('shop.apple.sell'), ['prefix', run.uri('shop.apple.sell')]);
    expect(await called('shop.pear.sell'), ['wildcard', run.uri('shop.pear.sell')]);
    expect((await called('shop.apple.buy'))[0], 'exact');
});

scenarios.set('a shared registration takes its callees in turn', async (run) => {
    const caller = await run.join();
    const calls = [0, 0, 0];
    for (const index of calls.keys()) {
        const callee = await run.join();
        await callee.register(run.uri('work'), () => void ++calls[index], { invoke: 'roundrobin' });
    }
    for (let i = 0; i < 9; ++i) {
        await caller.call(run.uri('work'));
    }
    expect(calls, [3, 3, 3], 'calls');
});

// --- Events --------------------------------------------------------------------------------------------------------

scenarios.set('an event reaches its subscribers with arguments and keyword arguments', async (run) => {
    const publisher = await run.join();
    const collectors = [collector(2), collector(2)];
    for (const { handler } of collectors) {
        const subscriber = await run.join();
        await subscriber.subscribe(run.uri('news'), handler);
    }
    await publisher.publish(run.uri('news'), { argsList: ['headline', 7], argsDict: { tags: ['a'] } });
    await publisher.publish(run.uri('news'));
    for (const { done } of collectors) {
        expect(payloadOf(await done()), [[['headline', 7], { tags: ['a'] }], [undefined, undefined]], 'events');
    }
});

scenarios.set('a publisher does not get its own event, and is disclosed only if it asks for it', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const [own, events] = [collector(1), collector(2)];
    await publisher.subscribe(run.uri('topic'), own.handler);
    await subscriber.subscribe(run.uri('topic'), events.handler);
    await publisher.publish(run.uri('topic'), [1]);
    await publisher.publish(run.uri('topic'), [2], { disclose_me: true, exclude_me: true });
    const publishers = (await events.done()).map(({ details }) => [details.publisher, details.publisher_authrole]);
    expect(publishers, [[undefined, undefined], [publisher.getSessionId(), 'anonymous']], 'publishers');
    await subscriber.publish(run.uri('topic'), [3]);
    expect(argumentsOf(await own.done()), [[3]], 'events that the publisher got');
});

scenarios.set('receivers of an event are chosen by session, authid and authrole', async (run) => {
    const [publisher, one, other] = [await run.join(), await run.join(), await run.join()];
    const [ofOne, ofOther] = [collector(4), collector(3)];
    await one.subscribe(run.uri('topic'), ofOne.handler);
    await other.subscribe(run.uri('topic'), ofOther.handler);
    const { authid } = one.welcome;
    const choices = [
        ['only one', { eligible: [one.getSessionId()] }],
        ['not one', { exclude: [one.getSessionId()] }],
        ['only one, by authid', { eligible_authid: authid }],
        ['not one, by authid', { exclude_authid: [authid] }],
        ['nobody', { exclude_authrole: ['anonymous'] }],
        ['nobody, too', { eligible_authrole: 'no.such.role' }],
        ['one again', { eligible_authid: authid, eligible_authrole: 'anonymous' }],
        ['everybody', {}],
    ];
    for (const [text, options] of choices) {
        await publisher.publish(run.uri('topic'), [text], options);
    }
    expect(argumentsOf(await ofOne.done()).flat(), ['only one', 'only one, by authid', 'one again', 'everybody']);
    expect(argumentsOf(await ofOther.done()).flat(), ['not one', 'not one, by authid', 'everybody']);
});

scenarios.set('events of one publisher arrive in order', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const events = collector(200);
    await subscriber.subscribe(run.uri('even'), events.handler);
    await subscriber.subscribe(run.uri('odd'), events.handler);
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    await Promise.all(numbers.map((number) => publisher.publish(run.uri(number % 2 ? 'odd' : 'even'), [number])));
    expect(argumentsOf(await events.done()).flat(), numbers, 'events');
});

scenarios.set('no event arrives after unsubscribing', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const [dropped, kept] = [collector(1), collector(1)];
    const { subscriptionId } = await subscriber.subscribe(run.uri('dropped'), dropped.handler);
    await subscriber.subscribe(run.uri('kept'), kept.handler);
    await subscriber.unsubscribe(subscriptionId);
    await publisher.publish(run.uri('dropped'), ['lost']);
    await publisher.publish(run.uri('kept'), ['found']);
    expect(argumentsOf(await kept.done()), [['found']], 'events');
    expect(dropped.received, [], 'events after unsubscribing');
});

scenarios.set('one event reaches exact, prefix and wildcard subscriptions, each once', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const [exact, prefix, wildcard] = [collector(1), collector(1), collector(2)];
    await subscriber.subscribe(run.uri('shop.apple.sold'), exact.handler);
    await subscriber.subscribe(run.uri('shop.a'), prefix.handler, { match: 'prefix' });
    await subscriber.subscribe(run.uri('shop..sold'), wildcard.handler, { match: 'wildcard' });
    await publisher.publish(run.uri('shop.apple.sold'), [1]);
    await publisher.publish(run.uri('shop.pear.sold'), [2]);
    const noted = (events) => events.map(({ argsList, details }) => [...argsList, details.topic]);
    expect(argumentsOf(await exact.done()), [[1]], 'exact');
    expect(noted(await prefix.done()), [[1, run.uri('shop.apple.sold')]], 'prefix');
    const both = [[1, run.uri('shop.apple.sold')], [2, run.uri('shop.pear.sold')]];
    expect(noted(await wildcard.done()), both, 'wildcard');
});

// --- Meta API ------------------------------------------------------------------------------------------------------

scenarios.set('sessions can be listed, looked at and killed', async (run) => {
    const [asking, victim] = [await run.join(), run.client()];
    await within(victim.connect(), 'WELCOME');
    const id = run.id(victim);
    const { argsList: [sessions] } = await asking.call('wamp.session.list');
    const all = sessions.map(Number);
    expect([asking, victim].every((client) => all.includes(Number(client.getSessionId()))), true, 'sessions listed');
    const { argsList: [{ authid, transport }] } = await asking.call('wamp.session.get', [id]);
    expect([typeof authid, transport.channel_serializer], ['string', run.serializer], 'session');
    await asking.call('wamp.session.kill', { argsList: [id], argsDict: { reason: 'com.example.fired' } });
    await within(victim.over, 'the end of the connection');
    const { errorUri } = await errorOf(asking.call('wamp.session.get', [id]));
    expect(errorUri, 'wamp.error.no_such_session', 'error');
});

scenarios.set('registrations and subscriptions can be looked up', async (run) => {
    const [callee, asking] = [await run.join(), await run.join()];
    const { registrationId } = await callee.register(run.uri('work'), () => undefined, { match: 'prefix' });
    const { subscriptionId } = await callee.subscribe(run.uri('news'), () => {});
    const answer = async (...call) => (await asking.call(...call)).argsList[0];
    expect(await answer('wamp.registration.match', [run.uri('work.hard')]), registrationId);
    expect(await answer('wamp.registration.list_callees', [registrationId]), [callee.getSessionId()]);
    expect((await answer('wamp.subscription.match', [run.uri('news')])).includes(subscriptionId), true, 'a match');
    expect((await answer('wamp.subscription.get', [subscriptionId])).uri, run.uri('news'));
});

scenarios.set('what other sessions do is told by meta events', async (run) => {
    const [watching, acting] = [await run.join(), run.client()];
    const topics = ['session.on_join', 'registration.on_create', 'subscription.on_subscribe', 'session.on_leave'];
    const told = [];
    const over = deferred();
    let id;  // All tests are in one realm: others do the same meanwhile.
    for (const topic of topics) {
        await watching.subscribe(`wamp.${topic}`, ({ argsList: [first] }) => {
            told.push([topic, Number(first.session ?? first)]);
            if (topic === 'session.on_leave' && Number(first) === id) {
                over.resolve();
            }
        });
    }
    await within(acting.connect(), 'WELCOME');
    id = Number(acting.getSessionId());
    await acting.register(run.uri('work'), () => undefined);
    await acting.subscribe(run.uri('news'), () => {});
    await acting.disconnect();
    await within(over.promise, 'wamp.session.on_leave');
    expect(told.filter(([, session]) => session === id).map(([topic]) => topic), topics, 'events');
});

scenarios.set('events that nobody heard can be asked for', async (run) => {
    const [publisher, reader] = [await run.join(), await run.join()];
    const topic = run.uri('orders');
    for (const number of [1, 2, 3]) {
        await publisher.publish(topic, [number]);
    }
    const lookup = ['com.example.', { match: 'prefix' }];
    const { argsList: [subscription] } = await reader.call('wamp.subscription.lookup', lookup);
    const payload = { argsList: [subscription], argsDict: { topic, limit: 2 } };
    const { argsList: [events] } = await reader.call('wamp.subscription.get_events', payload);
    expect(events.map(({ args }) => args), [[1], [2]], 'events');
});

scenarios.set('a testament is published when its session is gone', async (run) => {
    const [heir, testator] = [await run.join(), run.client()];
    await within(testator.connect(), 'WELCOME');
    const heritage = collector(1);
    await heir.subscribe(run.uri('gone'), heritage.handler);
    await testator.call('wamp.session.add_testament', [run.uri('gone'), ['farewell', 1], { to: 'all' }]);
    await testator.disconnect();
    expect(payloadOf(await heritage.done()), [[['farewell', 1], { to: 'all' }]], 'events');
});

// --- Payloads ------------------------------------------------------------------------------------------------------

scenarios.set('URIs outside of ASCII are called', async (run) => {
    const client = await run.join();
    await client.register(run.uri('grüße.世界'), () => ({ argsList: ['Grüße'] }));
    expect((await client.call(run.uri('grüße.世界'))).argsList, ['Grüße']);
});

scenarios.set('every value arrives as it was sent', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    const table = values.all(run.serializer);
    const events = collector(Object.keys(table).length);
    await callee.register(run.uri('check'), ({ argsList: [name, value], argsDict: { keyword } }) => {
        expect([value, keyword], [values.byName(name), values.byName(name)], name);
        return { argsList: [value], argsDict: { keyword } };
    });
    await callee.subscribe(run.uri('values'), events.handler);
    for (const [name, value] of Object.entries(table)) {
        const payload = { argsList: [name, value], argsDict: { keyword: value } };
        const { argsList, argsDict } = await caller.call(run.uri('check'), payload);
        expect([argsList, argsDict], [[value], { keyword: value }], `${name} as result`);
        await caller.publish(run.uri('values'), payload);
    }
    const expected = Object.entries(table).map(([name, value]) => [[name, value], { keyword: value }]);
    expect(payloadOf(await events.done()), expected, 'events');
});

scenarios.set('payloads of 100 kB pass', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('echo'), ({ argsList }) => ({ argsList }));
    for (const payload of ['ü'.repeat(50_000), Array.from({ length: 20_000 }, (_, i) => i)]) {
        expect((await caller.call(run.uri('echo'), [payload])).argsList, [payload]);
    }
});

/// Each way to pack a payload that a client with this serializer has: Wampy's JSON has no binary.
function packings(serializer) {
    const textual = [{ ppt_scheme: 'x_example' }, { ppt_scheme: 'x_example', ppt_serializer: 'json' }];
    const binary = [
        { ppt_scheme: 'x_example', ppt_serializer: 'msgpack' },
        { ppt_scheme: 'x_example', ppt_serializer: 'cbor', ppt_cipher: 'xsalsa20poly1305', ppt_keyid: 'key 1' },
        { ppt_scheme: 'wamp', ppt_serializer: 'cbor' },
    ];
    return serializer === 'json' ? textual : [...textual, ...binary];
}

scenarios.set('packed payloads pass through calls and events, with what says how to unpack them', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    const payload = { argsList: [1, 'two'], argsDict: { three: [3] } };
    const packed = packings(run.serializer);
    const events = collector(packed.length);
    const invocations = [];
    await callee.subscribe(run.uri('news'), events.handler);
    await callee.register(run.uri('echo'), ({ argsList, argsDict, details }) => {
        invocations.push({ argsList, argsDict, details });
        return { argsList, argsDict, options: details };
    });
    const results = [];
    for (const packing of packed) {
        results.push(await caller.call(run.uri('echo'), payload, packing));
        await caller.publish(run.uri('news'), payload, packing);
    }
    const expected = packed.map((packing) => ({ ...payload, details: packing }));
    expect(invocations, expected, 'invocations');
    expect(results, expected, 'results');
    expect(await events.done(), expected, 'events');
});
