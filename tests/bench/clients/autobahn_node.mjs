// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What `junctor bench client` does, with Autobahn for Node: one session calls a procedure of another.
///
///     node autobahn_node.mjs URL SERIALIZER DEPTH COUNT PAYLOAD
///
/// DEPTH calls at a time, COUNT calls in all, each with a text of PAYLOAD octets, which must come back. Prints a line
/// of JSON with what was counted. Serializers other than JSON go over the transport of tests/interop/node.

import { Run } from '../../interop/node/client.mjs';

const PROCEDURE = 'com.example.bench.echo';
const [url, serializer, ...numbers] = process.argv.slice(2);
const [depth, count, payload] = numbers.map(Number);

const run = new Run({ url, serializer, realm: 'realm1' });
const [callee, caller] = [await run.join(), await run.join()];
await callee.register(PROCEDURE, ([argument]) => argument);

let begun = 0;
let done = 0;

async function callAgainAndAgain() {
    while (begun < count) {
        const argument = String(begun++).padStart(payload, '0');
        const result = await caller.call(PROCEDURE, [argument]);
        if (result !== argument) {
            throw new Error(`${argument} came back as ${result}`);
        }
        ++done;
    }
}

const began = performance.now();
const usedBefore = process.cpuUsage();
await Promise.all(Array.from({ length: depth }, callAgainAndAgain));
const { user, system } = process.cpuUsage(usedBefore);
const seconds = (performance.now() - began) / 1000;
await run.leave();
console.log(JSON.stringify({
    messages: done,
    per_second: done / seconds,
    cpu_us_per_message: (user + system) / done,
}));
process.exit();
