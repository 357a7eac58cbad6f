// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <junctor/auth/cookie_file.hpp>
#include <junctor/transport/cookie_settings.hpp>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::int64_t length_min = 6;
constexpr std::int64_t length_max = 64;
constexpr std::int64_t length_safe = 16;             ///< 96 bits.
constexpr std::int64_t max_age_most_s = 315'360'000; // Ten years.

constexpr std::array<named<same_site>, 3> pages{
    {{"Strict", same_site::strict}, {"Lax", same_site::lax}, {"None", same_site::none}}};

/// A small letter, and then small letters, digits and underscores, one at least.
bool is_name(std::string_view name) noexcept
{
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return name.size() > 1 && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
           });
}

void report_unknown_store(const config_item& item, std::string_view type, config_reading& reading)
{
    if (type == "sqlite" || type == "database")
        return reading.problems.error(item, "this build has no store of that type",
                                      "build Junctor with JUNCTOR_WITH_SQLITE, or load the module store-sqlite");
    const auto others = reading.context.modules->cookie_journals();
    std::vector<std::string_view> types(others.begin(), others.end());
    types.insert(types.begin(), {"memory", "file"});
    report_unknown_word(item, "type of cookie store", types, reading.problems);
}

std::unique_ptr<cookie_journal> read_file(dict_reader& keys, config_reading& reading)
{
    const auto purge = keys.boolean("purge_on_startup").value_or(false) ? cookie_purge::on_startup : cookie_purge::no;
    const auto item = keys.require("filename");
    const auto path = item ? read_path(*item, reading) : std::nullopt;
    return path ? std::make_unique<cookie_file>(reading.absolute(*path), purge) : nullptr;
}

/// The journal of a module, which reads the keys that are left.
std::unique_ptr<cookie_journal> read_other(const config_item& item, const std::string& type, dict_reader& keys,
                                           config_reading& reading)
{
    const auto* const make = reading.context.modules->find_cookie_journal(type);
    dict content;
    for (const auto& [key, own] : keys.take_all())
        content.set(key, to_value(*own.node));
    if (make != nullptr)
        return make_from(*make, content, keys.item(), reading);
    report_unknown_store(item, type, reading);
    return nullptr;
}

std::shared_ptr<cookie_store> read_cookie_store(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto type_item = keys.require("type");
    const auto type = type_item ? read_text(*type_item, reading.problems) : std::nullopt;
    std::unique_ptr<cookie_journal> journal;
    if (type && *type == "file")
        journal = read_file(keys, reading);
    else if (type && *type != "memory")
        journal = read_other(*type_item, *type, keys, reading);
    keys.finish();
    return std::make_shared<cookie_store>(std::move(journal));
}

} // namespace

std::shared_ptr<const cookie_settings> read_cookie(const config_item& item, config_reading& reading)
{
    auto settings = std::make_shared<cookie_settings>();
    dict_reader keys(item, reading.problems);
    if (const auto name_item = keys.take("name")) {
        settings->name = read_text(*name_item, reading.problems).value_or(settings->name);
        if (!is_name(settings->name))
            reading.problems.error(*name_item, "is no name of a cookie",
                                   "two characters at least: small letters, digits and '_', a letter first");
    }
    if (const auto length_item = keys.take("length")) {
        const auto length = read_integer(*length_item, length_min, length_max, reading.problems);
        if (length && *length < length_safe)
            reading.problems.warning(*length_item, "is so short that cookies can be guessed", "24 is a good length");
        settings->length = static_cast<std::size_t>(length.value_or(length_max));
    }
    if (const auto age = keys.integer("max_age", 1, max_age_most_s))
        settings->max_age = std::chrono::seconds(*age);
    settings->secure = keys.boolean("secure");
    settings->http_only = keys.boolean("http_strict").value_or(true);
    settings->pages = keys.choice("same_site", "value", pages).value_or(same_site::lax);
    if (const auto store = keys.take("store"))
        settings->store = read_cookie_store(*store, reading);
    keys.finish();
    return settings;
}

} // namespace junctor
