// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs Wampy.js in a page as its query says, in the modes of main.mjs. Whoever opens the page gives it `print`, which
/// takes its lines, and `ended`, the promise of the end of its input.

import { runAll } from '../run_all.mjs';
import { Run } from '../wampy/client.mjs';
import { serve, uses } from '../wampy/mixed.mjs';
import { reconnect } from '../wampy/reconnect.mjs';
import { scenarios } from '../wampy/scenarios.mjs';
import { pageScenarios, refused } from './scenarios.mjs';

const { mode, prefix, ...where } = Object.fromEntries(new URLSearchParams(location.search));
const { print, ended } = globalThis;
const ready = () => print('ready');

async function serveUntilTheEnd(run) {
    await serve(run);
    ready();
    await ended();
}

const chosen = {
    scenarios: new Map([...scenarios, ...pageScenarios]),
    serve: new Map([['everything served', serveUntilTheEnd]]),
    use: uses,
    reconnect: new Map([['the client comes back', (run) => reconnect(run, ready)]]),
    refused: new Map([['the router refuses this page', refused]]),
}[mode];

await runAll(chosen, () => new Run({ ...where, prefix }), print);
await print(null);
