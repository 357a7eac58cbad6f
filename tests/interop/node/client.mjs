// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Sessions of Autobahn for Node, opened and left with promises, each wait of which is bounded.

import autobahn from 'autobahn';
import ws from 'ws';
import './binary_rawsocket.mjs';
import { NamedRun } from './naming.mjs';
import { deferred, within } from './waits.mjs';
import { XMLHttpRequest } from './xml_http_request.mjs';

// Autobahn takes that of the browser, which Node has from version 22 on.
globalThis.WebSocket ??= ws;
globalThis.XMLHttpRequest ??= XMLHttpRequest;

/// Where a router listens, taken from a URL: rs://host:port or rs://unix:/path.
export function address(url) {
    const unix = /^rs:\/\/unix:(\/.*)$/.exec(url);
    if (unix) {
        return { path: unix[1] };
    }
    const { protocol, hostname, port } = new URL(url);
    if (protocol !== 'rs:') {
        throw new Error(`not a RawSocket URL that Autobahn for Node can connect to: ${url}`);
    }
    return { host: hostname, port: Number(port) };
}

/// What Autobahn's connection is to use for a router at this URL, which may be one of WebSocket or of long-poll, too:
/// ws://host:port, wss://host:port or http://host:port/path.
function transportTo(url, serializer) {
    if (/^wss?:/.test(url)) {
        const { JSONSerializer, MsgpackSerializer, CBORSerializer } = autobahn.serializer;
        const Serializer = { json: JSONSerializer, msgpack: MsgpackSerializer, cbor: CBORSerializer }[serializer];
        return { type: 'websocket', url, serializers: [new Serializer()] };
    }
    if (url.startsWith('http:')) {
        return { type: 'longpoll', url };
    }
    const type = serializer === 'json' ? 'rawsocket' : 'rawsocket-binary';
    return { type, serializer, ...address(url) };
}

/// What a scenario works with: sessions that are left at its end, too.
export class Run extends NamedRun {
    constructor(where) {
        super(where);
        this.connections = [];
    }

    /// A connection whose `joined` is the promise of {session, details} and whose `closed` is that of the end. `login`
    /// is what Autobahn's connection wants to know in order to authenticate.
    connect(realm = this.realm, login = {}) {
        const connection = new autobahn.Connection({
            realm,
            transports: [transportTo(this.url, this.serializer)],
            max_retries: 0,
            ...login,
            on_user_error: (error, text) => console.error(text, error),
            on_internal_error: (error) => console.error('Autobahn:', error),
        });
        const joined = deferred();
        const closed = deferred();
        connection.onopen = (session, details) => joined.resolve({ session, details });
        connection.onclose = (reason, details) => {
            closed.resolve(details);
            joined.reject(new Error(`not joined: ${details.reason ?? reason}: ${details.message}`));
            return true;
        };
        joined.promise.catch(() => {});  // Whoever looks at `closed` alone need not look at this one.
        connection.joined = joined.promise;
        connection.closed = closed.promise;
        connection.open();
        return connection;
    }

    async join() {
        const connection = this.connect();
        const { session } = await within(connection.joined, 'WELCOME');
        this.connections.push(connection);
        return session;
    }

    /// Leaves with every session that joined: one that the router or the client has thrown out shows here.
    async leave() {
        for (const connection of this.connections) {
            connection.close();
            const { reason } = await within(connection.closed, 'GOODBYE');
            if (reason !== 'wamp.close.goodbye_and_out') {
                throw new Error(`a session ended with ${reason}`);
            }
        }
    }
}
