// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Parts of messages that the router forwards: payloads, custom attributes, and those of payload passthru mode.

#include <string_view>

#include <junctor/codec/serializer.hpp>

namespace junctor {

/// A list that nobody has looked into but to check that it is one.
struct encoded_list : encoded {};

/// A dict that nobody has looked into but to check that it is one.
struct encoded_dict : encoded {};

/// Arguments and ArgumentsKw, as the bytes they came in: forwarded verbatim to peers of the same serializer.
struct payload {
    encoded_list args;
    encoded_dict kwargs;
};

/// The custom attributes (`_name`, `x_name`) among some options, to be forwarded to the other side: `source` is the
/// whole dict they stand in, absent if it has none.
struct custom_attributes {
    encoded_dict source;
};

/// The attributes of payload passthru mode. Spec: "Payload Passthru Mode".
struct passthru_attributes {
    std::string_view scheme;
    std::string_view serializer;
    std::string_view cipher;
    std::string_view keyid;

    [[nodiscard]] bool present() const noexcept { return !scheme.empty(); }

    static void fields(auto& self, auto& visit)
    {
        visit("ppt_scheme", self.scheme);
        visit("ppt_serializer", self.serializer);
        visit("ppt_cipher", self.cipher);
        visit("ppt_keyid", self.keyid);
    }
};

} // namespace junctor
