// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs Autobahn for Node against a router and prints a line for each scenario: `ok NAME` or `not ok NAME: WHY`.
///
///     node main.mjs MODE URL SERIALIZER REALM [--prefix URI] [--server FAMILY]
///
/// MODE is one of
///     scenarios   both ends of every scenario are sessions of this process
///     serve       registers procedures under the prefix, prints `ready`, and serves until its input ends
///     use         calls the procedures that another client, of the family --server, serves under the prefix
///     stay        joins, prints `ready`, and waits for the router's GOODBYE
///     authenticate
///                 reads a list of attempts to join from its input, makes them one by one, and prints a line of JSON
///                 for what came of each, as python/login.py tells
/// Exits with 0 if all is well.

import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { outcomeOf } from './authenticate.mjs';
import { Run } from './client.mjs';
import * as mixed from './mixed.mjs';
import { scenarios } from './scenarios.mjs';
import { expect } from './values.mjs';

const { positionals, values: { prefix } } = parseArgs({
    allowPositionals: true,
    options: { prefix: { type: 'string' }, server: { type: 'string' } },
});
const [mode, url, serializer, realm] = positionals;

async function serve(run) {
    await mixed.serve(run);
    console.log('ready');
    await once(process.stdin.resume(), 'end');
}

async function stay(run) {
    const connection = run.connect();
    await connection.joined;
    console.log('ready');
    const { reason } = await connection.closed;
    expect(reason, 'wamp.close.system_shutdown', 'reason');
}

if (mode === 'authenticate') {
    for (const attempt of await json(process.stdin)) {
        console.log(JSON.stringify(await outcomeOf(attempt, serializer, realm)));
    }
    process.exit();
}

const chosen = {
    scenarios,
    serve: new Map([['everything served', serve]]),
    use: mixed.uses,
    stay: new Map([['the router says goodbye', stay]]),
}[mode];

for (const [name, scenario] of chosen) {
    const run = new Run({ url, serializer, realm, prefix });
    try {
        await scenario(run);
        await run.leave();
        console.log(`ok ${name}`);
    } catch (error) {
        process.exitCode = 1;
        const why = error instanceof Error ? error.message : JSON.stringify(error);
        console.log(`not ok ${name}: ${why.replaceAll('\n', ' ')}`);
    }
}
process.exit();
