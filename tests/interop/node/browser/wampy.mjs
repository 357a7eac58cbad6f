// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What ../wampy/client.mjs imports, out of the globals that Wampy.js and the browser have.

export const { CborSerializer, JsonSerializer, MsgpackSerializer, Wampy } = globalThis;

/// Wampy takes the WebSocket of the browser if it is given none.
export default undefined;
