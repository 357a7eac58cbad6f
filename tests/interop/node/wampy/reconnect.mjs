// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Wampy.js comes back by itself when its router has been killed and started again, with all that it had.

import { expect } from '../values.mjs';
import { deferred, within } from '../waits.mjs';

/// A client that comes back as often as it must; `back` is the promise of its next session.
async function join(run) {
    const back = deferred();
    const client = await run.join({
        autoReconnect: true,
        reconnectInterval: 50,
        maxRetries: 200,
        onReconnectSuccess: (details) => back.resolve(details),
        onError: () => {},  // It is told of each attempt that found no router.
    });
    return Object.assign(client, { back: back.promise });
}

/// Waits until the procedure has a callee again: Wampy registers after it has told that it is back.
async function isServed(client, procedure) {
    for (;;) {
        const { argsList: [registration] } = await client.call('wamp.registration.lookup', [procedure]);
        if (registration !== null) {
            return;
        }
    }
}

/// The same for a topic and its subscriber.
async function isHeard(client, topic) {
    for (;;) {
        const { argsList: [subscription] } = await client.call('wamp.subscription.lookup', [topic]);
        if (subscription !== null) {
            return;
        }
    }
}

/// Has a procedure and a subscription in a session that is lost after `ready`, and uses both in the next one.
export async function reconnect(run, ready) {
    const [one, other] = [await join(run), await join(run)];
    const event = deferred();
    await one.register(run.uri('echo'), ({ argsList }) => ({ argsList }));
    await one.subscribe(run.uri('news'), ({ argsList }) => event.resolve(argsList));
    const before = one.getSessionId();
    ready();

    const [{ realm, authrole }] = await within(Promise.all([one.back, other.back]), 'the next sessions');
    expect([realm, authrole], [run.realm, 'anonymous'], 'WELCOME');
    expect(one.getSessionId() === before, false, 'whether the session is the old one');
    await within(isServed(other, run.uri('echo')), 'the procedure');
    await within(isHeard(other, run.uri('news')), 'the subscription');
    expect((await other.call(run.uri('echo'), [1, 'two'])).argsList, [1, 'two'], 'result');
    await other.publish(run.uri('news'), ['back']);
    expect(await within(event.promise, 'the event'), ['back'], 'event');
}
