// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Whether all ways to read the same bytes agree; for fuzzing and for tests with damaged messages.

#include <algorithm>
#include <string_view>

#include <junctor/codec/codec.hpp>

namespace junctor::test {

/// What reading `input` in different ways has shown.
struct reading_outcome {
    bool well_formed{false};       ///< The input is one value, which could be skipped.
    std::string_view disagreement; ///< Empty unless two ways of reading contradict each other.
};

namespace detail {

/// The error of skipping the one value that `input` must be.
inline errc skip_all(encoded input)
{
    text_scratch scratch;
    return with_reader(input, scratch, [&](auto& reader) {
        reader.skip();
        reader.finish();
        return reader.error();
    });
}

/// Whether the elements of a list can be skipped one by one, and each slice alone is well-formed.
inline bool slices_are_sound(encoded list)
{
    text_scratch scratch;
    return with_reader(list, scratch, [&](auto& reader) {
        reader.enter_list();
        while (reader.next()) {
            if (skip_all({list.format, reader.skip()}) != errc{})
                return false;
        }
        reader.finish();
        return reader.ok();
    });
}

/// Whether the input is well-formed, but holds what no `value` can: an extension type, a key that is no text, a key
/// twice.
inline bool is_about_content(errc error)
{
    return error == errc::not_expressible || error == errc::unexpected_type || error == errc::malformed;
}

/// Whether `input`, which holds `content`, can be transcoded to `to` and gives what writing `content` gives.
inline bool transcodes_like(encoded input, const value& content, serializer to)
{
    byte_buffer direct;
    byte_buffer built;
    if (transcode(input, to, direct) != errc{} || skip_all({to, direct.view()}) != errc{})
        return false;
    write_value(content, to, built);
    return std::ranges::equal(direct.view(), built.view());
}

} // namespace detail

/// Reads `input` in every way there is.
inline reading_outcome read_in_every_way(encoded input)
{
    const auto error = detail::skip_all(input);
    const auto content = read_value(input);
    if (error != errc{})
        return {false, content.has_value() ? "read_value takes what skip refuses" : ""};
    text_scratch scratch;
    const auto kind = with_reader(input, scratch, [](auto& reader) { return reader.peek(); });
    if (kind == value_kind::list && !detail::slices_are_sound(input))
        return {true, "a list that can be skipped whole cannot be skipped by its elements"};
    if (content.has_error()) {
        const bool excused = detail::is_about_content(static_cast<errc>(content.error().value()));
        return {true, excused ? "" : "read_value refuses what skip takes"};
    }
    for (const auto to : all_serializers) {
        if (to != input.format && !detail::transcodes_like(input, *content, to))
            return {true, "transcode gives something else than write_value"};
    }
    return {true, ""};
}

} // namespace junctor::test
