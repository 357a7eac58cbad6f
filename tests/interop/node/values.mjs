// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The payload values of tests/interop/values.json, and what it means that two of them are the same.

import { decoded, expectSame, octets, table } from './platform.mjs';

/// What clients of every language can hold.
export const common = table['any client'];

const binary = Object.fromEntries(
    Object.entries(table['binary, as base64']).map(([name, text]) => [name, decoded(text)]));
binary['every octet'] = octets(Array.from({ length: 256 }, (_, octet) => octet));

/// What Autobahn for Node holds and can send with a serializer: its JSON has no binary.
export function all(serializer) {
    return serializer === 'json' ? common : { ...common, ...binary };
}

export function byName(name) {
    return name in common ? common[name] : binary[name];
}

function plain(value) {
    if (value instanceof Uint8Array) {
        return octets(value);
    }
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (value !== null && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
    }
    // The CBOR library gives a BigInt for what could have been a number.
    return typeof value === 'bigint' && Number.isInteger(Number(value)) ? Number(value) : value;
}

/// Fails unless both are equal in value and in type, all the way down.
export function expect(actual, expected, what = 'value') {
    expectSame(plain(actual), plain(expected), what);
}
