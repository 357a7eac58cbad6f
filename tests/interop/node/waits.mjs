// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Promises for tests: settled from outside, and waited for no longer than is sensible.

const SECONDS_PER_WAIT = 10;

/// The outcome of a promise, or an error if there is none in time.
export function within(promise, what) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), SECONDS_PER_WAIT * 1000);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/// A promise with its settling functions.
export function deferred() {
    const result = {};
    result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
    return result;
}

/// The error that answers a request which must fail.
export async function errorOf(answer) {
    try {
        await answer;
    } catch (error) {
        return error;
    }
    throw new Error('succeeded');
}
