// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is in the details of HELLO, and other slices that are looked into once in a while.

#include <optional>
#include <string>
#include <vector>

#include <junctor/base/features.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/message/messages.hpp>

namespace junctor {

/// The details of HELLO that the router understands. Owns its contents.
struct hello_details {
    role_features roles;
    std::vector<std::string> authmethods;
    std::string authid; ///< Empty if none was given.
    dict authextra;
    std::string agent;
};

/// Reads the details of HELLO. Keys that the router does not know, and features that are not a dict of booleans, are
/// passed over; a known key of the wrong type is `errc::invalid_argument`, more than `limits::hello_entries_max`
/// entries in one place `errc::too_many_requests`. Spec: "Session Establishment".
[[nodiscard]] decoded<hello_details> read_hello_details(const encoded_dict& details);

/// Calls `use(std::string_view)` for each text in `texts`; false if an element is no text.
template <class Use>
[[nodiscard]] bool for_each_text(const encoded_list& texts, Use&& use)
{
    text_scratch scratch;
    return with_reader(texts, scratch, [&](auto& reader) {
        reader.enter_list();
        while (reader.next()) {
            const auto text = reader.read_text();
            if (reader.ok())
                use(text);
        }
        return reader.ok();
    });
}

/// Calls `use(std::uint64_t)` for each identifier in `ids`; false if an element is no integer in 0..2^64-1.
template <class Use>
[[nodiscard]] bool for_each_id(const encoded_list& ids, Use&& use)
{
    text_scratch scratch;
    return with_reader(ids, scratch, [&](auto& reader) {
        reader.enter_list();
        while (reader.next()) {
            const auto number = reader.read_unsigned();
            if (reader.ok())
                use(number);
        }
        return reader.ok();
    });
}

} // namespace junctor
