// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The map whose keys are identifiers.

#include <functional>

#include <boost/unordered/unordered_flat_map.hpp>

namespace junctor {

/// A flat map from identifiers of one kind. Adding to it moves what it holds.
template <class Id, class Content>
using id_map = boost::unordered_flat_map<Id, Content, std::hash<Id>>;

} // namespace junctor
