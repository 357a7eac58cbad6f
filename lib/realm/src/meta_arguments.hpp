// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The arguments of a call that the realm answers itself.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/errc.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

/// A call of a built-in procedure. Whoever asks for an argument says of what kind it must be; the first one that is not
/// fails the call, and so may the procedure. An argument that is null counts as not given.
class meta_arguments {
public:
    meta_arguments(realm_member& caller, const call& m);

    [[nodiscard]] realm_member& caller() const noexcept { return caller_; }
    [[nodiscard]] request_id request() const noexcept { return request_; }

    /// The positional argument `at`, counted from 0: an identifier in 1..2^53, or a text. It must be given.
    [[nodiscard]] std::uint64_t id(std::size_t at);
    [[nodiscard]] std::string text(std::size_t at);

    /// The positional argument `at`, null if it is not given. Valid as long as this object.
    [[nodiscard]] const list* list_of_texts(std::size_t at);
    [[nodiscard]] const list* optional_list(std::size_t at);
    [[nodiscard]] const dict* optional_dict(std::size_t at);

    /// The keyword argument `key`, nothing (or false) if it is not given. An identifier is a number in 1..2^53.
    [[nodiscard]] std::optional<std::string> keyword_text(std::string_view key);
    [[nodiscard]] std::optional<std::uint64_t> keyword_id(std::string_view key);
    [[nodiscard]] bool keyword_flag(std::string_view key);
    [[nodiscard]] const dict* keyword_dict(std::string_view key);

    /// Lets the call fail, with the code's own text if there is none; a failure from before stays.
    void fail(errc code, std::string_view text = {});
    [[nodiscard]] bool failed() const noexcept { return code_ != errc{}; }
    [[nodiscard]] errc code() const noexcept { return code_; }
    [[nodiscard]] const std::string& text_of_failure() const noexcept { return text_; }

    /// Somebody will answer the call later.
    void defer() noexcept { deferred_ = true; }
    [[nodiscard]] bool deferred() const noexcept { return deferred_; }

private:
    [[nodiscard]] const value* positional(std::size_t at) const noexcept;
    [[nodiscard]] const value* keyword(std::string_view key) const noexcept;
    void expected(std::size_t at, std::string_view kind);

    realm_member& caller_;
    request_id request_;
    bool deferred_{false};
    list args_;
    dict kwargs_;
    errc code_{};
    std::string text_;
};

} // namespace junctor
