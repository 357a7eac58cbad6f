// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A module's part of the configuration, read key by key.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/auth/secret.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

class module_registry;

/// The keys that lead to an option, from the outermost one: {"principals", "joe", "ticket"}.
using option_path = std::vector<std::string>;

/// Whoever is told what is wrong with options.
class option_problems {
public:
    virtual ~option_problems() = default;

    /// What makes the options unusable: `text` without a full stop, and how it can be mended if that is known.
    virtual void error(const option_path& where, std::string text, std::string hint) = 0;

    /// What can be used, but is hardly meant.
    virtual void warning(const option_path& where, std::string text, std::string hint) = 0;

    /// A key, the last of `where`, that nobody knows. Those that are known are in `known`.
    virtual void unknown_key(const option_path& where, std::span<const std::string> known) = 0;
};

/// Whoever is told what roles and realms options name, to compare them with those that there are.
class named_in_options {
public:
    virtual ~named_in_options() = default;

    /// Sessions get the role `name` in `realm`, or in whatever realm they ask for if that is empty.
    virtual void role(const option_path& where, std::string name, std::string realm) = 0;

    /// There must be a realm `name` for something to work.
    virtual void realm(const option_path& where, std::string name) = 0;
};

/// What options refer to without containing it.
struct option_context {
    std::filesystem::path base_directory; ///< What the paths of files are relative to.

    /// Gives the value of an environment variable, or nothing if it is not set. If it is empty itself, options come
    /// from elsewhere than a configuration: secrets are taken as they are, and name neither variables nor files.
    std::function<std::optional<std::string>(const std::string& name)> environment;
    option_problems& problems;
    const module_registry& modules; ///< What other modules there are.

    /// Whoever knows what roles and realms there are; null if nobody does.
    named_in_options* names{};

    /// What the connections can have for which the options are; nothing if they are for none, or that is not known.
    std::optional<possible_facts> transport{};
};

/// One dict of options. Its values are taken one after the other; what is missing or wrong is reported, and what then
/// is returned instead of it does not matter, since a configuration with errors is not used: code that reads options
/// need not ask whether all went well. `finish` reports the keys that nobody asked for.
///
///     pin_authenticator::pin_authenticator(module_options& options)
///         : pin_{options.secret_text("pin")}, role_{options.text("role", "user")}
///     {
///     }
///
/// Dict and context must outlive it. Used by one thread at a time.
class module_options {
public:
    module_options(const dict& content, const option_context& context, option_path where = {});

    /// \name Values that must be there
    /// @{
    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);

    /// A text whose octets are to be kept secret: the text itself, the value of an environment variable if all of the
    /// text is `${NAME}`, or, from `{"file": PATH}`, the content of a file without the end of its last line.
    [[nodiscard]] secret secret_text(std::string_view key);

    /// Octets in hexadecimal digits: `size` of them, or any number if that is 0.
    [[nodiscard]] binary hex(std::string_view key, std::size_t size = 0);

    /// A list of texts with one element at least.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);
    /// @}

    /// \name Values that may be left out
    /// @{
    [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max,
                                       std::int64_t otherwise);
    [[nodiscard]] bool boolean(std::string_view key, bool otherwise);

    /// The name of a role that sessions get in `realm`, or in every realm if that is empty. That no realm has such a
    /// role gives a warning, where that is known. `otherwise` may be empty for none.
    [[nodiscard]] std::string role(std::string_view key, std::string_view otherwise, std::string_view realm = {});

    /// The name of a realm; empty if it is left out. That there is no such realm gives a warning, where that is known.
    [[nodiscard]] std::string realm(std::string_view key);
    /// @}

    /// The dicts that the dict under `key` holds by names, such as authids. There must be one at least, unless the key
    /// is absent.
    [[nodiscard]] std::vector<std::pair<std::string, module_options>> sections(std::string_view key);

    /// The number that one of `words` under `key` stands for, which may be left out: `otherwise` then.
    [[nodiscard]] std::size_t choice(std::string_view key, std::span<const std::string_view> words,
                                     std::size_t otherwise);

    /// Whether `key` is there. It counts as known from then on.
    [[nodiscard]] bool has(std::string_view key);

    /// The value of `key` as it is, or null.
    [[nodiscard]] const value* find(std::string_view key);

    /// All keys and their values, all known from then on.
    [[nodiscard]] const dict& all();

    /// Reports that the value of `key` is wrong; that of the dict as a whole for an empty key.
    void error(std::string_view key, std::string text, std::string hint = {});
    void warning(std::string_view key, std::string text, std::string hint = {});

    /// Reports every key that was not asked for.
    void finish();

    [[nodiscard]] const option_context& context() const noexcept { return context_; }

private:
    [[nodiscard]] option_path path_of(std::string_view key) const;
    [[nodiscard]] const value* require(std::string_view key);
    template <class T>
    [[nodiscard]] const T* as(const value& content, std::string_view key, std::string_view expected);
    [[nodiscard]] std::string checked_text(const value& content, std::string_view key);
    [[nodiscard]] std::int64_t checked_integer(const value& content, std::string_view key, std::int64_t min,
                                               std::int64_t max);
    [[nodiscard]] secret read_file(const dict& source, std::string_view key);

    const dict& content_;
    const option_context& context_;
    option_path where_;
    std::vector<std::string> known_;
};

} // namespace junctor
