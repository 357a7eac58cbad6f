// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The Node halves of the scenarios between clients of two languages; the other halves are python/mixed.py.

import autobahn from 'autobahn';
import * as values from './values.mjs';
import { expect } from './values.mjs';
import { deferred, within } from './waits.mjs';

/// Registers what the other language calls, and answers its events.
export async function serve(run) {
    const session = await run.join();

    await session.register(run.uri('check'), ([name, value], { keyword }) => {
        expect(value, values.byName(name), `${name} as argument`);
        expect(keyword, values.byName(name), `${name} as keyword argument`);
        return new autobahn.Result([value], { keyword: values.byName(name) });
    });
    await session.register(run.uri('fail'), (args, kwargs) => {
        throw new autobahn.Error('com.example.error.out_of_stock', args, kwargs);
    });
    await session.register(run.uri('count'), ([n], _, details) => {
        for (let i = 0; i < n; ++i) {
            details.progress([i]);
        }
        return n;
    });
    await session.register(run.uri('who'),
        (_, __, { caller, caller_authrole: role }) => [caller ?? null, role ?? null]);
    await session.register(run.uri('kept'), async ([topic]) => {
        const came = deferred();
        const subscription = await session.subscribe(topic,
            ([value], _, { retained }) => came.resolve([value, retained]), { get_retained: true });
        const event = await came.promise;
        await subscription.unsubscribe();
        return event;
    });
    await session.register(run.uri('wait'), (_, __, details) => {
        details.progress(['waiting']);
        return deferred().promise;  // Autobahn for Node cannot be interrupted.
    });
    await session.register(run.uri('interrupted'), () => false);
    await session.register(run.uri('any.'), (_, __, { procedure }) => procedure, { match: 'prefix' });
    await session.subscribe(run.uri('question'), ([name, value, answerTopic], _, event) => {
        expect(value, values.byName(name), `${name} in an event`);
        session.publish(answerTopic, [name, values.byName(name), event.publisher ?? null]);
    });
    await session.subscribe(run.uri('heard.'), ([answerTopic], _, { topic }) => session.publish(answerTopic, [topic]),
        { match: 'prefix' });
}

export const uses = new Map();

uses.set('every value arrives as it was sent', async (run) => {
    const caller = await run.join();
    for (const [name, value] of Object.entries(values.common)) {
        const { args, kwargs } = await caller.call(run.uri('check'), [name, value], { keyword: value });
        expect([args, kwargs], [[value], { keyword: value }], `${name} as result`);
    }
});

uses.set('an error of the application keeps its URI, arguments and keyword arguments', async (run) => {
    const caller = await run.join();
    const failure = await caller.call(run.uri('fail'), ['Ananas', 3], { until: { day: 24 } }).catch((error) => error);
    expect([failure.error, failure.args, failure.kwargs],
        ['com.example.error.out_of_stock', ['Ananas', 3], { until: { day: 24 } }]);
});

uses.set('progressive results arrive in order before the result', async (run) => {
    const caller = await run.join();
    const progress = [];
    const call = caller.call(run.uri('count'), [10], {}, { receive_progress: true });
    expect(await call.then((result) => result, null, (part) => progress.push(part)), 10);
    expect(progress, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'progress');
});

uses.set('a prefix registration is told the procedure', async (run) => {
    const caller = await run.join();
    expect(await caller.call(run.uri('any.thing.at.all')), run.uri('any.thing.at.all'));
});

uses.set('a caller is disclosed if it asks for it, and only then', async (run) => {
    const caller = await run.join();
    expect(await caller.call(run.uri('who')), [null, null]);
    expect(await caller.call(run.uri('who'), [], {}, { disclose_me: true }), [caller.id, 'anonymous']);
});

uses.set('every value arrives in events both ways, with their publisher disclosed', async (run) => {
    const session = await run.join();
    const received = [];
    const all = deferred();
    const topic = run.uri(`answer.${session.id}`);
    await session.subscribe(topic, (args) => {
        received.push(args);
        if (received.length === Object.keys(values.common).length) {
            all.resolve();
        }
    });
    for (const [name, value] of Object.entries(values.common)) {
        await session.publish(run.uri('question'), [name, value, topic], {}, { acknowledge: true, disclose_me: true });
    }
    await within(all.promise, 'answers');
    expect(received, Object.entries(values.common).map(([name, value]) => [name, value, session.id]), 'events');
});

uses.set('a prefix subscription is told the topic', async (run) => {
    const session = await run.join();
    const topic = run.uri(`answer.${session.id}`);
    const heard = deferred();
    await session.subscribe(topic, ([of]) => heard.resolve(of));
    session.publish(run.uri('heard.this.or.that'), [topic]);
    expect(await within(heard.promise, 'answer'), run.uri('heard.this.or.that'));
});

uses.set('a retained event comes to who asks for it', async (run) => {
    const session = await run.join();
    const topic = run.uri(`retained.${session.id}`);
    await session.publish(topic, ['state'], {}, { acknowledge: true, retain: true });
    expect(await session.call(run.uri('kept'), [topic]), ['state', true]);
});
