// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Has serve.mjs open page.html in its browser, and prints the lines of the page: those of ../main.mjs.
///
///     node open.mjs MODE URL SERIALIZER REALM --port PORT --origin ORIGIN [--any-certificate]
///                   [--prefix URI] [--server FAMILY] [--tolerate TEXT]
///
/// MODE is `scenarios`, `serve`, `use` or `reconnect`, as of ../main.mjs, or `refused`: the router must not let the
/// page connect. PORT is where serve.mjs is asked, and ORIGIN that of the page. An error that the page throws or that
/// is on its console is a line `not ok`, unless it has this TEXT in it.
///
/// It is but a pipe, so that none but serve.mjs has to load what drives a browser.

import net from 'node:net';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
        port: text,
        origin: text,
        'any-certificate': { type: 'boolean' },
        prefix: text,
        server: text,
        tolerate: text,
    },
});
const [mode, url, serializer, realm] = positionals;
const { port, origin, prefix, tolerate, 'any-certificate': anyCertificate } = values;

const socket = net.connect(Number(port), '127.0.0.1');
const query = { mode, url, serializer, realm, prefix };
socket.write(`${JSON.stringify({ origin, anyCertificate, tolerate, query })}\n`);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('close', () => process.exit());
