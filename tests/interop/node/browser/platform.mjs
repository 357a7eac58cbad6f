// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// ../platform.mjs for a page, whose import map puts this one into its place.

export const place = `page${crypto.getRandomValues(new Uint32Array(1))[0]}`;

export const table = await (await fetch(new URL('../../values.json', import.meta.url))).json();

export const octets = (numbers) => Uint8Array.from(numbers);
export const decoded = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

function areSame(one, other) {
    if (Object.is(one, other)) {
        return true;
    }
    const areObjects = [one, other].every((value) => value !== null && typeof value === 'object');
    if (!areObjects || Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) {
        return false;
    }
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length
        && keys.every((key) => Object.hasOwn(other, key) && areSame(one[key], other[key]));
}

const plain = (_, item) => (typeof item === 'bigint' ? `${item}n` : item);
const shown = (value) => JSON.stringify(value, plain)?.slice(0, 200);

/// Fails unless both are equal in value and in type, all the way down.
export function expectSame(actual, expected, what) {
    if (!areSame(actual, expected)) {
        throw new Error(`${what}: ${shown(actual)} is not ${shown(expected)}`);
    }
}
