// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/flush_list.hpp>

#include <optional>
#include <string>

#include "support/catch.hpp"

using namespace junctor;

namespace {

class output final : public flushable {
public:
    output(std::string& log, char name) : log_{log}, name_{name} {}
    void flush() noexcept override { log_ += name_; }

private:
    std::string& log_;
    char name_;
};

} // namespace

TEST_CASE("flush_list: each output is flushed once, in the order in which they came", "[transport][flush]")
{
    flush_list list;
    std::string log;
    output a(log, 'a');
    output b(log, 'b');
    list.add(b);
    list.add(a);
    list.add(b);
    list.flush_all();
    CHECK(log == "ba");
    CHECK(list.empty());
    list.flush_all();
    CHECK(log == "ba");
}

TEST_CASE("flush_list: an output that is destroyed is not flushed", "[transport][flush]")
{
    flush_list list;
    std::string log;
    output a(log, 'a');
    std::optional<output> b;
    b.emplace(log, 'b');
    list.add(*b);
    list.add(a);
    b.reset();
    list.flush_all();
    CHECK(log == "a");
}
