// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The argument of every message of a benchmark: a text that says which message it belongs to.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace junctor::bench {

/// Who sent a message, and which one of theirs it is.
struct message_number {
    std::size_t sender{0};
    std::uint64_t index{0};

    friend bool operator==(const message_number&, const message_number&) noexcept = default;
};

/// A text of a certain length that begins with a number of 16 hexadecimal digits: 4 for the sender, 12 for the index.
class numbered_argument {
public:
    static constexpr std::size_t digits = 16;
    static constexpr std::size_t senders_max = 0xFFFF;

    /// A text of `bytes`, but at least of the digits.
    explicit numbered_argument(std::size_t bytes);

    /// The text for number 0.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// Writes the digits of `number`.
    static void write(std::span<std::byte, digits> out, message_number number) noexcept;

    /// The number that `argument` says. Throws `failure` unless all of it is as it was sent.
    [[nodiscard]] message_number read(std::string_view argument) const;

private:
    std::string text_;
};

} // namespace junctor::bench
