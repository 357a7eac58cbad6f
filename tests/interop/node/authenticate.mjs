// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Joins with an authmethod and its credentials, and tells what came of it. Attempts and outcomes are those of
/// python/login.py, for the authmethods that Autobahn for Node has, and without certificates.

import autobahn from 'autobahn';
import nacl from 'tweetnacl';
import { Run } from './client.mjs';
import { within } from './waits.mjs';

function keyPair(privkey) {
    return nacl.sign.keyPair.fromSeed(Uint8Array.from(Buffer.from(privkey, 'hex')));
}

const answers = {
    ticket: ({ ticket }) => ticket,
    wampcra: ({ secret }, { challenge, salt, iterations, keylen }) => {
        const key = salt === undefined ? secret : autobahn.auth_cra.derive_key(secret, salt, iterations, keylen);
        return autobahn.auth_cra.sign(key, challenge);
    },
    cryptosign: ({ privkey }, extra) => autobahn.auth_cryptosign.sign_challenge(keyPair(privkey), extra),
};

/// The options of Autobahn's connection that say who wants to join.
function loginOf({ authmethods, authid, credentials }) {
    const login = { authmethods, authid };
    if (credentials) {
        login.onchallenge = (session, method, extra) => answers[method](credentials, extra);
        if (credentials.privkey) {
            login.authextra = { pubkey: autobahn.auth_cryptosign.public_key(keyPair(credentials.privkey)) };
        }
    }
    return login;
}

const requests = {
    call: (session, uri) => session.call(uri),
    register: (session, uri) => session.register(uri, () => null, { invoke: 'roundrobin' }),
    subscribe: (session, uri) => session.subscribe(uri, () => {}),
    publish: (session, uri) => session.publish(uri, [], {}, { acknowledge: true }),
};

async function outcomeOfRequest(session, [action, uri]) {
    try {
        const answer = await within(requests[action](session, uri), `${action} ${uri}`);
        return { result: action === 'call' ? answer : true };
    } catch (failure) {
        if (failure instanceof Error) {
            throw failure;
        }
        return { error: failure.error, args: failure.args };
    }
}

export async function outcomeOf(attempt, serializer, realm) {
    const run = new Run({ url: attempt.url, serializer, realm: attempt.realm ?? realm });
    const connection = run.connect(run.realm, loginOf(attempt));
    const opened = connection.joined.then((joined) => joined, () => null);
    const joined = await within(opened, 'an answer to HELLO');
    if (joined === null) {
        const { reason, message } = await connection.closed;
        return { refused: { reason, message } };
    }
    const { session, details } = joined;
    const { id } = session;
    const outcomes = [];
    for (const request of attempt.requests ?? []) {
        outcomes.push(await outcomeOfRequest(session, request));
    }
    run.connections.push(connection);
    await run.leave();
    const { realm: entered, authid, authrole, authmethod, authprovider, authextra } = details;
    return {
        joined: { realm: entered, session: id, authid, authrole, authmethod, authprovider, authextra },
        requests: outcomes,
    };
}
