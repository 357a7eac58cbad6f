// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/decode.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

#include <junctor/message/encode.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// The bytes of `json`, in `format`.
byte_buffer in_format(std::string_view json, serializer format)
{
    byte_buffer bytes;
    REQUIRE(transcode({serializer::json, as_bytes(json)}, format, bytes) == errc{});
    return bytes;
}

decode_failure failure_of(std::string_view json, serializer format = serializer::json)
{
    const auto bytes = in_format(json, format);
    decoder reader(format);
    const auto decoded_message = reader.decode(bytes.view());
    REQUIRE(decoded_message.has_error());
    return decoded_message.error();
}

template <class Message>
Message decode_as(decoder& reader, const byte_buffer& bytes)
{
    const auto decoded_message = reader.decode(bytes.view());
    INFO((decoded_message ? std::string("decoded") : decoded_message.error().text()));
    REQUIRE(decoded_message.has_value());
    REQUIRE(std::holds_alternative<Message>(*decoded_message));
    return std::get<Message>(*decoded_message);
}

} // namespace

TEST_CASE("decode: a CALL with all it can hold", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto bytes = in_format(R"([48, 7814135, {"timeout": 5000, "receive_progress": true, "disclose_me": true,
        "unknown": [1, {"a": null}], "_custom": 1}, "com.myapp.add", [1, "two"], {"three": 3}])",
                                 format);
    decoder reader(format);
    const auto m = decode_as<call>(reader, bytes);
    CHECK(m.request == request_id(7814135));
    CHECK(m.options.timeout == 5000);
    CHECK(m.options.receive_progress);
    CHECK(m.options.disclose_me);
    CHECK_FALSE(m.options.progress);
    CHECK(m.options.forwarded.source.present());
    CHECK(m.procedure == "com.myapp.add");
    CHECK(read_value(m.body.args).value() == value(list{1, "two"}));
    CHECK(read_value(m.body.kwargs).value() == value(dict{{"three", 3}}));
}

TEST_CASE("decode: every message of a client in its shortest form", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    decoder reader(format);
    const auto type_in = [&](std::string_view json) {
        const auto bytes = in_format(json, format);
        const auto decoded_message = reader.decode(bytes.view());
        INFO(json);
        REQUIRE(decoded_message.has_value());
        return type_of(*decoded_message);
    };
    CHECK(type_in(R"([1, "realm1", {}])") == message_type::hello);
    CHECK(type_in(R"([3, {}, "wamp.error.canceled"])") == message_type::abort);
    CHECK(type_in(R"([5, "signature", {}])") == message_type::authenticate);
    CHECK(type_in(R"([6, {}, "wamp.close.normal"])") == message_type::goodbye);
    CHECK(type_in(R"([8, 68, 1, {}, "com.myapp.error"])") == message_type::error);
    CHECK(type_in(R"([16, 1, {}, "topic"])") == message_type::publish);
    CHECK(type_in(R"([32, 1, {}, "topic"])") == message_type::subscribe);
    CHECK(type_in(R"([34, 1, 2])") == message_type::unsubscribe);
    CHECK(type_in(R"([48, 1, {}, "procedure"])") == message_type::call);
    CHECK(type_in(R"([49, 1, {}])") == message_type::cancel);
    CHECK(type_in(R"([64, 1, {}, "procedure"])") == message_type::register_);
    CHECK(type_in(R"([66, 1, 2])") == message_type::unregister);
    CHECK(type_in(R"([70, 1, {}])") == message_type::yield);
}

TEST_CASE("decode: what is no message is a protocol violation", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    CHECK(failure_of(R"({"a": 1})", format).code == errc::message_not_a_list);
    CHECK(failure_of("[]", format).code == errc::message_not_a_list);
    CHECK(failure_of(R"(["CALL"])", format).code == errc::unexpected_type);
    CHECK(failure_of("[999, 1]", format).code == errc::unknown_message_type);
    CHECK(failure_of("[7, 1]", format).code == errc::unknown_message_type);
    CHECK(failure_of("[256, 1]", format).code == errc::unknown_message_type);
    CHECK(failure_of("[48, 1, {}]", format).code == errc::too_few_elements);
    CHECK(failure_of(R"([33, 1, 2, 3])", format).code == errc::too_many_elements);
    CHECK(failure_of(R"([48, 1, {}, "p", [], {}, 1])", format).code == errc::too_many_elements);
    CHECK(failure_of(R"([48, 1, [], "p"])", format).code == errc::unexpected_type);
    CHECK(failure_of(R"([48, 1, {}, 5])", format).code == errc::unexpected_type);
    CHECK(failure_of(R"([48, 1, {}, "p", {}])", format).code == errc::unexpected_type);
    CHECK(failure_of(R"([48, 1, {}, "p", null])", format).code == errc::unexpected_type);
    CHECK(failure_of(R"([48, 1, {}, "p", [], []])", format).code == errc::unexpected_type);
}

TEST_CASE("decode: identifiers lie in 1 to 2^53", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    CHECK(failure_of(R"([48, 0, {}, "p"])", format).code == errc::invalid_id);
    CHECK(failure_of(R"([48, 9007199254740993, {}, "p"])", format).code == errc::invalid_id);
    CHECK(failure_of(R"([48, -1, {}, "p"])", format).code == errc::number_out_of_range);
    CHECK(failure_of(R"([48, 1.5, {}, "p"])", format).code != errc{});
    CHECK(failure_of(R"([48, "1", {}, "p"])", format).code == errc::unexpected_type);

    decoder reader(format);
    CHECK(decode_as<call>(reader, in_format(R"([48, 9007199254740992, {}, "p"])", format)).request ==
          request_id(id_max));
    CHECK(decode_as<call>(reader, in_format(R"([48, 5.0, {}, "p"])", format)).request == request_id(5));
}

TEST_CASE("decode: an option of a wrong type leaves enough to answer the request", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto bad = failure_of(R"([48, 3, {"timeout": "soon", "disclose_me": true}, "p", [1]])", format);
    CHECK(bad.code == errc::invalid_argument);
    CHECK(bad.type == message_type::call);
    CHECK(bad.request == request_id(3));
    CHECK(bad.text() == "CALL: Options.timeout: an argument or option has a wrong type or value");

    CHECK(failure_of(R"([48, 3, {"timeout": -1}, "p"])", format).code == errc::invalid_argument);
    CHECK(failure_of(R"([48, 3, {"runmode": "some"}, "p"])", format).code == errc::invalid_argument);
    CHECK(failure_of(R"([48, 3, {"rkey": 7}, "p"])", format).code == errc::invalid_argument);
    CHECK(failure_of(R"([49, 3, {"mode": "slowly"}])", format).code == errc::invalid_argument);
    CHECK(failure_of(R"([32, 3, {"match": 7}, "t"])", format).code == errc::invalid_argument);
    CHECK(failure_of(R"([64, 3, {"invoke": "any"}, "p"])", format).code == errc::invalid_argument);

    const auto acknowledged = failure_of(R"([16, 4, {"exclude": 1, "acknowledge": true}, "t"])", format);
    CHECK(acknowledged.code == errc::invalid_argument);
    CHECK(acknowledged.acknowledge);
    CHECK_FALSE(failure_of(R"([16, 4, {"acknowledge": "yes"}, "t"])", format).acknowledge);
    CHECK(failure_of(R"([48, 4, {"timeout": "soon", "progress": true}, "p"])", format).progress);
    CHECK_FALSE(failure_of(R"([48, 4, {"timeout": "soon"}, "p"])", format).progress);
}

TEST_CASE("decode: a violation outweighs a bad option", "[message]")
{
    CHECK(failure_of(R"([48, 3, {"timeout": "soon"}, "p", 1])").code == errc::unexpected_type);
    CHECK(failure_of(R"([48, 3, {"timeout": "soon"}])").code == errc::too_few_elements);
}

TEST_CASE("decode: null stands for an option that is not given", "[message]")
{
    decoder reader(serializer::json);
    const auto bytes = in_format(R"([48, 1, {"timeout": null, "disclose_me": null}, "p"])", serializer::json);
    const auto m = decode_as<call>(reader, bytes);
    CHECK(m.options.timeout == 0);
    CHECK_FALSE(m.options.disclose_me);
}

TEST_CASE("decode: the MessagePack extension for undefined stands for an option that is not given", "[message]")
{
    using namespace std::string_literals;
    decoder reader(serializer::msgpack);
    const auto with_timeout = [](const std::string& value) {
        byte_buffer bytes;
        bytes.append("\x94\x30\x01\x81\xA7timeout" + value + "\xA1p");
        return bytes;
    };
    CHECK(decode_as<call>(reader, with_timeout("\xD4\0\0"s)).options.timeout == 0);

    const auto other = with_timeout("\xD4\1\0"s);
    const auto refused = reader.decode(other.view());
    REQUIRE(refused.has_error());
    CHECK(refused.error().field == "timeout");
}

TEST_CASE("decode: payload slices are the bytes that came", "[message]")
{
    // [70, 1, {}, [1]] with 1 written in nine octets, as no encoder would.
    const std::string bytes("\x94\x46\x01\x80\x91\xCF\x00\x00\x00\x00\x00\x00\x00\x01", 14);
    decoder reader(serializer::msgpack);
    const auto decoded_message = reader.decode(as_bytes(bytes));
    REQUIRE(decoded_message.has_value());
    const auto& m = std::get<yield>(*decoded_message);
    CHECK(as_text(m.body.args.bytes) == bytes.substr(4));

    result forwarded;
    forwarded.request = request_id(9);
    forwarded.body = m.body;
    byte_buffer out;
    REQUIRE(encode(forwarded, serializer::msgpack, out) == errc{});
    CHECK(as_text(out.view()).substr(4) == bytes.substr(4));
}

TEST_CASE("decode: a truncated message never decodes", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto whole = in_format(R"([48, 1, {"timeout": 5, "_x": [1]}, "com.p", [1, "é"], {"k": 1.5}])", format);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::string part(as_text(whole.view()).substr(0, length));
        decoder reader(format);
        INFO("length " << length);
        CHECK(reader.decode(as_bytes(part)).has_error());
    }
}
