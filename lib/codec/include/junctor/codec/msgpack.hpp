// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// MessagePack: reader and writer.

#include <junctor/codec/msgpack_reader.hpp>
#include <junctor/codec/msgpack_writer.hpp>
