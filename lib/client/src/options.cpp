// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/options.hpp>

#include <stdexcept>
#include <utility>

#include <junctor/message/custom.hpp>

namespace junctor::client {

namespace {

void add_custom(dict& to, std::string_view name, value content)
{
    if (!is_custom_attribute(name))
        throw std::invalid_argument("option \"" + std::string(name) + "\": custom options begin with \"_\" or \"x_\"");
    to.set(name, std::move(content));
}

list to_list(const std::vector<session_id>& sessions)
{
    list numbers;
    for (const auto each : sessions)
        numbers.emplace_back(each.number());
    return numbers;
}

list to_list(std::vector<std::string> texts)
{
    list elements;
    for (auto& each : texts)
        elements.emplace_back(std::move(each));
    return elements;
}

} // namespace

call_options& call_options::timeout(std::chrono::milliseconds limit)
{
    timeout_ = limit;
    return *this;
}

call_options& call_options::disclose_me(bool on)
{
    disclose_me_ = on;
    return *this;
}

call_options& call_options::cancel(cancel_mode how)
{
    cancel_ = how;
    return *this;
}

call_options& call_options::custom(std::string_view name, value content)
{
    add_custom(custom_, name, std::move(content));
    return *this;
}

publish_options& publish_options::exclude_me(bool on)
{
    exclude_me_ = on;
    return *this;
}

publish_options& publish_options::disclose_me(bool on)
{
    disclose_me_ = on;
    return *this;
}

publish_options& publish_options::retain(bool on)
{
    retain_ = on;
    return *this;
}

publish_options& publish_options::exclude(std::vector<session_id> sessions)
{
    filters_.set("exclude", to_list(sessions));
    return *this;
}

publish_options& publish_options::exclude_authid(std::vector<std::string> authids)
{
    filters_.set("exclude_authid", to_list(std::move(authids)));
    return *this;
}

publish_options& publish_options::exclude_authrole(std::vector<std::string> authroles)
{
    filters_.set("exclude_authrole", to_list(std::move(authroles)));
    return *this;
}

publish_options& publish_options::eligible(std::vector<session_id> sessions)
{
    filters_.set("eligible", to_list(sessions));
    return *this;
}

publish_options& publish_options::eligible_authid(std::vector<std::string> authids)
{
    filters_.set("eligible_authid", to_list(std::move(authids)));
    return *this;
}

publish_options& publish_options::eligible_authrole(std::vector<std::string> authroles)
{
    filters_.set("eligible_authrole", to_list(std::move(authroles)));
    return *this;
}

publish_options& publish_options::resource_key(std::string key)
{
    resource_key_ = std::move(key);
    return *this;
}

publish_options& publish_options::custom(std::string_view name, value content)
{
    add_custom(custom_, name, std::move(content));
    return *this;
}

subscribe_options& subscribe_options::match(match_policy how)
{
    match_ = how;
    return *this;
}

subscribe_options& subscribe_options::get_retained(bool on)
{
    get_retained_ = on;
    return *this;
}

subscribe_options& subscribe_options::node_key(std::string key)
{
    node_key_ = std::move(key);
    return *this;
}

register_options& register_options::match(match_policy how)
{
    match_ = how;
    return *this;
}

register_options& register_options::invoke(invocation_policy how)
{
    invoke_ = how;
    return *this;
}

register_options& register_options::disclose_caller(bool on)
{
    disclose_caller_ = on;
    return *this;
}

register_options& register_options::forward_timeout(bool on)
{
    forward_timeout_ = on;
    return *this;
}

register_options& register_options::force_reregister(bool on)
{
    force_reregister_ = on;
    return *this;
}

register_options& register_options::concurrency(std::uint64_t calls_max)
{
    concurrency_ = calls_max;
    return *this;
}

} // namespace junctor::client
