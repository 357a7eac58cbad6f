// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What Autobahn for Node does with the router, one function for each behaviour, in the order of the spec.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';

import autobahn from 'autobahn';
import ws from 'ws';
import { address } from './client.mjs';
import * as values from './values.mjs';
import { expect } from './values.mjs';
import { deferred, errorOf, within } from './waits.mjs';

export const scenarios = new Map();

/// An event handler that keeps what the events brought; `done` is the promise of all, once enough came.
function collector(enough) {
    const { promise, resolve } = deferred();
    const received = [];
    const handler = (args, kwargs, event) => {
        received.push([args, kwargs, event]);
        if (received.length === enough) {
            resolve(received);
        }
    };
    return { handler, received, done: () => within(promise, `${enough} events`) };
}

const payloadOf = (events) => events.map(([args, kwargs]) => [args, kwargs]);

// --- Sessions ------------------------------------------------------------------------------------------------------

scenarios.set('a client joins and learns who it is and what the router can do', async (run) => {
    const session = await run.join();
    const { details } = await run.connections[0].joined;
    expect([details.realm, details.authrole, details.authmethod], [run.realm, 'anonymous', 'anonymous']);
    expect(typeof details.authid, 'string', 'type of authid');
    expect(Number.isSafeInteger(session.id) && session.id >= 1, true, `session id ${session.id}`);
    for (const feature of ['caller_identification', 'call_canceling', 'progressive_call_results']) {
        expect(session.features.caller[feature], true, feature);
    }
    for (const feature of ['pattern_based_registration', 'shared_registration']) {
        expect(session.features.callee[feature], true, feature);
    }
    for (const feature of ['publisher_identification', 'subscriber_blackwhite_listing', 'publisher_exclusion']) {
        expect(session.features.publisher[feature], true, feature);
    }
    expect(session.features.subscriber.pattern_based_subscription, true, 'pattern_based_subscription');
});

scenarios.set('an unknown realm is refused by name', async (run) => {
    const { reason } = await within(run.connect('no.such.realm').closed, 'ABORT');
    expect(reason, 'wamp.error.no_such_realm', 'reason');
});

async function pingWebSocket({ url }) {
    const websocket = new ws(url, 'wamp.2.json');
    await within(once(websocket, 'open'), 'the handshake');
    websocket.ping('a payload');
    const [payload] = await within(once(websocket, 'pong'), 'PONG');
    expect(payload.toString(), 'a payload', 'payload of PONG');
    websocket.close();
    const [code] = await within(once(websocket, 'close'), 'the end of the connection');
    expect(code, 1000, 'code of the end');
}

async function pingRawSocket(run) {
    const { Protocol } = createRequire(import.meta.url)('autobahn/lib/transport/rawsocket.js');
    const socket = net.connect(address(run.url));
    const protocol = new Protocol(socket, {});
    const welcome = deferred();
    protocol.on('error', welcome.reject);  // It compares the PONG, octet by octet.
    protocol.on('connect', () => {
        protocol.ping();
        protocol.write([1, run.realm, { roles: { caller: {} } }]);
    });
    protocol.on('data', welcome.resolve);
    const [type] = await within(welcome.promise, 'WELCOME');
    expect([type, protocol._ping_timeout], [2, null], 'type of the answer to HELLO, and whether PONG is still awaited');
    protocol.close();
    await within(once(socket, 'close'), 'the end of the connection');
}

scenarios.set('a PING is answered as the client wants it', async (run) => {
    await (/^wss?:/.test(run.url) ? pingWebSocket(run) : pingRawSocket(run));
});

// --- Calls ---------------------------------------------------------------------------------------------------------

scenarios.set('a procedure is called with arguments and keyword arguments', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('add'), ([x, y], { scale = 1 }) => (x + y) * scale);
    expect(await caller.call(run.uri('add'), [2, 3]), 5);
    expect(await caller.call(run.uri('add'), [2, 3], { scale: 10 }), 50);
});

scenarios.set('results are none, one, several and named', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('null'), () => null);
    await callee.register(run.uri('empty'), () => new autobahn.Result());
    await callee.register(run.uri('several'), () => new autobahn.Result([1, 'two'], { three: [3] }));
    expect(await caller.call(run.uri('null')), null);
    expect(await caller.call(run.uri('empty')), null);
    const { args, kwargs } = await caller.call(run.uri('several'));
    expect([args, kwargs], [[1, 'two'], { three: [3] }]);
});

scenarios.set('an unknown procedure is an error', async (run) => {
    const caller = await run.join();
    const { error } = await errorOf(caller.call(run.uri('nobody.has.this')));
    expect(error, 'wamp.error.no_such_procedure', 'error');
});

scenarios.set('a procedure cannot be registered twice', async (run) => {
    const [one, other] = [await run.join(), await run.join()];
    await one.register(run.uri('taken'), () => 1);
    const { error } = await errorOf(other.register(run.uri('taken'), () => 2));
    expect(error, 'wamp.error.procedure_already_exists', 'error');
    expect(await other.call(run.uri('taken')), 1);
});

scenarios.set('an unregistered procedure is gone', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    const registration = await callee.register(run.uri('gone'), () => 1);
    await registration.unregister();
    const { error } = await errorOf(caller.call(run.uri('gone')));
    expect(error, 'wamp.error.no_such_procedure', 'error');
});

scenarios.set('an error of the application keeps its URI, arguments and keyword arguments', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('fail'), (args, kwargs) => {
        throw new autobahn.Error('com.example.error.out_of_stock', args, kwargs);
    });
    const { error, args, kwargs } = await errorOf(caller.call(run.uri('fail'), ['Ananas', 3], { until: { day: 24 } }));
    expect([error, args, kwargs], ['com.example.error.out_of_stock', ['Ananas', 3], { until: { day: 24 } }]);
});

scenarios.set('progressive results arrive in order before the result', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('count'), ([n], _, details) => {
        for (let i = 0; i < n; ++i) {
            details.progress([i]);
        }
        return 'done';
    });
    const progress = [];
    const call = caller.call(run.uri('count'), [20], {}, { receive_progress: true });
    expect(await call.then((result) => result, null, (part) => progress.push(part)), 'done');
    expect(progress, Array.from({ length: 20 }, (_, i) => i), 'progress');
});

scenarios.set('a caller is disclosed if it asks for it, and only then', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('who'), (_, __, { caller: id = null, caller_authrole: role = null }) => [id, role]);
    expect(await caller.call(run.uri('who')), [null, null]);
    expect(await caller.call(run.uri('who'), [], {}, { disclose_me: true }), [caller.id, 'anonymous']);
});

/// A caller with a call that has reached its callee, who answers it when `released` is resolved, and another procedure
/// at once: 'after'.
async function callThatWaits(run) {
    const [callee, caller] = [await run.join(), await run.join()];
    const [invoked, released] = [deferred(), deferred()];
    await callee.register(run.uri('wait'), () => {
        invoked.resolve();
        return released.promise;
    });
    await callee.register(run.uri('after'), () => 'still here');
    const call = caller.call(run.uri('wait'));
    await within(invoked.promise, 'INVOCATION');
    return { caller, released, call };
}

scenarios.set('a call that is canceled fails although its callee cannot be interrupted', async (run) => {
    const { caller, call, released } = await callThatWaits(run);
    call.cancel({ mode: 'kill' });
    const { error } = await errorOf(within(call, 'ERROR'));
    expect(error, 'wamp.error.canceled', 'error');
    released.resolve('too late');
    expect(await caller.call(run.uri('after')), 'still here');
});

scenarios.set('a call that is canceled without waiting for its end is heard no more of', async (run) => {
    const { caller, call, released } = await callThatWaits(run);
    call.cancel();
    const { error } = await errorOf(within(call, 'the end of the call'));
    expect(error, 'Cancelled', 'error');  // Autobahn's own: nothing came from the router.
    expect(await caller.call(run.uri('after')), 'still here');  // So CANCEL has arrived: a RESULT might cross it.
    released.resolve('too late');
    expect(await caller.call(run.uri('after')), 'still here');
});

scenarios.set('a call that is not answered in time fails', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('wait'), () => new Promise(() => {}));
    const { error } = await errorOf(within(caller.call(run.uri('wait'), [], {}, { timeout: 100 }), 'ERROR'));
    expect(error, 'wamp.error.timeout', 'error');
});

scenarios.set('a call is answered when its callee leaves', async (run) => {
    const [connection, caller] = [run.connect(), await run.join()];
    const { session: callee } = await connection.joined;
    const invoked = deferred();
    await callee.register(run.uri('never'), () => {
        invoked.resolve();
        return new Promise(() => {});
    });
    const call = caller.call(run.uri('never'));
    await within(invoked.promise, 'INVOCATION');
    connection.close();
    const { error } = await errorOf(within(call, 'ERROR'));
    expect(error, 'wamp.error.canceled', 'error');
});

// --- Registrations by pattern, and shared ones ---------------------------------------------------------------------

scenarios.set('the most specific registration is called and told the procedure', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    for (const [name, uri, match] of [
        ['exact', 'shop.item.price', 'exact'],
        ['longer prefix', 'shop.item.', 'prefix'],
        ['prefix', 'shop.', 'prefix'],
        ['wildcard', 'store..price', 'wildcard'],
    ]) {
        await callee.register(run.uri(uri), (_, __, { procedure }) => [name, procedure], { match });
    }
    for (const [procedure, name] of [
        ['shop.item.price', 'exact'],
        ['shop.item.colour', 'longer prefix'],
        ['shop.open', 'prefix'],
        ['store.banana.price', 'wildcard'],
    ]) {
        expect(await caller.call(run.uri(procedure)), [name, run.uri(procedure)], procedure);
    }
});

scenarios.set('a shared registration takes turns', async (run) => {
    const caller = await run.join();
    const calls = [0, 0, 0];
    for (const number of calls.keys()) {
        const callee = await run.join();
        await callee.register(run.uri('work'), () => ++calls[number], { invoke: 'roundrobin' });
    }
    for (let i = 0; i < 30; ++i) {
        await caller.call(run.uri('work'));
    }
    expect(calls, [10, 10, 10], 'calls');
});

// --- Events --------------------------------------------------------------------------------------------------------

scenarios.set('an event reaches its subscribers with arguments and keyword arguments', async (run) => {
    const publisher = await run.join();
    const collectors = [collector(2), collector(2)];
    for (const { handler } of collectors) {
        const subscriber = await run.join();
        await subscriber.subscribe(run.uri('news'), handler);
    }
    const { id } = await publisher.publish(run.uri('news'), ['headline', 7], { tags: ['a'] }, { acknowledge: true });
    publisher.publish(run.uri('news'));
    for (const { done } of collectors) {
        const events = await done();
        expect(payloadOf(events), [[['headline', 7], { tags: ['a'] }], [[], {}]], 'events');
        expect(events[0][2].publication, id, 'publication');
    }
});

scenarios.set('a publisher gets its own event only if it asks for it', async (run) => {
    const publisher = await run.join();
    const own = collector(1);
    await publisher.subscribe(run.uri('topic'), own.handler);
    publisher.publish(run.uri('topic'), [1]);
    publisher.publish(run.uri('topic'), [2], {}, { exclude_me: false });
    expect(payloadOf(await own.done()), [[[2], {}]], 'events');
});

scenarios.set('a publisher is disclosed if it asks for it, and only then', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const events = collector(2);
    await subscriber.subscribe(run.uri('topic'), events.handler);
    publisher.publish(run.uri('topic'));
    publisher.publish(run.uri('topic'), [], {}, { disclose_me: true });
    const publishers = (await events.done()).map(([, , event]) => [event.publisher, event.publisher_authrole]);
    expect(publishers, [[undefined, undefined], [publisher.id, 'anonymous']], 'publishers');
});

scenarios.set('receivers of an event are chosen by session', async (run) => {
    const [publisher, one, other] = [await run.join(), await run.join(), await run.join()];
    const [ofOne, ofOther] = [collector(2), collector(2)];
    await one.subscribe(run.uri('topic'), ofOne.handler);
    await other.subscribe(run.uri('topic'), ofOther.handler);
    publisher.publish(run.uri('topic'), ['only one'], {}, { eligible: [one.id] });
    publisher.publish(run.uri('topic'), ['not one'], {}, { exclude: [one.id] });
    publisher.publish(run.uri('topic'), ['nobody'], {}, { eligible: [] });
    publisher.publish(run.uri('topic'), ['everybody']);
    expect(payloadOf(await ofOne.done()), [[['only one'], {}], [['everybody'], {}]]);
    expect(payloadOf(await ofOther.done()), [[['not one'], {}], [['everybody'], {}]]);
});

scenarios.set('events of one publisher arrive in order', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const events = collector(300);
    await subscriber.subscribe(run.uri('even'), events.handler);
    await subscriber.subscribe(run.uri('odd'), events.handler);
    for (let number = 0; number < 300; ++number) {
        publisher.publish(run.uri(number % 2 ? 'odd' : 'even'), [number]);
    }
    expect((await events.done()).map(([[number]]) => number), Array.from({ length: 300 }, (_, i) => i), 'events');
});

scenarios.set('no event arrives after unsubscribing', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const [dropped, kept] = [collector(1), collector(1)];
    const subscription = await subscriber.subscribe(run.uri('dropped'), dropped.handler);
    await subscriber.subscribe(run.uri('kept'), kept.handler);
    await subscription.unsubscribe();
    publisher.publish(run.uri('dropped'), ['lost']);
    publisher.publish(run.uri('kept'), ['found']);
    expect(payloadOf(await kept.done()), [[['found'], {}]], 'events');
    expect(dropped.received, [], 'events after unsubscribing');
});

scenarios.set('one event reaches exact, prefix and wildcard subscriptions, each once', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    const [exact, prefix, wildcard] = [collector(1), collector(1), collector(2)];
    await subscriber.subscribe(run.uri('shop.apple.sold'), exact.handler);
    await subscriber.subscribe(run.uri('shop.a'), prefix.handler, { match: 'prefix' });
    await subscriber.subscribe(run.uri('shop..sold'), wildcard.handler, { match: 'wildcard' });
    publisher.publish(run.uri('shop.apple.sold'), [1]);
    publisher.publish(run.uri('shop.pear.sold'), [2]);
    const noted = (events) => events.map(([args, , event]) => [...args, event.topic]);
    const apple = [1, run.uri('shop.apple.sold')];
    expect(noted(await exact.done()), [apple], 'exact');
    expect(noted(await prefix.done()), [apple], 'prefix');
    expect(noted(await wildcard.done()), [apple, [2, run.uri('shop.pear.sold')]], 'wildcard');
});

scenarios.set('a retained event comes to who asks for it', async (run) => {
    const [publisher, subscriber] = [await run.join(), await run.join()];
    for (const number of [1, 2]) {
        await publisher.publish(run.uri('state'), [number], {}, { acknowledge: true, retain: true });
    }
    const events = collector(2);
    await subscriber.subscribe(run.uri('state'), events.handler, { get_retained: true });
    publisher.publish(run.uri('state'), [3]);
    expect(payloadOf(await events.done()), [[[2], {}], [[3], {}]], 'events');
});

// --- Meta API ------------------------------------------------------------------------------------------------------

scenarios.set('sessions can be listed, looked at and killed', async (run) => {
    const [asking, connection] = [await run.join(), run.connect()];
    const { session: victim } = await connection.joined;
    const number = victim.id;  // Once it has left it has none any more.
    const sessions = await asking.call('wamp.session.list');
    expect([asking.id, number].every((id) => sessions.includes(id)), true, 'sessions listed');
    const { authid, transport } = await asking.call('wamp.session.get', [number]);
    expect(typeof authid, 'string', 'type of authid');
    expect(transport.channel_serializer, run.serializer, 'serializer');
    await asking.call('wamp.session.kill', [number], { reason: 'com.example.fired', message: 'go home' });
    const { reason, message } = await within(connection.closed, 'GOODBYE');
    expect([reason, message], ['com.example.fired', 'go home'], 'GOODBYE');
    const { error } = await errorOf(asking.call('wamp.session.get', [number]));
    expect(error, 'wamp.error.no_such_session', 'error');
});

scenarios.set('registrations and subscriptions can be looked up', async (run) => {
    const [callee, asking] = [await run.join(), await run.join()];
    const registration = await callee.register(run.uri('work'), () => 1, { match: 'prefix' });
    const subscription = await callee.subscribe(run.uri('news'), () => {});
    expect(await asking.call('wamp.registration.match', [run.uri('work.hard')]), registration.id);
    expect(await asking.call('wamp.registration.list_callees', [registration.id]), [callee.id]);
    const matches = await asking.call('wamp.subscription.match', [run.uri('news')]);
    expect(matches.includes(subscription.id), true, 'a match');
    expect((await asking.call('wamp.subscription.get', [subscription.id])).uri, run.uri('news'));
});

scenarios.set('events that nobody heard can be asked for', async (run) => {
    const [publisher, reader] = [await run.join(), await run.join()];
    const topic = run.uri('orders');
    for (const number of [1, 2, 3]) {
        await publisher.publish(topic, [number], {}, { acknowledge: true });
    }
    const subscription = await reader.call('wamp.subscription.lookup', ['com.example.', { match: 'prefix' }]);
    const events = await reader.call('wamp.subscription.get_events', [subscription], { topic, limit: 2 });
    expect(events.map(({ args }) => args), [[1], [2]], 'events');
});

scenarios.set('a testament is published when its session is gone', async (run) => {
    const [heir, connection] = [await run.join(), run.connect()];
    const { session: testator } = await connection.joined;
    const heritage = collector(1);
    await heir.subscribe(run.uri('gone'), heritage.handler);
    await testator.call('wamp.session.add_testament', [run.uri('gone'), ['farewell', 1], { to: 'all' }]);
    connection.close();
    expect(payloadOf(await heritage.done()), [[['farewell', 1], { to: 'all' }]], 'events');
});

// --- Payloads ------------------------------------------------------------------------------------------------------

scenarios.set('URIs outside of ASCII are called', async (run) => {
    const session = await run.join();
    await session.register(run.uri('grüße.世界'), () => 'Grüße');
    expect(await session.call(run.uri('grüße.世界')), 'Grüße');
});

scenarios.set('every value arrives as it was sent', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    const table = values.all(run.serializer);
    const events = collector(Object.keys(table).length);
    await callee.register(run.uri('check'), ([name, value], { keyword }) => {
        expect(value, values.byName(name), `${name} as argument`);
        expect(keyword, values.byName(name), `${name} as keyword argument`);
        return new autobahn.Result([value], { keyword });
    });
    await callee.subscribe(run.uri('values'), events.handler);
    for (const [name, value] of Object.entries(table)) {
        const { args, kwargs } = await caller.call(run.uri('check'), [name, value], { keyword: value });
        expect([args, kwargs], [[value], { keyword: value }], `${name} as result`);
        caller.publish(run.uri('values'), [name, value], { keyword: value });
    }
    const expected = Object.entries(table).map(([name, value]) => [[name, value], { keyword: value }]);
    expect(payloadOf(await events.done()), expected, 'events');
});

scenarios.set('payloads of 100 kB pass', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    await callee.register(run.uri('echo'), ([value]) => value);
    for (const payload of ['ü'.repeat(50_000), Array.from({ length: 20_000 }, (_, i) => i)]) {
        expect(await caller.call(run.uri('echo'), [payload]), payload);
    }
});
