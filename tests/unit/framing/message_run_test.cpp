// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/message_run.hpp>

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

namespace {

void add(message_run& run, std::string_view message)
{
    run.open_message().append(message);
    run.close_message();
}

std::vector<std::string> messages_of(const message_run& run)
{
    std::vector<std::string> all;
    run.for_each([&](byte_view message) {
        all.emplace_back(as_text(message));
        return true;
    });
    return all;
}

} // namespace

TEST_CASE("message_run: each message stands behind its length", "[framing][run]")
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    add(*run, "ab");
    add(*run, "");
    add(*run, std::string(258, 'x'));

    CHECK(run->message_count() == 3);
    CHECK(run->longest_message() == 258);
    CHECK(as_text(run->bytes().first(10)) == std::string_view("\0\0\0\2ab\0\0\0\0", 10));
    CHECK(as_text(run->bytes().subspan(10, 5)) == std::string_view("\0\0\1\2x", 5));
    CHECK(messages_of(*run) == std::vector<std::string>{"ab", "", std::string(258, 'x')});
}

TEST_CASE("message_run: the longest message of all is marked as RawSocket marks it", "[framing][run]")
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    add(*run, std::string(std::size_t{1} << 24, 'x'));
    add(*run, "y");

    CHECK(as_text(run->bytes().first(5)) == std::string_view("\x08\0\0\0x", 5));
    CHECK(messages_of(*run).back() == "y");
}

TEST_CASE("message_run: a message that is taken back leaves nothing", "[framing][run]")
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    add(*run, "a");
    run->open_message().append("half");
    run->drop_message();
    add(*run, "b");

    CHECK(messages_of(*run) == std::vector<std::string>{"a", "b"});
    run->clear();
    CHECK(run->empty());
    CHECK(run->bytes().empty());
}

TEST_CASE("message_run: it knows whether somebody else holds it", "[framing][run]")
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    CHECK(run->unshared());
    {
        const shared_run held = run;
        CHECK_FALSE(run->unshared());
    }
    CHECK(run->unshared());
}

TEST_CASE("message_run: a WebSocket gets the same messages in frames of its own", "[framing][run]")
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    add(*run, "ab");
    add(*run, std::string(200, 'x'));
    CHECK(&run->in_form(frame_form::rawsocket) == run.get());

    const shared_frames text(&run->in_form(frame_form::websocket_text));
    CHECK(as_text(text->bytes()) == "\x81\x02"
                                    "ab" +
                                        std::string("\x81\x7E\0\xC8", 4) + std::string(200, 'x'));
    CHECK(text->longest_message() == 200);
    CHECK(&run->in_form(frame_form::websocket_text) == text.get());
    CHECK(run->unshared());

    run->clear();
    add(*run, "c");
    const auto& binary = run->in_form(frame_form::websocket_binary);
    CHECK(as_text(binary.bytes()) == "\x82\x01"
                                     "c");
    CHECK(binary.longest_message() == 1);
    CHECK(text->bytes().size() == 208); // As long as somebody holds it.

    run->clear();
    add(*run, "d");
    CHECK(&run->in_form(frame_form::websocket_binary) == &binary); // Nobody does.
    CHECK(as_text(binary.bytes()) == "\x82\x01"
                                     "d");
}
