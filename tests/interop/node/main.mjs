// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs a library for Node against a router and prints a line for each scenario: `ok NAME` or `not ok NAME: WHY`.
///
///     node main.mjs LIBRARY MODE URL SERIALIZER REALM [--prefix URI] [--server FAMILY]
///
/// LIBRARY is `autobahn` or `wampy`. MODE is one of
///     scenarios   both ends of every scenario are sessions of this process
///     serve       registers procedures under the prefix, prints `ready`, and serves until its input ends
///     use         calls the procedures that another client, of the family --server, serves under the prefix
///     stay        joins, prints `ready`, and waits for the router's GOODBYE
///     reconnect   joins, prints `ready`, and waits for the next session after this one was lost; `wampy` only
///     authenticate
///                 reads a list of attempts to join from its input, makes them one by one, and prints a line of JSON
///                 for what came of each, as python/login.py tells
/// Exits with 0 if all is well.

import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { runAll } from './run_all.mjs';

const { positionals, values: { prefix } } = parseArgs({
    allowPositionals: true,
    options: { prefix: { type: 'string' }, server: { type: 'string' } },
});
const [library, mode, url, serializer, realm] = positionals;
const modes = await import({ autobahn: './modes.mjs', wampy: './wampy/modes.mjs' }[library]);
const ready = () => console.log('ready');

async function serve(run) {
    await modes.serve(run);
    ready();
    await once(process.stdin.resume(), 'end');
}

if (mode === 'authenticate') {
    for (const attempt of await json(process.stdin)) {
        console.log(JSON.stringify(await modes.outcomeOf(attempt, serializer, realm)));
    }
    process.exit();
}

const chosen = {
    scenarios: modes.scenarios,
    serve: new Map([['everything served', serve]]),
    use: modes.uses,
    stay: new Map([['the router says goodbye', (run) => modes.stay(run, ready)]]),
    reconnect: new Map([['the client comes back', (run) => modes.reconnect(run, ready)]]),
}[mode];

if (url.startsWith('http:')) {
    chosen.delete('a PING is answered as the client wants it');  // Long-poll has none.
}
const isWell = await runAll(chosen, () => new modes.Run({ url, serializer, realm, prefix }), console.log);
process.exit(isWell ? 0 : 1);
