// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// As much of the browser's XMLHttpRequest as Autobahn's long-poll wants, which Node does not have.

import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

// Autobahn does not wait for one message to be taken before it sends the next: only one connection keeps their order.
const inOrder = new Agent({ keepAlive: true, maxSockets: 1 });
const atOnce = new Agent({ keepAlive: true });

export class XMLHttpRequest {
    #headers = {};

    open(method, url) {
        this.method = method;
        this.url = url;
    }

    setRequestHeader(name, value) {
        this.#headers[name] = value;
    }

    send(body = '') {
        const { method, url } = this;
        const agent = url.endsWith('/send') ? inOrder : atOnce;
        const headers = { ...this.#headers, 'Content-Length': Buffer.byteLength(body) };
        const asked = request(url, { method, agent, headers }, async (answer) => {
            this.responseText = await text(answer);
            this.#end(answer.statusCode, answer.statusMessage);
        });
        asked.on('error', (error) => this.#end(0, error.message));
        asked.end(body);
    }

    #end(status, statusText) {
        Object.assign(this, { readyState: 4, status, statusText });
        this.onreadystatechange();
    }
}
