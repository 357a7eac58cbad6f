// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Views of bytes, and the buffer that messages are encoded into.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace junctor {

/// Bytes owned by somebody else.
using byte_view = std::span<const std::byte>;

/// The characters of `text` as bytes.
[[nodiscard]] inline byte_view as_bytes(std::string_view text) noexcept
{
    return std::as_bytes(std::span{text.data(), text.size()});
}

/// The bytes as characters, unchecked.
[[nodiscard]] inline std::string_view as_text(byte_view bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {

/// As many octets as the registers of all processors hold.
using word_pair [[gnu::vector_size(16)]] = std::uint64_t;

/// The octets at `at`, wherever that is, as a number, or as several in one register.
template <class Word>
[[nodiscard]] inline Word load_word(const char* at) noexcept
{
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

} // namespace detail

/// A growing array of bytes that never clears what it hands out. Not thread-safe.
///
/// Unlike `std::vector` it grows without writing zeros, and unlike `std::string` it can be truncated and patched in
/// place, which is what writers with back-patched lengths do.
class byte_buffer {
public:
    byte_buffer() noexcept = default;
    byte_buffer(byte_buffer&& other) noexcept
        : data_{std::exchange(other.data_, nullptr)},
          size_{std::exchange(other.size_, 0)},
          capacity_{std::exchange(other.capacity_, 0)}
    {
    }
    byte_buffer& operator=(byte_buffer&& other) noexcept
    {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    byte_buffer(const byte_buffer&) = delete;
    byte_buffer& operator=(const byte_buffer&) = delete;
    ~byte_buffer() { std::free(data_); }

    [[nodiscard]] std::byte* data() noexcept { return data_; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] byte_view view() const noexcept { return {data_, size_}; }
    [[nodiscard]] byte_view view(std::size_t offset) const noexcept { return {data_ + offset, size_ - offset}; }

    std::byte& operator[](std::size_t index) noexcept { return data_[index]; }
    const std::byte& operator[](std::size_t index) const noexcept { return data_[index]; }

    /// Appends `count` bytes of undefined content and returns where they start. Throws `std::bad_alloc`.
    std::byte* extend(std::size_t count)
    {
        if (capacity_ - size_ < count)
            grow(count);
        auto* const start = data_ + size_;
        size_ += count;
        return start;
    }

    void append(byte_view bytes)
    {
        if (!bytes.empty())
            std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }

    void append(std::string_view text) { append(as_bytes(text)); }
    void push(std::byte octet) { *extend(1) = octet; }
    void push(char octet) { *extend(1) = static_cast<std::byte>(octet); }

    /// Makes room for `count` bytes of undefined content at `offset`, moving what stands behind.
    std::byte* insert(std::size_t offset, std::size_t count);

    /// Forgets all bytes from `size` on; `size` must not exceed the present size. The capacity stays.
    void truncate(std::size_t size) noexcept { size_ = size; }
    void clear() noexcept { size_ = 0; }

    /// Forgets the first `count` bytes and moves the rest to the front.
    void consume(std::size_t count) noexcept;

    /// Gives the memory back.
    void release() noexcept;

private:
    void grow(std::size_t count);

    std::byte* data_{nullptr};
    std::size_t size_{0};
    std::size_t capacity_{0};
};

} // namespace junctor
