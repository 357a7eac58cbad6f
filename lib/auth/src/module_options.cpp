// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_options.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/crypto.h>

#include <junctor/base/hex.hpp>

namespace junctor {

namespace {

/// NAME if all of `text` is `${NAME}`. Not for `$NAME`: there are passwords that begin with a dollar sign.
std::optional<std::string> variable_of(std::string_view text)
{
    if (!text.starts_with("${") || !text.ends_with('}') || text.size() < 4)
        return std::nullopt;
    return std::string(text.substr(2, text.size() - 3));
}

/// `kind` of a value with its article, such as "an integer".
std::string with_article(std::string_view kind)
{
    return fmt::format("{} {}", kind == "integer" ? "an" : "a", kind);
}

/// Secrets are a few lines at most; whoever names a device or a dump of a disk has made a mistake.
constexpr std::size_t secret_file_bytes_max = std::size_t{64} * 1024;

} // namespace

module_options::module_options(const dict& content, const option_context& context, option_path where)
    : content_{content}, context_{context}, where_{std::move(where)}
{
}

std::string module_options::text(std::string_view key)
{
    const auto* const found = require(key);
    return found != nullptr ? checked_text(*found, key) : std::string();
}

std::string module_options::text(std::string_view key, std::string_view otherwise)
{
    const auto* const found = find(key);
    return found != nullptr ? checked_text(*found, key) : std::string(otherwise);
}

std::int64_t module_options::integer(std::string_view key, std::int64_t min, std::int64_t max)
{
    const auto* const found = require(key);
    return found != nullptr ? checked_integer(*found, key, min, max) : min;
}

std::int64_t module_options::integer(std::string_view key, std::int64_t min, std::int64_t max, std::int64_t otherwise)
{
    const auto* const found = find(key);
    return found != nullptr ? checked_integer(*found, key, min, max) : otherwise;
}

bool module_options::boolean(std::string_view key, bool otherwise)
{
    const auto* const found = find(key);
    const auto* const flag = found != nullptr ? as<bool>(*found, key, "true or false") : nullptr;
    return flag != nullptr ? *flag : otherwise;
}

std::string module_options::role(std::string_view key, std::string_view otherwise, std::string_view realm)
{
    auto name = text(key, otherwise);
    if (context_.names != nullptr && !name.empty())
        context_.names->role(path_of(key), name, std::string(realm));
    return name;
}

std::string module_options::realm(std::string_view key)
{
    auto name = text(key, "");
    if (context_.names != nullptr && !name.empty())
        context_.names->realm(path_of(key), name);
    return name;
}

secret module_options::secret_text(std::string_view key)
{
    const auto* const found = require(key);
    if (found == nullptr)
        return {};
    if (const auto* const source = found->get_if<dict>(); source != nullptr && context_.environment)
        return read_file(*source, key);
    const auto literal = checked_text(*found, key);
    const auto variable = context_.environment ? variable_of(literal) : std::nullopt;
    if (!variable)
        return secret(literal);
    auto content = context_.environment(*variable);
    if (!content || content->empty())
        error(key, fmt::format("the environment variable '{}' is {}", *variable, content ? "empty" : "not set"));
    return secret(content.value_or(""));
}

secret module_options::read_file(const dict& source, std::string_view key)
{
    const auto* const name = source.find("file");
    const auto* const relative = name != nullptr ? name->get_if<std::string>() : nullptr;
    if (relative == nullptr || source.size() != 1) {
        error(key, "must be a string, or name a file", R"({"file": "PATH"})");
        return {};
    }
    const auto path = context_.base_directory / *relative;
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (!std::filesystem::is_regular_file(status)) {
        error(key, fmt::format("there is no file '{}'", path.string()));
        return {};
    }
    std::ifstream file(path, std::ios::binary);
    std::string content(secret_file_bytes_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    const secret all(content);
    OPENSSL_cleanse(content.data(), content.size());
    auto kept = all.view();
    if (kept.ends_with('\n'))
        kept.remove_suffix(1);
    if (kept.ends_with('\r'))
        kept.remove_suffix(1);
    if (kept.empty())
        error(key, fmt::format("the file '{}' is empty or cannot be read", path.string()), "check its owner and mode");
    else if (all.size() > secret_file_bytes_max)
        error(key, fmt::format("the file '{}' is too large for a secret", path.string()));
    else if ((status.permissions() & std::filesystem::perms::others_read) != std::filesystem::perms::none)
        warning(key, fmt::format("everybody can read the file '{}'", path.string()), "chmod o= takes that away");
    return secret(kept);
}

binary module_options::hex(std::string_view key, std::size_t size)
{
    const auto digits = text(key);
    auto octets = from_hex(digits);
    if (!octets || (size != 0 && octets->size() != size)) {
        if (!digits.empty() && size != 0)
            error(key, fmt::format("must be {} hexadecimal digits", size * 2));
        else if (!digits.empty())
            error(key, "must be an even number of hexadecimal digits");
        return binary(size);
    }
    return std::move(*octets);
}

std::vector<std::string> module_options::texts(std::string_view key)
{
    const auto* const found = require(key);
    const auto* const elements = found != nullptr ? as<list>(*found, key, "a list") : nullptr;
    std::vector<std::string> all;
    if (elements == nullptr)
        return all;
    if (elements->empty())
        error(key, "must not be empty");
    for (const auto& element : *elements)
        all.push_back(checked_text(element, key));
    return all;
}

std::vector<std::pair<std::string, module_options>> module_options::sections(std::string_view key)
{
    std::vector<std::pair<std::string, module_options>> all;
    const auto* const found = find(key);
    const auto* const entries = found != nullptr ? as<dict>(*found, key, "a dict") : nullptr;
    if (entries == nullptr)
        return all;
    if (entries->empty())
        error(key, "must not be empty");
    for (const auto& [name, content] : *entries) {
        auto path = path_of(key);
        path.push_back(name);
        if (const auto* const section = content.get_if<dict>())
            all.emplace_back(name, module_options(*section, context_, std::move(path)));
        else
            context_.problems.error(path, fmt::format("must be a dict, not {}", with_article(content.kind())), {});
    }
    return all;
}

std::size_t module_options::choice(std::string_view key, std::span<const std::string_view> words, std::size_t otherwise)
{
    const auto* const found = find(key);
    if (found == nullptr)
        return otherwise;
    const auto word = checked_text(*found, key);
    const auto at = std::find(words.begin(), words.end(), word);
    if (at != words.end())
        return static_cast<std::size_t>(at - words.begin());
    if (!word.empty())
        error(key, fmt::format("unknown value '{}'", word), fmt::format("supported: {}", fmt::join(words, ", ")));
    return otherwise;
}

bool module_options::has(std::string_view key)
{
    return find(key) != nullptr;
}

const value* module_options::find(std::string_view key)
{
    if (std::find(known_.begin(), known_.end(), key) == known_.end())
        known_.emplace_back(key);
    return content_.find(key);
}

const dict& module_options::all()
{
    for (const auto& [key, content] : content_)
        known_.push_back(key);
    return content_;
}

void module_options::error(std::string_view key, std::string text, std::string hint)
{
    context_.problems.error(path_of(key), std::move(text), std::move(hint));
}

void module_options::warning(std::string_view key, std::string text, std::string hint)
{
    context_.problems.warning(path_of(key), std::move(text), std::move(hint));
}

void module_options::finish()
{
    for (const auto& [key, content] : content_) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end())
            context_.problems.unknown_key(path_of(key), known_);
    }
}

option_path module_options::path_of(std::string_view key) const
{
    auto path = where_;
    if (!key.empty())
        path.emplace_back(key);
    return path;
}

const value* module_options::require(std::string_view key)
{
    const auto* const found = find(key);
    if (found == nullptr)
        context_.problems.error(where_, fmt::format("needs the key '{}'", key), {});
    return found;
}

/// The content of `key` if it is a `T`; a problem otherwise.
template <class T>
const T* module_options::as(const value& content, std::string_view key, std::string_view expected)
{
    const auto* const typed = content.get_if<T>();
    if (typed == nullptr)
        error(key, fmt::format("must be {}, not {}", expected, with_article(content.kind())));
    return typed;
}

std::string module_options::checked_text(const value& content, std::string_view key)
{
    const auto* const text = as<std::string>(content, key, "a string");
    if (text != nullptr && text->empty())
        error(key, "must not be empty");
    return text != nullptr ? *text : std::string();
}

std::int64_t module_options::checked_integer(const value& content, std::string_view key, std::int64_t min,
                                             std::int64_t max)
{
    const auto* const number = as<std::int64_t>(content, key, "an integer");
    if (number == nullptr)
        return min;
    if (*number < min || *number > max)
        error(key, fmt::format("must be from {} to {}", min, max));
    return *number;
}

} // namespace junctor
