// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A blocking WAMP client over RawSocket and JSON, for tests: it sends and receives texts, and knows nothing of ours.

#include <cstdint>
#include <string>
#include <string_view>

/// One connection, on which the RawSocket handshake has been made. Every wait ends after ten seconds, as a failure.
class json_client {
public:
    /// Connects to an URL that `router::listen` returned: "rs://127.0.0.1:port" or "rs://unix:path". Throws on failure.
    explicit json_client(std::string_view url);
    ~json_client();
    json_client(const json_client&) = delete;
    json_client& operator=(const json_client&) = delete;

    void send(std::string_view json);

    /// The next message; the word "closed" if the connection has ended.
    [[nodiscard]] std::string receive();

    /// Says HELLO for `realm` with all roles and `details`, further keys such as `"authid":"ann"`; returns the answer.
    std::string hello(std::string_view realm, std::string_view details = {});

    /// Sends `json` and returns the answer.
    std::string ask(std::string_view json)
    {
        send(json);
        return receive();
    }

private:
    bool read(char* target, std::size_t count);

    int socket_{-1};
};
