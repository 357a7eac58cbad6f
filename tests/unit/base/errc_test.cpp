// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/errc.hpp>

#include <set>
#include <string>

#include "support/catch.hpp"

using junctor::close_reason;
using junctor::errc;

namespace {

constexpr int first_code = static_cast<int>(errc::invalid_uri);
constexpr int last_code = static_cast<int>(errc::not_expressible);

constexpr int last_reason = static_cast<int>(close_reason::internal_error);

} // namespace

TEST_CASE("errc: every code has a URI and a text of its own", "[base][errc]")
{
    std::set<std::string_view> texts;
    for (int number = first_code; number <= last_code; ++number) {
        const auto code = static_cast<errc>(number);
        CAPTURE(number);
        // The option that it goes with is Crossbar.io's, too: its clients look for this URI, and the spec has none.
        const bool is_of_crossbar = code == errc::max_concurrency_reached;
        CHECK(junctor::uri_of(code).starts_with(is_of_crossbar ? "crossbar.error." : "wamp.error."));
        CHECK(junctor::text_of(code) != "unknown error");
        CHECK(texts.insert(junctor::text_of(code)).second);
    }
}

TEST_CASE("errc: the URIs are those of the spec, and of Crossbar.io for what the spec does not have", "[base][errc]")
{
    struct row {
        errc code;
        std::string_view uri;
    };
    const row rows[] = {
        {errc::invalid_uri, "wamp.error.invalid_uri"},
        {errc::no_such_procedure, "wamp.error.no_such_procedure"},
        {errc::procedure_already_exists, "wamp.error.procedure_already_exists"},
        {errc::no_such_registration, "wamp.error.no_such_registration"},
        {errc::no_such_subscription, "wamp.error.no_such_subscription"},
        {errc::invalid_argument, "wamp.error.invalid_argument"},
        {errc::not_authorized, "wamp.error.not_authorized"},
        {errc::authorization_failed, "wamp.error.authorization_failed"},
        {errc::no_such_realm, "wamp.error.no_such_realm"},
        {errc::no_such_role, "wamp.error.no_such_role"},
        {errc::canceled, "wamp.error.canceled"},
        {errc::option_not_allowed, "wamp.error.option_not_allowed"},
        {errc::no_available_callee, "wamp.error.no_available_callee"},
        {errc::max_concurrency_reached, "crossbar.error.max_concurrency_reached"},
        {errc::authentication_denied, "wamp.error.authentication_denied"},
    };
    for (const auto& [code, uri] : rows) {
        CHECK(junctor::uri_of(code) == uri);
        CHECK(junctor::errc_of(uri) == code);
    }
}

TEST_CASE("errc: whatever breaks the form of a message is a protocol violation", "[base][errc]")
{
    for (const auto code :
         {errc::protocol_violation, errc::truncated, errc::malformed, errc::invalid_utf8, errc::nested_too_deep,
          errc::trailing_bytes, errc::unexpected_type, errc::number_out_of_range, errc::message_not_a_list,
          errc::unknown_message_type, errc::too_few_elements, errc::too_many_elements, errc::invalid_id})
        CHECK(junctor::uri_of(code) == "wamp.error.protocol_violation");
    CHECK(junctor::errc_of("wamp.error.protocol_violation") == errc::protocol_violation);
}

TEST_CASE("errc: URIs and codes that the table does not have get a defined answer", "[base][errc]")
{
    CHECK(junctor::errc_of("com.example.error") == errc{});
    CHECK(junctor::errc_of("") == errc{});
    CHECK(junctor::uri_of(static_cast<errc>(last_code + 1)) == "wamp.error.internal_error");
    CHECK(junctor::text_of(static_cast<errc>(last_code + 1)) == "unknown error");
}

TEST_CASE("errc: converts to an error_code with the category's name and text", "[base][errc]")
{
    const boost::system::error_code code = errc::no_such_realm;
    CHECK(code.failed());
    CHECK(code == errc::no_such_realm);
    CHECK(code != errc::no_such_role);
    CHECK(std::string(code.category().name()) == "wamp");
    CHECK(code.message() == junctor::text_of(errc::no_such_realm));
}

TEST_CASE("close_reason: every reason has a name of its own and a URI", "[base][errc]")
{
    std::set<std::string_view> names;
    for (int number = 0; number <= last_reason; ++number) {
        const auto reason = static_cast<close_reason>(number);
        CAPTURE(number);
        CHECK_FALSE(junctor::to_string(reason).empty());
        CHECK(names.insert(junctor::to_string(reason)).second);
        CHECK(junctor::uri_of(reason).starts_with("wamp."));
    }
    CHECK(junctor::to_string(close_reason::slow_consumer) == "slow_consumer");
    CHECK(junctor::uri_of(close_reason::system_shutdown) == "wamp.close.system_shutdown");
    CHECK(junctor::uri_of(close_reason::realm_closed) == "wamp.close.close_realm");
    CHECK(junctor::uri_of(close_reason::killed) == "wamp.close.killed");
}
