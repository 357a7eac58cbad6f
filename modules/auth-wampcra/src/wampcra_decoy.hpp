// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What stands in for a principal that there is not.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <junctor/auth/principals.hpp>
#include <junctor/auth/wampcra_credentials.hpp>

namespace junctor::auth {

/// How salts are written.
struct salt_form {
    std::size_t size{0};
    std::size_t padding{0};    ///< Of base64, included in `size`.
    std::string_view alphabet; ///< Of what is not padding.

    [[nodiscard]] static salt_form of(std::string_view salt);

    friend auto operator<=>(const salt_form&, const salt_form&) = default;
};

/// Counts values, and says which one there were most of.
template <class T>
class majority {
public:
    void count(const T& one)
    {
        ++total_;
        const auto times = ++times_[one];
        if (times > most_) {
            most_ = times;
            winner_ = one;
        }
    }

    [[nodiscard]] std::size_t total() const noexcept { return total_; }

    /// The first to have reached the largest count; `T()` if none was counted.
    [[nodiscard]] const T& winner() const noexcept { return winner_; }

private:
    std::map<T, std::size_t> times_;
    std::size_t total_{0};
    std::size_t most_{0};
    T winner_{};
};

/// Makes up principals that look like those that there are: with the role that most have, and salted as most are. The
/// same authid always gets the same salt, as if it were stored. No signature is right for them. May be used by any
/// thread.
class wampcra_decoy {
public:
    using entry = principal<wampcra_credentials>;

    /// Salts are made with `salt_secret`; with one drawn at random if that is empty.
    explicit wampcra_decoy(secret salt_secret);

    /// Takes `one` into account.
    void resemble(const entry& one);

    /// The same, unless another one has been taken into account before: what a decoy looks like must not change with
    /// who has joined.
    void resemble_first(const entry& one);

    /// The stand-in for `authid`. Costs the same for every authid of the same length.
    [[nodiscard]] entry of(std::string_view authid) const;

private:
    struct derivation_form {
        std::int64_t iterations{0};
        std::int64_t keylen{0};
        salt_form salt;

        friend auto operator<=>(const derivation_form&, const derivation_form&) = default;
    };

    void count(const entry& one);
    [[nodiscard]] std::string salt_for(std::string_view authid, const salt_form& form) const;
    [[nodiscard]] binary octets_for(std::string_view authid, std::size_t count) const;

    secret salt_secret_;
    secret key_;
    mutable std::mutex mutex_; ///< Guards what has been counted.
    majority<std::string> authroles_;
    majority<derivation_form> derivations_;
};

} // namespace junctor::auth
