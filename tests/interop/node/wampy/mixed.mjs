// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The Wampy halves of the scenarios between clients of two families; the other halves are ../mixed.mjs.

import * as values from '../values.mjs';
import { expect } from '../values.mjs';
import { deferred, errorOf, within } from '../waits.mjs';

/// Registers what the other client calls, and answers its events.
export async function serve(run) {
    const client = await run.join();

    await client.register(run.uri('check'), ({ argsList: [name, value], argsDict: { keyword } }) => {
        expect(value, values.byName(name), `${name} as argument`);
        expect(keyword, values.byName(name), `${name} as keyword argument`);
        return { argsList: [value], argsDict: { keyword: values.byName(name) } };
    });
    await client.register(run.uri('fail'), ({ argsList, argsDict }) => {
        throw { error: 'com.example.error.out_of_stock', argsList, argsDict };
    });
    await client.register(run.uri('count'), ({ argsList: [n], result_handler: send }) => {
        for (let i = 0; i < n; ++i) {
            send({ argsList: [i], options: { progress: true } });
        }
        return { argsList: [n] };
    });
    await client.register(run.uri('who'), ({ details: { caller, caller_authrole: role } }) => {
        return { argsList: [[caller ?? null, role ?? null]] };
    });
    await client.register(run.uri('kept'), async ({ argsList: [topic] }) => {
        const came = deferred();
        const handler = ({ argsList: [value], details: { retained } }) => came.resolve([value, retained]);
        await client.subscribe(topic, handler, { get_retained: true });  // Wampy cannot unsubscribe what had options.
        return { argsList: [await came.promise] };
    });
    await client.register(run.uri('any'), ({ details: { procedure } }) => ({ argsList: [procedure] }),
        { match: 'prefix' });
    await client.subscribe(run.uri('question'), ({ argsList: [name, value, answerTopic], details: { publisher } }) => {
        expect(value, values.byName(name), `${name} in an event`);
        return client.publish(answerTopic, [name, values.byName(name), publisher ?? null]);
    });
    await client.subscribe(run.uri('heard'), ({ argsList: [answerTopic], details: { topic } }) => {
        return client.publish(answerTopic, [topic]);
    }, { match: 'prefix' });
}

export const uses = new Map();

uses.set('every value arrives as it was sent', async (run) => {
    const caller = await run.join();
    for (const [name, value] of Object.entries(values.common)) {
        const payload = { argsList: [name, value], argsDict: { keyword: value } };
        const { argsList, argsDict } = await caller.call(run.uri('check'), payload);
        expect([argsList, argsDict], [[value], { keyword: value }], `${name} as result`);
    }
});

uses.set('an error of the application keeps its URI, arguments and keyword arguments', async (run) => {
    const caller = await run.join();
    const payload = { argsList: ['Ananas', 3], argsDict: { until: { day: 24 } } };
    const { errorUri, argsList, argsDict } = await errorOf(caller.call(run.uri('fail'), payload));
    expect([errorUri, { argsList, argsDict }], ['com.example.error.out_of_stock', payload]);
});

uses.set('progressive results arrive in order before the result', async (run) => {
    const caller = await run.join();
    const progress = [];
    const note = ({ argsList: [part] }) => progress.push(part);
    const { argsList } = await caller.call(run.uri('count'), [10], { progress_callback: note });
    expect(argsList, [10]);
    expect(progress, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'progress');
});

uses.set('a prefix registration is told the procedure', async (run) => {
    const caller = await run.join();
    expect((await caller.call(run.uri('any.thing.at.all'))).argsList, [run.uri('any.thing.at.all')]);
});

uses.set('a caller is disclosed if it asks for it, and only then', async (run) => {
    const caller = await run.join();
    expect((await caller.call(run.uri('who'))).argsList, [[null, null]]);
    const { argsList } = await caller.call(run.uri('who'), null, { disclose_me: true });
    expect(argsList, [[caller.getSessionId(), 'anonymous']]);
});

uses.set('every value arrives in events both ways, with their publisher disclosed', async (run) => {
    const client = await run.join();
    const received = [];
    const all = deferred();
    const topic = run.uri(`answer.${client.getSessionId()}`);
    await client.subscribe(topic, ({ argsList }) => {
        received.push(argsList);
        if (received.length === Object.keys(values.common).length) {
            all.resolve();
        }
    });
    for (const [name, value] of Object.entries(values.common)) {
        await client.publish(run.uri('question'), [name, value, topic], { disclose_me: true });
    }
    await within(all.promise, 'answers');
    const id = client.getSessionId();
    expect(received, Object.entries(values.common).map(([name, value]) => [name, value, id]), 'events');
});

uses.set('a prefix subscription is told the topic', async (run) => {
    const client = await run.join();
    const topic = run.uri(`answer.${client.getSessionId()}`);
    const heard = deferred();
    await client.subscribe(topic, ({ argsList: [of] }) => heard.resolve(of));
    await client.publish(run.uri('heard.this.or.that'), [topic]);
    expect(await within(heard.promise, 'answer'), run.uri('heard.this.or.that'));
});

uses.set('a call is canceled although its callee cannot be interrupted', async (run) => {
    const caller = await run.join();
    const waiting = deferred();
    const call = caller.call(run.uri('wait'), null, { progress_callback: waiting.resolve });
    const { reqId } = caller.getOpStatus();
    await within(waiting.promise, 'a progressive result');
    caller.cancel(reqId, { mode: 'kill' });
    expect((await errorOf(within(call, 'ERROR'))).errorUri, 'wamp.error.canceled', 'error');
});
