// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/encode.hpp>

#include <string>
#include <string_view>

#include <junctor/message/decode.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

template <class Message>
std::string json_of(const Message& m)
{
    byte_buffer out;
    REQUIRE(encode(m, serializer::json, out) == errc{});
    return std::string(as_text(out.view()));
}

payload json_payload(std::string_view args, std::string_view kwargs = {})
{
    return {{{serializer::json, as_bytes(args)}}, {{serializer::json, as_bytes(kwargs)}}};
}

} // namespace

TEST_CASE("encode: absent payload is left out, keyword arguments bring an empty list", "[message]")
{
    yield m;
    m.request = request_id(7);
    CHECK(json_of(m) == "[70,7,{}]");
    m.body = json_payload("[1]");
    CHECK(json_of(m) == "[70,7,{},[1]]");
    m.body = json_payload({}, R"({"a":1})");
    CHECK(json_of(m) == R"([70,7,{},[],{"a":1}])");
}

TEST_CASE("encode: only what differs from the default is written", "[message]")
{
    publish m;
    m.request = request_id(1);
    m.topic = "t";
    CHECK(json_of(m) == R"([16,1,{},"t"])");
    m.options.exclude_me = false;
    m.options.acknowledge = true;
    CHECK(json_of(m) == R"([16,1,{"acknowledge":true,"exclude_me":false},"t"])");

    register_ r;
    r.request = request_id(2);
    r.procedure = "p";
    r.options.match = match_policy::wildcard;
    r.options.invoke = invocation_policy::roundrobin;
    CHECK(json_of(r) == R"([64,2,{"match":"wildcard","invoke":"roundrobin"},"p"])");

    interrupt i;
    i.request = request_id(3);
    CHECK(json_of(i) == R"([69,3,{"mode":"killnowait"}])");
}

TEST_CASE("encode: a revocation has request zero and details", "[message]")
{
    unregistered m;
    m.request = request_id(5);
    CHECK(json_of(m) == "[67,5]");
    m.request = {};
    m.revocation.registration = registration_id(9);
    m.revocation.reason = "com.myapp.revoked";
    CHECK(json_of(m) == R"([67,0,{"registration":9,"reason":"com.myapp.revoked"}])");
}

TEST_CASE("encode: custom attributes are forwarded, other unknown keys are not", "[message]")
{
    const auto from = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto to = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    byte_buffer bytes;
    REQUIRE(transcode({serializer::json, as_bytes(R"([48,1,{"_trace":{"a":[1]},"odd":1,"x_y":"z"},"p"])")}, from,
                      bytes) == errc{});
    decoder reader(from);
    const auto decoded_call = reader.decode(bytes.view());
    INFO((decoded_call ? std::string() : decoded_call.error().text()));
    REQUIRE(decoded_call.has_value());

    invocation m;
    m.request = request_id(1);
    m.registration = registration_id(2);
    m.details.forwarded = std::get<call>(*decoded_call).options.forwarded;
    byte_buffer out;
    REQUIRE(encode(m, to, out) == errc{});
    CHECK(read_value({to, out.view()}).value() ==
          value(list{68, 1, 2, dict{{"_trace", dict{{"a", list{1}}}}, {"x_y", "z"}}}));
}

TEST_CASE("encode: what a decoder reads and an encoder writes is the same message", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const std::string_view json = GENERATE(
        R"([36,5512315355,4429313566,{"publisher":123,"publisher_authid":"ann","publisher_authrole":"staff","retained":true,"trustlevel":0,"topic":"com.t"},["Hello"],{"k":null}])",
        R"([68,6131533,9823529,{"caller":3,"procedure":"com.p","timeout":1,"receive_progress":true,"ppt_scheme":"x_c"},[true]])",
        R"([48,7814135,{"receive_progress":true,"runmode":"all"},"com.p",[1]])",
        R"([48,7814135,{"runmode":"partition","rkey":"sn1"},"com.p"])", R"([50,7814135,{"progress":true},[30]])",
        R"([8,48,7814135,{},"com.myapp.error.object_write_protected",["Object is write protected."],{"severity":3}])",
        R"([49,7814135,{"mode":"skip"}])", R"([35,85346237])", R"([65,25349185,2103333224])", R"([4,"ticket",{}])",
        R"([2,9129137332,{"roles":{"broker":{}}}])");
    byte_buffer bytes;
    REQUIRE(transcode({serializer::json, as_bytes(json)}, format, bytes) == errc{});
    decoder reader(format);
    const auto m = reader.decode(bytes.view());
    INFO((m ? std::string() : m.error().text()));
    REQUIRE(m.has_value());
    byte_buffer out;
    REQUIRE(std::visit([&](const auto& alternative) { return encode(alternative, format, out); }, *m) == errc{});
    CHECK(read_value({format, out.view()}).value() == read_value({format, bytes.view()}).value());
}

TEST_CASE("encode: a payload that the receiver's serializer cannot express leaves nothing behind", "[message]")
{
    // [ext(1, 0xAA)]: an extension type of MessagePack has no form in JSON.
    const std::string_view args("\x91\xD4\x01\xAA", 4);
    yield m;
    m.request = request_id(1);
    m.body.args = {{serializer::msgpack, as_bytes(args)}};
    byte_buffer out;
    out.append("before");
    CHECK(encode(m, serializer::json, out) == errc::not_expressible);
    CHECK(as_text(out.view()) == "before");
    CHECK(encode(m, serializer::msgpack, out) == errc{});
}
