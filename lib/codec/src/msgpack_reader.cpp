// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/msgpack_reader.hpp>

#include <bit>
#include <string>

namespace junctor::detail {

namespace {

/// The number that begins at `at` with its head complete.
any_number number_at(const unsigned char* at) noexcept
{
    switch (*at) {
    case msgpack_lead::float32: return std::bit_cast<float>(load_big<std::uint32_t>(at + 1));
    case msgpack_lead::float64: return std::bit_cast<double>(load_big<std::uint64_t>(at + 1));
    case msgpack_lead::uint8: return std::uint64_t{at[1]};
    case msgpack_lead::uint16: return std::uint64_t{load_big<std::uint16_t>(at + 1)};
    case msgpack_lead::uint32: return std::uint64_t{load_big<std::uint32_t>(at + 1)};
    case msgpack_lead::uint64: return load_big<std::uint64_t>(at + 1);
    case msgpack_lead::int8: return make_number(static_cast<std::int8_t>(at[1]));
    case msgpack_lead::int16: return make_number(load_big<std::int16_t>(at + 1));
    case msgpack_lead::int32: return make_number(load_big<std::int32_t>(at + 1));
    case msgpack_lead::int64: return make_number(load_big<std::int64_t>(at + 1));
    default: return make_number(static_cast<std::int8_t>(*at)); // the numbers of one octet are two's complement
    }
}

/// Moves `at` over a text of `length` octets, or says what is wrong with it.
inline errc pass_text(const unsigned char*& at, const unsigned char* end, std::size_t length) noexcept
{
    if (static_cast<std::size_t>(end - at) < length)
        return errc::truncated;
    if (!is_utf8({reinterpret_cast<const char*>(at), length}))
        return errc::invalid_utf8;
    at += length;
    return errc{};
}

/// Counts the values that are still to come, and how deep they stand.
class nested_values {
public:
    static constexpr bool knows_depth = true;

    explicit nested_values(std::size_t levels) noexcept : levels_{levels} {}

    void pass() noexcept { --due_; }
    [[nodiscard]] bool may_enter() const noexcept { return level_ != levels_; }
    void enter(std::size_t count) noexcept
    {
        outer_[level_++] = due_;
        due_ = count;
    }
    [[nodiscard]] bool any_left() noexcept
    {
        while (due_ == 0 && level_ != 0)
            due_ = outer_[--level_];
        return due_ != 0;
    }

private:
    std::size_t levels_;
    std::size_t level_{0};
    std::size_t due_{1};                                       ///< In the innermost container.
    std::array<std::size_t, limits::nesting_depth_max> outer_; ///< In each of those around it that began here.
};

/// Counts the values that are still to come, wherever they stand. Takes no more containers than may be within each
/// other: then none of them is too deep, and nothing but numbers is to be kept.
class few_values {
public:
    static constexpr bool knows_depth = false;

    explicit few_values(std::size_t levels) noexcept : containers_left_{levels} {}

    void pass() noexcept { --due_; }
    [[nodiscard]] bool may_enter() const noexcept { return containers_left_ != 0; }
    void enter(std::size_t count) noexcept
    {
        --containers_left_;
        due_ += count;
    }
    [[nodiscard]] bool any_left() const noexcept { return due_ != 0; }

private:
    std::size_t containers_left_;
    std::size_t due_{1};
};

/// Moves `at` over a value of any form, or over the head of a container, which is entered. `nested_too_deep` if it may
/// not be.
template <class Values>
inline errc pass_any(const unsigned char*& at, const unsigned char* end, Values& values) noexcept
{
    const auto& form = msgpack_tokens[*at];
    const auto available = static_cast<std::size_t>(end - at);
    if (available < form.head)
        return errc::truncated;
    const auto length = length_of(form, at);
    const auto rest = available - form.head;
    at += form.head;

    switch (form.kind) {
    case value_kind::list:
    case value_kind::dict: {
        const auto doubled = form.kind == value_kind::dict ? 1u : 0u;
        if (!values.may_enter())
            return errc::nested_too_deep;
        if (rest >> doubled < length)
            return errc::truncated;
        values.enter(length << doubled);
        return errc{};
    }
    case value_kind::text: return pass_text(at, end, length);
    case value_kind::other:
        if (form.head == 0)
            return errc::malformed;
        [[fallthrough]];
    case value_kind::binary:
        if (rest < length)
            return errc::truncated;
        at += length;
        return errc{};
    default: return errc{}; // a number or the like, which is its head
    }
}

/// Finds the end of the value at `at`, within which there may be so many levels of containers.
template <class Values>
msgpack_find walk(const unsigned char* at, const unsigned char* end, std::size_t levels) noexcept
{
    const auto* const start = at;
    Values values(levels);
    do {
        if (at == end)
            return {.failure = errc::truncated};
        const auto lead = *at;
        auto failure = errc{};
        values.pass();
        // Most values are small numbers, short texts, and the lists around them.
        if (lead < msgpack_lead::fixint_end) {
            ++at;
        } else if ((lead & 0xE0) == msgpack_lead::fixstr) {
            ++at;
            failure = pass_text(at, end, lead & 0x1Fu);
        } else if ((lead & 0xF0) == msgpack_lead::fixarray && values.may_enter()) {
            values.enter(lead & 0x0Fu);
            ++at;
        } else {
            failure = pass_any(at, end, values);
        }
        if (failure == errc::nested_too_deep && !Values::knows_depth)
            return walk<nested_values>(start, end, levels);
        if (failure != errc{})
            return {.failure = failure};
    } while (values.any_left());
    return {.at = at};
}

} // namespace

errc msgpack_mismatch(const unsigned char* at, const unsigned char* end) noexcept
{
    if (at == end)
        return errc::truncated;
    return msgpack_tokens[*at].head == 0 ? errc::malformed : errc::unexpected_type;
}

msgpack_find find_msgpack_head(const unsigned char* at, const unsigned char* end, value_kind wanted) noexcept
{
    if (at == end || msgpack_tokens[*at].kind != wanted)
        return {.failure = msgpack_mismatch(at, end)};
    const auto& form = msgpack_tokens[*at];
    if (static_cast<std::size_t>(end - at) < form.head)
        return {.failure = errc::truncated};
    return {.at = at + form.head, .length = static_cast<std::uint32_t>(length_of(form, at))};
}

msgpack_find find_msgpack_number(const unsigned char* at, const unsigned char* end, any_number& n) noexcept
{
    if (at == end)
        return {.failure = errc::truncated};
    const auto& form = msgpack_tokens[*at];
    if (form.kind != value_kind::integer && form.kind != value_kind::real)
        return {.failure = msgpack_mismatch(at, end)};
    if (static_cast<std::size_t>(end - at) < form.head)
        return {.failure = errc::truncated};
    n = number_at(at);
    return {.at = at + form.head};
}

msgpack_find find_msgpack_end(const unsigned char* at, const unsigned char* end, std::size_t depth) noexcept
{
    return walk<few_values>(at, end, limits::nesting_depth_max - depth);
}

} // namespace junctor::detail
