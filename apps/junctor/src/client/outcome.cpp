// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "outcome.hpp"

#include <new>

#include <fmt/format.h>

#include <junctor/base/application_error.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/client/session.hpp>

#include "text.hpp"

namespace junctor::cli {
namespace {

/// What there is of an error besides its URI and a first argument that is a text.
std::string rest_of(const application_error& error)
{
    const bool has_text = !error.args().empty() && error.args().front().get_if<std::string>() != nullptr;
    std::string rest;
    if (error.args().size() > (has_text ? 1 : 0))
        rest += " args=" + to_json(list(error.args().begin() + (has_text ? 1 : 0), error.args().end()));
    if (!error.kwargs().empty())
        rest += " kwargs=" + to_json(error.kwargs());
    return rest;
}

void tell_error(const application_error& error, error_form form)
{
    if (form == error_form::json) {
        const dict all{{"error", error.uri()}, {"args", error.args()}, {"kwargs", error.kwargs()}};
        fmt::print(stderr, "{}\n", to_json(all));
    } else {
        fmt::print(stderr, "junctor: {}{}\n", in_one_line(error.what()), rest_of(error));
    }
}

void tell_text(std::string_view uri, std::string_view text, error_form form)
{
    if (form == error_form::json)
        tell_error(application_error(std::string(uri), list{text}), form);
    else
        fmt::print(stderr, "junctor: {}\n", in_one_line(text));
}

} // namespace

exit_code exit_code_of(std::string_view uri) noexcept
{
    switch (errc_of(uri)) {
    case errc::no_such_procedure:
    case errc::no_available_callee:
    case errc::unavailable: return exit_no_such_procedure;
    case errc::not_authorized:
    case errc::authorization_failed: return exit_not_authorized;
    case errc::timeout: return exit_timeout;
    case errc::canceled: return exit_canceled;
    default: return exit_request_failed;
    }
}

exit_code tell(const std::exception_ptr& failure, error_form form)
{
    try {
        std::rethrow_exception(failure);
    } catch (const application_error& error) {
        tell_error(error, form);
        return exit_code_of(error.uri());
    } catch (const client::join_failed& error) {
        tell_text(error.uri(), error.what(), form);
        return exit_not_joined;
    } catch (const client::session_ended& error) {
        tell_text(error.how().uri, error.what(), form);
        return exit_session_lost;
    } catch (const interrupted& error) {
        if (error.how() == exit_timeout)
            tell_error(application_error(errc::timeout), form);
        return error.how();
    } catch (const output_closed&) {
        return exit_output_closed;
    } catch (const bad_usage& error) {
        fmt::print(stderr, "junctor: {}\n", in_one_line(error.what()));
        return exit_bad_usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "junctor: {}\n", in_one_line(error.what()));
        return exit_not_started;
    }
}

} // namespace junctor::cli
