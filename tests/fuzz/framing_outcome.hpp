// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What parsers of frames made of their input, for fuzz targets that compare it.

#include <cstdlib>
#include <string>
#include <vector>

#include <boost/system/error_code.hpp>

#include <junctor/framing/frame_parser.hpp>

struct seen_frame {
    junctor::frame_type type;
    std::string payload;

    friend bool operator==(const seen_frame&, const seen_frame&) = default;
};

struct outcome {
    std::vector<seen_frame> frames;
    boost::system::error_code error;

    friend bool operator==(const outcome&, const outcome&) = default;
};

inline void require(bool condition)
{
    if (!condition)
        std::abort();
}

/// Adds what `parser` makes of `input` to `seen`, up to its end or the first error.
template <class Parser, class Input>
void add_frames(Parser& parser, Input input, outcome& seen)
{
    using junctor::frame_status;
    for (auto step = parser.next(input); step.status != frame_status::need_more; step = parser.next(input)) {
        if (step.status == frame_status::failed) {
            require(parser.error().failed());
            seen.error = parser.error();
            break;
        }
        seen.frames.push_back({step.type, std::string(junctor::as_text(step.payload))});
    }
    parser.recycle();
}
