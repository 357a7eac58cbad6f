// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Autobahn for Node in each of the modes of main.mjs.

import { expect } from './values.mjs';

export { outcomeOf } from './authenticate.mjs';
export { Run } from './client.mjs';
export { serve, uses } from './mixed.mjs';
export { scenarios } from './scenarios.mjs';

/// Waits for the router's GOODBYE.
export async function stay(run, ready) {
    const connection = run.connect();
    await connection.joined;
    ready();
    const { reason } = await connection.closed;
    expect(reason, 'wamp.close.system_shutdown', 'reason');
}
