// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/details.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

/// Reads the dict of HELLO's details key by key.
template <pull_reader Reader>
class details_reader {
public:
    explicit details_reader(Reader& in) : in_{in} {}

    decoded<hello_details> read()
    {
        std::string_view key;
        in_.enter_dict();
        while (count() && in_.next_key(key))
            read_key(key);
        if (!in_.ok())
            failure_.code = in_.error();
        if (failure_.code != errc{})
            return failure_;
        return std::move(details_);
    }

private:
    void read_key(std::string_view key)
    {
        if (in_.peek() == value_kind::null)
            in_.skip();
        else if (key == "roles")
            read_roles();
        else if (key == "authmethods")
            read_authmethods();
        else if (key == "authid")
            read_text("authid", details_.authid);
        else if (key == "authextra")
            read_authextra();
        else if (key == "agent")
            read_text("agent", details_.agent);
        else
            in_.skip();
    }

    void read_roles()
    {
        if (!expect(value_kind::dict, "roles"))
            return;
        std::string_view name;
        in_.enter_dict();
        while (count() && in_.next_key(name)) {
            const auto role = parse_session_role(name);
            if (role)
                details_.roles.add(*role);
            if (role && in_.peek() == value_kind::dict)
                read_role(*role);
            else
                in_.skip();
        }
    }

    void read_role(session_role role)
    {
        std::string_view key;
        in_.enter_dict();
        while (count() && in_.next_key(key)) {
            // One client in use writes its features as a list: that announces nothing, but it is no reason to refuse.
            if (key == "features" && in_.peek() == value_kind::dict)
                read_features(role);
            else
                in_.skip();
        }
    }

    void read_features(session_role role)
    {
        std::string_view name;
        in_.enter_dict();
        while (count() && in_.next_key(name)) {
            const auto announced = parse_feature(name);
            if (in_.peek() != value_kind::boolean)
                in_.skip();
            else if (in_.read_boolean() && announced)
                details_.roles.add(role, *announced);
        }
    }

    void read_authmethods()
    {
        if (!expect(value_kind::list, "authmethods"))
            return;
        in_.enter_list();
        while (count() && in_.next()) {
            std::string method;
            read_text("authmethods", method);
            details_.authmethods.push_back(std::move(method));
        }
    }

    void read_authextra()
    {
        if (!expect(value_kind::dict, "authextra"))
            return;
        const auto bytes = in_.skip();
        if (bytes.size() > limits::authextra_bytes_max) {
            reject(errc::too_many_requests, "authextra");
            return;
        }
        auto content = read_value({Reader::format, bytes});
        if (!content)
            reject(errc::invalid_argument, "authextra");
        else if (auto* const entries = content->template get_if<dict>())
            details_.authextra = std::move(*entries);
    }

    void read_text(std::string_view key, std::string& text)
    {
        if (expect(value_kind::text, key))
            text = in_.read_text();
    }

    bool expect(value_kind kind, std::string_view key)
    {
        if (in_.peek() == kind)
            return true;
        in_.skip();
        reject(errc::invalid_argument, key);
        return false;
    }

    /// Counts one more entry, of whatever dict or list; false once there are too many.
    bool count()
    {
        if (!in_.ok() || failure_.code != errc{})
            return false;
        if (++entries_ <= limits::hello_entries_max)
            return true;
        reject(errc::too_many_requests, {});
        return false;
    }

    void reject(errc code, std::string_view key)
    {
        if (failure_.code == errc{} && in_.ok()) {
            failure_.code = code;
            failure_.field = key;
        }
    }

    Reader& in_;
    hello_details details_;
    decode_failure failure_{errc{}, message_type::hello, {}, false, false, "Details", {}};
    std::size_t entries_{0};
};

} // namespace

decoded<hello_details> read_hello_details(const encoded_dict& details)
{
    text_scratch scratch;
    return with_reader(details, scratch, [](auto& in) { return details_reader(in).read(); });
}

} // namespace junctor
