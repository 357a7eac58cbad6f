// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// A page of the browser whose lines, and errors, somebody gets.

import { deferred } from '../waits.mjs';

/// Opens page.html and calls `print` with each of its lines, and with a line `not ok` for each error that the page
/// throws or that is on its console, unless it has `tolerate` in it. `ended` is the promise of the end of the page's
/// input. Completes when the page has come to its end; nothing of it is left then.
export async function watchPage(browser, { origin, anyCertificate, tolerate, query }, print, ended) {
    const context = await browser.newContext({ ignoreHTTPSErrors: anyCertificate });
    const page = await context.newPage();
    const over = deferred();
    const fail = (what) => print(`not ok ${what.replaceAll('\n', ' ')}`);

    function onTrouble(what) {
        if (!tolerate || !what.includes(tolerate)) {
            fail(what);
        }
    }

    function onMessage(message) {
        if (['error', 'warning'].includes(message.type())) {
            onTrouble(`the console: ${message.text()}`);
        }
    }

    /// A page whose scripts do not run would never say that it has come to its end.
    function onEnd(what) {
        fail(what);
        over.resolve();
    }

    page.on('console', onMessage);
    page.on('requestfailed', (request) => onTrouble(`the request of ${request.url()}`));
    page.on('pageerror', (error) => onEnd(`the page: ${error.stack}`));
    page.on('crash', () => onEnd('the page has crashed'));
    await page.exposeFunction('print', (line) => (line === null ? over.resolve() : print(line)));
    await page.exposeFunction('ended', () => ended);
    await page.goto(`${origin}/node/browser/page.html?${new URLSearchParams(query)}`);
    await over.promise;
    await context.close();
}
