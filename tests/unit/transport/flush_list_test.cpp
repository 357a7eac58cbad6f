// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/flush_list.hpp>

#include <string>
#include <thread>

#include <junctor/transport/shard_services.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// Notes in a log when it is flushed, and that it is gone.
class output final : public flushable {
public:
    output(std::string& log, char name, sharing mode = sharing::one_thread) : flushable{mode}, log_{log}, name_{name} {}
    ~output() override { log_ += '~'; }
    void flush(shard_services&) noexcept override { log_ += name_; }

private:
    std::string& log_;
    char name_;
};

} // namespace

TEST_CASE("flush_list: outputs are flushed in the order in which they came", "[transport][flush]")
{
    boost::asio::io_context io;
    shard_services here(io);
    std::string log;
    const boost::intrusive_ptr<output> a(new output(log, 'a'));
    const boost::intrusive_ptr<output> b(new output(log, 'b'));
    here.flushes().add(*b);
    here.flushes().add(*a);
    here.flush();
    CHECK(log == "ba");
    CHECK(here.flushes().empty());
    here.flush();
    CHECK(log == "ba");
}

TEST_CASE("flush_list: an output lives until it has been flushed", "[transport][flush]")
{
    boost::asio::io_context io;
    shard_services here(io);
    std::string log;
    boost::intrusive_ptr<output> a(new output(log, 'a'));
    here.flushes().add(*a);
    a.reset();
    CHECK(log.empty());
    here.flush();
    CHECK(log == "a~");
}

TEST_CASE("flush_list: the last reference may go on any thread", "[transport][flush]")
{
    boost::asio::io_context io;
    shard_services here(io, sharing::several_threads);
    std::string log;
    boost::intrusive_ptr<output> a(new output(log, 'a', sharing::several_threads));
    std::thread other([&, b = a]() mutable { b.reset(); });
    here.flushes().add(*a);
    a.reset();
    here.flush();
    other.join();
    CHECK(log == "a~");
}
