// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Joins with an authmethod and its credentials, and tells what came of it: the attempts and outcomes of
/// python/login.py, for the authmethods that Wampy.js has, and without requests.

import nacl from 'tweetnacl';
import * as cryptosign from 'wampy/cryptosign.js';
import * as wampcra from 'wampy/wampcra.js';
import { within } from '../waits.mjs';
import { Run } from './client.mjs';

const plugins = {
    ticket: ({ ticket }) => () => ticket,
    wampcra: ({ secret }) => wampcra.sign(secret),
    cryptosign: ({ privkey }) => cryptosign.sign(privkey),
};

/// The options of Wampy that say who wants to join. Whoever has no authid cannot authenticate with Wampy.
function loginOf({ authmethods: [method], authid, credentials }) {
    const login = { authid, authmethods: [method], authMode: 'auto' };
    login.authPlugins = { [method]: plugins[method](credentials) };
    if (credentials.privkey) {
        const { publicKey } = nacl.sign.keyPair.fromSeed(cryptosign.hex2bytes(credentials.privkey));
        login.authextra = { pubkey: cryptosign.bytes2hex(publicKey) };
    }
    return login;
}

export async function outcomeOf(attempt, serializer, realm) {
    const run = new Run({ url: attempt.url, serializer, realm: attempt.realm ?? realm });
    let client;
    try {
        client = await run.join(loginOf(attempt));
    } catch ({ errorUri: reason, details }) {
        return { refused: { reason, message: details?.message } };
    }
    const { realm: entered, authid, authrole, authmethod, authprovider } = client.welcome;
    const session = Number(client.getSessionId());
    await run.leave();
    return { joined: { realm: entered, session, authid, authrole, authmethod, authprovider }, requests: [] };
}
