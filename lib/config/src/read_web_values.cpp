// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <memory>

#include <junctor/transport/shared_port.hpp>
#include <junctor/web/health.hpp>
#include <junctor/web/json_value.hpp>
#include <junctor/web/node_info.hpp>
#include <junctor/web/redirect.hpp>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<named<health_probe>, 2> probes{
    {{"liveness", health_probe::liveness}, {"readiness", health_probe::readiness}}};

json_value_options read_json_options(const config_item& item, config_reading& reading)
{
    json_value_options options;
    dict_reader keys(item, reading.problems);
    options.prettified = keys.boolean("prettify").value_or(options.prettified);
    options.cross_origin_allowed = keys.boolean("allow_cross_origin").value_or(options.cross_origin_allowed);
    options.caching_discouraged = keys.boolean("discourage_caching").value_or(options.caching_discouraged);
    keys.finish();
    return options;
}

/// Whether `url` can stand in a field of HTTP: what else a URL has in it is percent-encoded.
bool is_encoded(std::string_view url)
{
    return !url.empty() && std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace

void read_json_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    const auto content = keys.require("value");
    const auto given = keys.take("options");
    const auto options = given ? read_json_options(*given, reading) : json_value_options();
    if (!content)
        return;
    report_repeated_keys(*content, reading.problems);
    path.service = json_value(to_value(*content->node), options);
}

void read_redirect_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    const auto url = keys.require("url");
    const auto text = url ? read_text(*url, reading.problems) : std::nullopt;
    if (!text)
        return;
    if (!is_encoded(*text))
        reading.problems.error(*url, "is no URL", "such as \"https://example.com/\" or \"/app/\"");
    path.service = std::make_shared<redirect>(*text);
}

void read_nodeinfo_service(dict_reader&, web_path& path, config_reading&)
{
    path.service = std::make_shared<node_info>();
}

void read_health_service(dict_reader& keys, web_path& path, config_reading&)
{
    const auto probe = keys.choice("probe", "probe", probes);
    path.service = std::make_shared<health>(probe.value_or(health_probe::readiness));
}

} // namespace junctor
