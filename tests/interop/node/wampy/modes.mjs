// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Wampy.js in each of the modes of main.mjs.

import { expect } from '../values.mjs';
import { within } from '../waits.mjs';
import { Run } from './client.mjs';

export { outcomeOf } from './authenticate.mjs';
export { Run };
export { serve, uses } from './mixed.mjs';
export { reconnect } from './reconnect.mjs';
export { scenarios } from './scenarios.mjs';

/// Waits for the router's GOODBYE, of which Wampy tells nothing but that it does not try to come back.
export async function stay(run, ready) {
    let returns = 0;
    const client = run.client({ autoReconnect: true, reconnectInterval: 1, onReconnect: () => ++returns });
    await within(client.connect(), 'WELCOME');
    ready();
    await client.over;
    expect(returns, 0, 'attempts to come back');
}
