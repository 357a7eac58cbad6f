// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What scenarios need and each place where they run has in its own way: here it is Node. In a page, it is
/// browser/platform.mjs instead.

import { readFileSync } from 'node:fs';

export { deepStrictEqual as expectSame } from 'node:assert/strict';

/// A component for URIs that no other process has.
export const place = `node${process.pid}`;

export const table = JSON.parse(readFileSync(new URL('../values.json', import.meta.url), 'utf8'));

/// Octets, from a list of numbers or other octets; and those that a text in base64 stands for.
export const octets = (numbers) => Buffer.from(numbers);
export const decoded = (text) => Buffer.from(text, 'base64');
