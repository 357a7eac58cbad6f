// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

import { place } from './platform.mjs';

/// What a scenario works with, whatever its client library: where it joins, and URIs that no other scenario has.
export class NamedRun {
    static count = 0;

    /// `prefix` of all URIs is one of this scenario alone, unless given.
    constructor({ url, serializer, realm, prefix }) {
        this.url = url;
        this.serializer = serializer;
        this.realm = realm;
        this._prefix = prefix ?? `com.example.interop.${place}.run${++NamedRun.count}`;
    }

    uri(name) {
        return `${this._prefix}.${name}`;
    }
}
