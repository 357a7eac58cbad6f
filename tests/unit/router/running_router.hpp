// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A router on a thread of its own, for tests that talk to it through sockets.

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <junctor/auth/anonymous.hpp>
#include <junctor/router.hpp>

/// Keeps what is logged, as texts "level event key=value …".
class kept_log final : public junctor::log_sink {
public:
    bool wants(junctor::log_level) const noexcept override { return true; }

    void write(junctor::log_level level, std::string_view event,
               std::initializer_list<junctor::log_field> fields) override
    {
        auto line = fmt::format("{} {}", junctor::to_string(level), event);
        for (const auto& field : fields)
            std::visit([&](const auto& content) { line += fmt::format(" {}={}", field.key, content); }, field.value);
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
    }

    /// All lines that have `text` in them.
    std::vector<std::string> lines_with(std::string_view text)
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        for (const auto& line : lines_) {
            if (line.find(text) != std::string::npos)
                found.push_back(line);
        }
        return found;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// Set up `router` first, then `start()`. The destructor closes the router and waits for everything to end.
class running_router {
public:
    explicit running_router(std::size_t shards = 1) : contexts_(shards), router(all_contexts(), log) {}
    ~running_router() { stop(); }

    void start()
    {
        for (auto& context : contexts_)
            threads_.emplace_back([&context] { context.run(); });
    }

    void stop()
    {
        if (threads_.empty())
            return;
        boost::asio::post(io, [this] { router.close(); });
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
    }

private:
    std::vector<boost::asio::io_context*> all_contexts()
    {
        std::vector<boost::asio::io_context*> all;
        for (auto& context : contexts_)
            all.push_back(&context);
        return all;
    }

    std::deque<boost::asio::io_context> contexts_; // Must outlive the router.
    std::vector<std::thread> threads_;

public:
    boost::asio::io_context& io{contexts_.front()}; ///< That of the main shard.
    kept_log log;
    junctor::router router;
};

/// A transport for guests on a port of the system's choice.
inline junctor::listening_transport guest_transport(junctor::authenticator& guests)
{
    return junctor::rawsocket(junctor::tcp("127.0.0.1", 0)).authenticate("anonymous", guests);
}

/// A router whose guests may do everything in realm1; it runs at once.
class guest_router : public running_router {
public:
    explicit guest_router(std::size_t shards = 1) : running_router(shards), realm1(router.open_realm("realm1"))
    {
        realm1.role("guest").allow(junctor::action::any, junctor::prefix(""));
        url = router.listen(guest_transport(guests));
        start();
    }
    ~guest_router() { stop(); } // before what it uses goes

    junctor::auth::anonymous guests{"guest"};
    junctor::realm_host& realm1;
    std::string url;
};
