// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs a browser and serves the files of tests/interop to it, until its input ends.
///
///     node serve.mjs CHROMIUM
///
/// Prints a line of JSON: `port`, at which open.mjs asks for a page, and two `origins`, of which a page can be.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import net from 'node:net';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { chromium } from 'playwright-core';
import { watchPage } from './watched_page.mjs';

const ROOT = new URL('../../', import.meta.url);
const JAVASCRIPT = 'text/javascript';
const TYPES = { '.html': 'text/html', '.js': JAVASCRIPT, '.json': 'application/json', '.mjs': JAVASCRIPT };

async function answer({ url }, response) {
    const { pathname } = new URL(url, 'http://localhost');  // Without dots: nothing outside of the root is reached.
    try {
        const content = await readFile(new URL(`.${pathname}`, ROOT));
        response.writeHead(200, { 'Content-Type': `${TYPES[extname(pathname)]}; charset=utf-8` }).end(content);
    } catch (error) {
        response.writeHead(404).end(error.code);
    }
}

/// Somebody asks for a page by a line of JSON, gets its lines, and ends its input.
async function openPage(socket) {
    const print = (line) => socket.write(`${line}\n`);
    try {
        const lines = createInterface({ input: socket });
        const ended = once(lines, 'close').then(() => null);
        const [request] = await once(lines, 'line');
        await watchPage(browser, JSON.parse(request), print, ended);
    } catch (error) {
        print(`not ok ${error.stack.replaceAll('\n', ' ')}`);
    }
    socket.end();
}

async function listen(server) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server.address().port;
}

// These pages are all that it opens, and root has no sandbox.
const browser = await chromium.launch({ executablePath: process.argv[2], chromiumSandbox: false });
const pages = await listen(createServer(answer));
const port = await listen(net.createServer({ allowHalfOpen: true }, openPage));
const origins = [`http://127.0.0.1:${pages}`, `http://localhost:${pages}`];
console.log(JSON.stringify({ port, origins }));

await once(process.stdin.resume(), 'end');
await browser.close();
process.exit();
