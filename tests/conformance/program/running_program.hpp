// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The program `junctor` that one conversation after the other is with.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node_config.hpp"
#include "router_process.hpp"
#include "unit/transport/temporary_directory.hpp"
#include "unit/transport/tls_files.hpp"

namespace junctor::test {

/// By what the clients reach the program.
enum class reached_over : std::uint8_t { tcp, tls, unix_socket, websocket, secure_websocket };

/// How the program is to be run.
struct program_options {
    std::string binary; ///< Its path.
    reached_over transport{reached_over::tcp};
    int shards{1};

    /// As the environment says: the transport by JUNCTOR_CONFORMANCE_OVER (`tcp`, `tls` or `unix` for RawSocket, `ws`
    /// or `wss` for WebSocket), the path by JUNCTOR_BINARY, the shards by JUNCTOR_TEST_SHARDS. Nothing if there is no
    /// such transport. Throws `std::invalid_argument` for anything else.
    [[nodiscard]] static std::optional<program_options> from_environment();
};

/// Which of the program's transports a client takes: one with the usual limits or one with scant ones, or the one for
/// those who announce what they take. That one speaks RawSocket, whatever the others do.
enum class entrance : std::uint8_t { ample, scant, bounded };

/// The program, which is started when it is needed first, and reads its configuration again whenever that has changed:
/// conversations have realms of their own, and follow each other in one process. Used by one thread.
class running_program {
public:
    explicit running_program(program_options options);
    running_program(const running_program&) = delete;
    running_program& operator=(const running_program&) = delete;

    /// Ends the program like `stop`. If that goes wrong, this process ends with a failure.
    ~running_program();

    /// The name of a realm that there has not been yet.
    [[nodiscard]] std::string new_realm_name();

    /// Lets `authid` join with this role, from the next `serve` on.
    void admit(const std::string& authid, const std::string& role) { principals_[authid] = role; }

    /// Has the program serve `realm`, as it is described, and no other. Returns when it does.
    void serve(const realm_config& realm);

    /// Has the program serve no realm at all.
    void serve_nothing();

    /// Tells the program to end, which says GOODBYE to all clients. The next `serve` starts another one.
    void shut_down();

    /// Ends the program, if it runs. Throws `std::runtime_error` if its exit code is not 0.
    void stop();

    /// Where clients connect to: the host and port or the path, behind `rs://` or `ws://` or, for TLS, `rss://` or
    /// `wss://`.
    [[nodiscard]] const std::string& url(entrance which) const;

    /// The certificate of who signed that of the program.
    [[nodiscard]] const std::string& authority() const noexcept { return certificates_.authority(); }

    /// The program itself, which runs.
    [[nodiscard]] router_process& process();

private:
    [[nodiscard]] bool has_websocket() const noexcept;
    [[nodiscard]] bool has_tls() const noexcept;
    [[nodiscard]] dict endpoint(entrance which) const;
    [[nodiscard]] list transports(const std::map<std::string, std::string>& principals) const;
    [[nodiscard]] std::map<std::string, std::string> principals_of(const realm_config& realm) const;
    void configure(const list& realms, const std::map<std::string, std::string>& principals);
    void start();
    void reload();

    program_options options_;
    tls_files certificates_;
    temporary_directory directory_;
    tls_identity identity_;
    std::map<std::string, std::string> principals_;
    std::string config_; ///< What the program has read last.
    std::optional<router_process> process_;
    bool ending_{false};
    std::vector<std::string> urls_;
    int realms_made_{0};
};

} // namespace junctor::test
