// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs the router of fox-wamp, with JSON over WebSocket, and in it a session of Autobahn for Node, until its input
/// ends.
///
///     node fox_wamp.mjs REALM TICKET
///
/// Prints a line with the URL for anonymous clients, one with the URL for clients that have the ticket, and then a list
/// in JSON for each message that the router gets: the session, the type, and the URI of a request or of GOODBYE.
///
/// fox-wamp needs packages for databases and statistics, but not for what is used here: package.json has an empty
/// package in their place, since they are large and one of them has to be compiled.

import { once } from 'node:events';
import autobahn from 'autobahn';
import FoxRouter from 'fox-wamp';
import { Run } from './client.mjs';
import { deferred } from './waits.mjs';

const print = (line) => process.stdout.write(`${line}\n`);
console.log = console.error;  // fox-wamp's log is none of the lines that are promised above.

const [realm, ticket] = process.argv.slice(2);
const router = new FoxRouter();

const authenticator = {
    getAuthMethods: () => ['ticket'],
    ticket_auth: (_, __, shown, ___, done) => done(shown === ticket ? undefined : new Error('another ticket')),
};

async function listen(...authentication) {
    const server = router.listenWAMP({ host: '127.0.0.1', port: 0 }, ...authentication);
    await once(server, 'listening');
    return `ws://127.0.0.1:${server.address().port}`;
}

/// What the client under test calls, also for Autobahn to call it and to publish. All results have keyword arguments:
/// fox-wamp would send null if there were none.
async function serve(session) {
    const heard = deferred();
    const uri = (name) => `com.example.autobahn.${name}`;

    await session.register(uri('echo'), (args, kwargs) => new autobahn.Result(args, kwargs));
    await session.register(uri('fail'), () => {
        throw new autobahn.Error('com.example.error.out_of_stock', ['Ananas']);
    });
    await session.register(uri('count'), ([n], kwargs, { progress }) => {
        for (let i = 0; i < n; ++i) {
            progress([i], kwargs);
        }
        return new autobahn.Result([n], kwargs);
    });
    await session.register(uri('never'), () => deferred().promise);
    await session.register(uri('call'), async ([procedure, ...args], kwargs) => {
        try {
            return await session.call(procedure, args, kwargs);
        } catch ({ error, args: reason }) {
            return new autobahn.Result([error], { reason });
        }
    });
    await session.register(uri('publish'), async ([topic, ...args], kwargs) => {
        const { id } = await session.publish(topic, args, kwargs, { acknowledge: true });
        return new autobahn.Result([id], { publisher: session.id });
    });
    await session.subscribe('com.example.heard', (args, kwargs) => heard.resolve(new autobahn.Result(args, kwargs)));
    await session.register(uri('heard'), () => heard.promise);
}

function report({ sessionId }, message) {
    const [type, ...rest] = JSON.parse(message);
    const uri = rest.find((part) => typeof part === 'string') ?? null;
    print(JSON.stringify([sessionId, type, uri]));
}

const url = await listen();
const run = new Run({ url, serializer: 'json', realm });
await serve(await run.join());
router.on('session.Rx', report);
print(url);
print(await listen(authenticator));
await once(process.stdin.resume(), 'end');
process.exit();
