// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// A RawSocket transport for Autobahn with MsgPack or CBOR: its own has JSON alone. The session and the serializers
/// are Autobahn's; here are the handshake and the frames.

import autobahn from 'autobahn';
import net from 'node:net';

const SERIALIZERS = {
    msgpack: { number: 2, create: () => new autobahn.serializer.MsgpackSerializer() },
    cbor: { number: 3, create: () => new autobahn.serializer.CBORSerializer() },
};
const LENGTH_EXPONENT = 24;

class Transport {
    constructor({ host, port, path, serializer }) {
        this.info = { type: 'rawsocket', url: null, protocol: `wamp.2.${serializer}` };
        this.onmessage = this.onopen = this.onclose = () => {};
        this._serializer = SERIALIZERS[serializer].create();
        this._handshake = Buffer.from([0x7f, ((LENGTH_EXPONENT - 9) << 4) | SERIALIZERS[serializer].number, 0, 0]);
        this._received = Buffer.alloc(0);
        this._open = false;
        this._sent = Promise.resolve();  // CBOR is encoded asynchronously; frames must keep their order.
        this._socket = net.connect(path ? { path } : { host, port });
        this._socket.on('connect', () => this._socket.write(this._handshake));
        this._socket.on('data', (octets) => this._receive(octets));
        this._socket.on('error', () => {});  // A 'close' that had an error follows.
        this._socket.on('close', (hadError) => this.onclose({ code: 999, reason: '', wasClean: !hadError }));
    }

    send(message) {
        this._sent = this._sent.then(async () => {
            const payload = await this._serializer.serialize(message);
            const header = Buffer.alloc(4);
            header.writeUIntBE(payload.length, 1, 3);
            this._socket.write(Buffer.concat([header, payload.slice()]));
        });
    }

    close() {
        this._sent = this._sent.then(() => this._socket.end());
    }

    _receive(octets) {
        this._received = Buffer.concat([this._received, octets]);
        if (!this._open && this._received.length >= 4) {
            if (!this._received.subarray(0, 2).equals(this._expectedReply())) {
                this._socket.destroy(new Error(`refused handshake: ${this._received.toString('hex')}`));
                return;
            }
            this._received = this._received.subarray(4);
            this._open = true;
            this.onopen();
        }
        while (this._open && this._received.length >= 4) {
            const end = 4 + this._received.readUIntBE(1, 3);
            if (this._received.length < end) {
                return;
            }
            const payload = this._received.subarray(4, end);
            this._received = this._received.subarray(end);
            this.onmessage(this._serializer.unserialize(payload));
        }
    }

    /// The first two octets of a good reply: the router's limit is its own affair.
    _expectedReply() {
        const limit = this._received[1] & 0xf0;
        return Buffer.from([0x7f, limit | (this._handshake[1] & 0x0f)]);
    }
}

class Factory {
    constructor(options) {
        this.type = 'rawsocket-binary';
        this._options = options;
    }

    create() {
        return new Transport(this._options);
    }
}

autobahn.transports.register('rawsocket-binary', Factory);
