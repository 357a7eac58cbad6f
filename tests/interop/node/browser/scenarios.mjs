// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What is of interest in a page beside the scenarios of ../wampy/scenarios.mjs.

import { expect } from '../values.mjs';
import { deferred, within } from '../waits.mjs';

const MEGABYTE = 2 ** 20;

/// A text of 4 MB or, with a serializer that has binary, so many octets.
function largePayload(serializer) {
    if (serializer === 'json') {
        return 'Grüße! '.repeat(MEGABYTE / 2);
    }
    return Uint8Array.from({ length: 4 * MEGABYTE }, (_, position) => position * 7);
}

export const pageScenarios = new Map();

pageScenarios.set('a payload of 4 MB passes in a call, its result and an event', async (run) => {
    const [callee, caller] = [await run.join(), await run.join()];
    const payload = largePayload(run.serializer);
    const event = deferred();
    await callee.register(run.uri('echo'), ({ argsList }) => ({ argsList }));
    await callee.subscribe(run.uri('news'), ({ argsList }) => event.resolve(argsList[0]));
    const { argsList: [result] } = await within(caller.call(run.uri('echo'), [payload]), 'RESULT');
    await caller.publish(run.uri('news'), [payload]);
    for (const [what, arrived] of [['result', result], ['event', await within(event.promise, 'EVENT')]]) {
        expect(arrived.length, payload.length, `length of the ${what}`);
        expect(await digest(arrived), await digest(payload), what);
    }
});

async function digest(payload) {
    const octets = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    return new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
}

/// The router lets this page open no WebSocket. All that a browser tells of that is the code 1006.
export async function refused(run) {
    const socket = new WebSocket(run.url, [`wamp.2.${run.serializer}`]);
    const { promise, resolve } = deferred();
    socket.onopen = () => resolve('opened');
    socket.onclose = ({ code }) => resolve(code);
    expect(await within(promise, 'the end of the handshake'), 1006, 'end of the handshake');
}
