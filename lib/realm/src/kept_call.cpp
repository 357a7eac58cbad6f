// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/kept_call.hpp>

namespace junctor {

kept_call::kept_call(const call& m)
    : procedure_{m.procedure}, attributes_{as_text(m.options.forwarded.source.bytes)}, message_{m}
{
    message_.procedure = procedure_;
    message_.options.forwarded.source.bytes = as_bytes(attributes_);
    message_.body = {};
}

} // namespace junctor
