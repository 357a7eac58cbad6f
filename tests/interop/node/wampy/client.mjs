// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Sessions of Wampy.js, which speaks WebSocket only, opened and left with promises, each wait of which is bounded.

import { Wampy } from 'wampy';
import { CborSerializer } from 'wampy/CborSerializer.js';
import { JsonSerializer } from 'wampy/JsonSerializer.js';
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js';
import ws from 'ws';
import { NamedRun } from '../naming.mjs';
import { deferred, within } from '../waits.mjs';

const SERIALIZERS = { json: JsonSerializer, msgpack: MsgpackSerializer, cbor: CborSerializer };

/// What payloads of the payload passthru mode are packed with.
const payloadSerializers = { json: new JsonSerializer(), msgpack: new MsgpackSerializer(), cbor: new CborSerializer() };

/// What a scenario works with: sessions that are left at its end, too.
export class Run extends NamedRun {
    constructor(where) {
        super(where);
        this.clients = [];
    }

    /// A client that has not connected yet. Its `errors` are what Wampy reports beside answers; its `over` is the
    /// promise of the end of its connection.
    client(options = {}) {
        const errors = [];
        const end = deferred();
        const client = new Wampy(this.url, {
            realm: this.realm,
            ws,
            uriValidation: 'loose',
            serializer: new SERIALIZERS[this.serializer](),
            payloadSerializers,
            autoReconnect: false,
            onClose: () => end.resolve(),
            onError: (error) => errors.push(error),
            ...options,
        });
        return Object.assign(client, { errors, over: end.promise });
    }

    /// A client in the realm; `welcome` has the details of WELCOME.
    async join(options) {
        const client = this.client(options);
        client.welcome = await within(client.connect(), 'WELCOME');
        this.clients.push(client);
        return client;
    }

    /// A session id as an argument of a call: Wampy's CBOR sends numbers beyond 32 bits as reals, which are no ids, but
    /// a BigInt as an integer.
    id(client) {
        const id = client.getSessionId();
        return this.serializer === 'cbor' ? BigInt(id) : id;
    }

    /// Leaves with every session that joined: one that the router or the client has thrown out shows here.
    async leave() {
        for (const client of this.clients) {
            if (!client.getSessionId() || client.errors.length > 0) {
                throw new Error(`a session was lost: ${client.errors}`);
            }
            await within(client.disconnect(), 'GOODBYE');
            await within(client.over, 'the end of the connection');
        }
    }
}
