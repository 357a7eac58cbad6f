// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/decode.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/throw_exception.hpp>
#include <fmt/format.h>

#include <junctor/message/custom.hpp>

#include "not_given.hpp"

namespace junctor {

namespace {

using detail::decoder_state;

template <class T>
concept has_fields = requires(T& object, int& visit)
{
    &T::template fields<T, int>;
};

/// Reads the value of one key into the member of that name, if the struct has one.
template <pull_reader Reader>
class field_reader {
public:
    field_reader(Reader& in, std::string_view key) : in_{in}, key_{key} {}

    template <class Member, class... Default>
    void operator()(std::string_view name, Member& member, const Default&...)
    {
        if (taken_ || key_ != name)
            return;
        taken_ = true;
        const auto what = detail::pass_not_given(in_);
        if (what == detail::given::meaningless || (what == detail::given::value && !read(member)))
            bad_field_ = name;
    }

    template <class Fields>
    void rare(rarely<Fields>& fields)
    {
        if (taken_)
            return;
        const bool is_first = !fields.present();
        if (is_first)
            fields.emplace();
        Fields::fields(*fields, *this);
        if (is_first && !taken_)
            fields.reset();
    }

    void forwarded(forwarded_attributes& attributes)
    {
        if (taken_)
            return;
        if (is_custom_attribute(key_)) {
            taken_ = true;
            is_forwarded_ = true;
            in_.skip();
            return;
        }
        for (const auto name : passthru_keys)
            (*this)(name, passthru_value_);
        if (!taken_ || passthru_value_.empty())
            return;
        is_forwarded_ = true;
        attributes.passthru |= key_ == passthru_scheme;
    }

    [[nodiscard]] bool taken() const noexcept { return taken_; }
    [[nodiscard]] bool is_forwarded() const noexcept { return is_forwarded_; }

    /// The key if its value has a wrong type or value, else empty.
    [[nodiscard]] std::string_view bad_field() const noexcept { return bad_field_; }

private:
    /// Whether a value of `kind` follows; passes over it if not, so that the rest can still be read.
    bool expect(value_kind kind)
    {
        if (in_.peek() == kind)
            return true;
        in_.skip();
        return false;
    }

    bool read(bool& flag)
    {
        if (!expect(value_kind::boolean))
            return false;
        flag = in_.read_boolean();
        return true;
    }

    bool read(std::uint64_t& number)
    {
        if (!expect(value_kind::integer))
            return false;
        const auto signed_number = in_.read_integer();
        number = static_cast<std::uint64_t>(signed_number);
        return signed_number >= 0;
    }

    bool read(std::optional<std::uint64_t>& number) { return read(number.emplace()); }

    template <class Tag>
    bool read(id<Tag>& identifier)
    {
        std::uint64_t number = 0;
        const bool sound = read(number);
        identifier = id<Tag>(number);
        return sound && identifier.valid();
    }

    bool read(std::string_view& text)
    {
        if (!expect(value_kind::text))
            return false;
        text = in_.read_text();
        return true;
    }

    bool read(encoded_list& slice) { return read_slice(value_kind::list, slice); }
    bool read(encoded_dict& slice) { return read_slice(value_kind::dict, slice); }

    bool read_slice(value_kind kind, encoded& slice)
    {
        const bool sound = in_.peek() == kind;
        const auto bytes = in_.skip();
        if (sound)
            slice = {Reader::format, bytes};
        return sound;
    }

    template <class Enum>
        requires std::is_enum_v<Enum>
    bool read(Enum& choice) { return expect(value_kind::text) && parse(in_.read_text(), choice); }

    Reader& in_;
    std::string_view key_;
    std::string_view bad_field_;
    bool taken_{false};
    bool is_forwarded_{false};
    std::string_view passthru_value_;
};

/// Marks the slice in which attributes to be forwarded stand, for structs that forward them.
template <class Fields>
void keep_forwarded(Fields& fields, const encoded_dict& source)
{
    if constexpr (requires { fields.forwarded; })
        fields.forwarded.source = source;
}

/// Reads the elements of a message in their order.
template <pull_reader Reader>
class element_reader {
public:
    element_reader(Reader& in, decode_failure& failure) : in_{in}, failure_{failure} {}

    template <class Element>
    void operator()(std::string_view name, Element& element)
    {
        if (has_next())
            read(name, element);
        else
            in_.fail(errc::too_few_elements);
        blame(name);
    }

    void operator()(payload& body)
    {
        if (!has_next())
            return;
        if (const auto plain = in_.skip_plain_list(); !plain.empty()) {
            body.args = {Reader::format, plain};
        } else {
            read_slice(value_kind::list, body.args);
            blame("Arguments");
        }
        if (!has_next())
            return;
        read_slice(value_kind::dict, body.kwargs);
        blame("ArgumentsKw");
    }

    template <class Tag>
    void or_zero(std::string_view name, id<Tag>& identifier)
    {
        if (has_next())
            identifier = id<Tag>(in_.read_unsigned());
        else
            in_.fail(errc::too_few_elements);
        blame(name);
    }

    template <has_fields Fields>
    void trailing(std::string_view name, Fields& fields)
    {
        if (has_next())
            read(name, fields);
        blame(name);
    }

    /// Whether another element follows. Asks the reader only while there is something to ask: the end is taken once.
    bool has_next()
    {
        ended_ = ended_ || !in_.next();
        return !ended_;
    }

private:
    template <class Tag>
    void read(std::string_view, id<Tag>& identifier)
    {
        identifier = id<Tag>(in_.read_unsigned());
        if (!identifier.valid())
            in_.fail(errc::invalid_id);
    }

    void read(std::string_view, message_type& type) { type = static_cast<message_type>(in_.read_unsigned()); }
    void read(std::string_view, std::string_view& text) { text = in_.read_text(); }
    void read(std::string_view, encoded_dict& slice) { read_slice(value_kind::dict, slice); }

    template <has_fields Fields>
    void read(std::string_view name, Fields& fields)
    {
        if (in_.take_empty_dict())
            return;
        const auto before = in_.rest();
        bool any_forwarded = false;
        std::string_view key;
        in_.enter_dict();
        while (in_.next_key(key)) {
            field_reader<Reader> visit(in_, key);
            Fields::fields(fields, visit);
            if (!visit.taken())
                in_.skip();
            any_forwarded |= visit.is_forwarded();
            if (!visit.bad_field().empty())
                reject(name, visit.bad_field());
        }
        if (any_forwarded && in_.ok()) {
            const auto length = before.size() - in_.rest().size();
            keep_forwarded(fields, encoded_dict{{Reader::format, before.first(length)}});
        }
    }

    void read_slice(value_kind kind, encoded& slice)
    {
        if (in_.peek() != kind)
            in_.fail(errc::unexpected_type);
        slice = {Reader::format, in_.skip()};
    }

    void reject(std::string_view element, std::string_view field)
    {
        if (failure_.code != errc{})
            return;
        failure_.code = errc::invalid_argument;
        failure_.element = element;
        failure_.field = field;
    }

    /// A violation outweighs a bad option, wherever it stands.
    void blame(std::string_view element)
    {
        if (in_.ok() || failure_.code == in_.error())
            return;
        failure_.code = in_.error();
        failure_.element = element;
        failure_.field = {};
    }

    Reader& in_;
    decode_failure& failure_;
    bool ended_{false};
};

/// Completes what `failure` says of a message that was read as far as `m`. `found` is what the reader found wrong.
template <class Message>
[[gnu::noinline]] void note_failure(const Message& m, errc found, decode_failure& failure)
{
    if (failure.code == errc{}) { // nothing wrong with any element
        failure.element = {};
        failure.field = {};
    }
    if (found != errc{})
        failure.code = found;
    failure.type = Message::type;
    failure.request = {};
    failure.acknowledge = false;
    failure.progress = false;
    if constexpr (requires { m.request; })
        failure.request = m.request;
    if constexpr (std::is_same_v<Message, publish>)
        failure.acknowledge = m.options.acknowledge;
    if constexpr (std::is_same_v<Message, call>)
        failure.progress = m.options.progress;
}

/// Reads a message whose type is known: `rest` and `due` are what its reader says behind the type. Everything that it
/// consists of is read in one piece of code: for messages of a few octets, handing over a reader, like any call, would
/// cost more than to make a new one.
template <class Message, pull_reader Reader>
[[gnu::flatten]] bool read_message(decoder_state& state, byte_view rest, std::size_t due, message& out)
{
    auto& failure = state.failure;
    Reader in(rest, due, state.scratch);
    failure.code = errc{};
    auto& m = out.emplace<Message>(blank_message<Message>);
    element_reader<Reader> visit(in, failure);
    Message::elements(m, visit);
    if (visit.has_next())
        in.fail(errc::too_many_elements);
    in.finish();
    if (in.ok() && failure.code == errc{})
        return true;
    note_failure(m, in.error(), failure);
    return false;
}

using message_reader = bool (*)(decoder_state&, byte_view rest, std::size_t due, message&);

inline constexpr std::size_t message_types_end = static_cast<std::size_t>(message_type::yield) + 1;

/// The readers of messages by their type, made from the alternatives of `message`; `otherwise` where there is none.
template <pull_reader Reader, std::size_t Size, class... Messages>
constexpr auto make_table(message_reader otherwise, std::type_identity<std::variant<Messages...>>)
{
    std::array<message_reader, Size> table{};
    table.fill(otherwise);
    ((table[static_cast<std::size_t>(Messages::type)] = &read_message<Messages, Reader>), ...);
    return table;
}

template <pull_reader Reader>
inline constexpr auto message_readers = make_table<Reader, message_types_end>(nullptr, std::type_identity<message>{});

/// Notes that what was read is no message at all.
bool note_no_message(decode_failure& failure, errc code)
{
    failure = {};
    failure.code = code;
    return false;
}

/// Decodes a message of which nothing is known.
template <pull_reader Reader>
[[gnu::noinline]] bool decode_with(decoder_state& state, byte_view bytes, message& out)
{
    constexpr auto& readers = message_readers<Reader>;
    auto& failure = state.failure;
    Reader in(bytes, state.scratch);
    in.enter_list();
    if (in.error() == errc::unexpected_type)
        return note_no_message(failure, errc::message_not_a_list);
    if (!in.next() && in.ok())
        return note_no_message(failure, errc::message_not_a_list);
    const auto type = in.read_unsigned();
    if (in.ok() && (type >= readers.size() || readers[type] == nullptr))
        in.fail(errc::unknown_message_type);
    if (!in.ok())
        return note_no_message(failure, in.error());
    return readers[type](state, in.rest(), in.due(), out);
}

/// Begins anew with a message of MessagePack of which two octets were passed over.
bool read_msgpack_anew(decoder_state& state, byte_view rest, std::size_t, message& out)
{
    return decode_with<msgpack_reader>(state, {rest.data() - 2, rest.size() + 2}, out);
}

/// The readers of MessagePack by the second octet of a message: it is the type, if the first begins a short list.
constexpr auto msgpack_readers_by_octet =
    make_table<msgpack_reader, 256>(&read_msgpack_anew, std::type_identity<message>{});

/// Decodes a message of MessagePack. The first two octets of nearly all are a short list and a type.
bool decode_msgpack(decoder_state& state, byte_view bytes, message& out)
{
    if (bytes.size() > 2) {
        const auto octet = [bytes](std::size_t at) { return std::to_integer<unsigned>(bytes[at]); };
        const auto behind_type = octet(0) - detail::msgpack_lead::fixarray - 1;
        // No value is shorter than an octet; see `msgpack_reader::enter_list`.
        if (behind_type < 15 && behind_type <= bytes.size() - 2)
            return msgpack_readers_by_octet[octet(1)](state, bytes.subspan(2), behind_type, out);
    }
    return decode_with<msgpack_reader>(state, bytes, out);
}

} // namespace

std::string decode_failure::text() const
{
    std::string out;
    if (type != message_type{})
        out += fmt::format("{}: ", to_string(type));
    if (!element.empty())
        out += field.empty() ? fmt::format("{}: ", element) : fmt::format("{}.{}: ", element, field);
    out += text_of(code);
    return out;
}

void throw_exception_from_error(const decode_failure& failure, const boost::source_location& where)
{
    boost::throw_exception(boost::system::system_error(make_error_code(failure.code), failure.text()), where);
}

std::size_t decoder::decode(std::span<const byte_view> batch, std::span<message> out)
{
    const auto decode_all = [&](auto decode_one) {
        auto* to = out.data();
        const auto* from = batch.data();
        const auto* const end = from + std::min(batch.size(), out.size());
        while (from != end && decode_one(state_, *from, *to)) {
            ++from;
            ++to;
        }
        return static_cast<std::size_t>(to - out.data());
    };
    switch (format_) {
    // A type of its own, unlike that of a function, lets a compiler put it into the loop.
    case serializer::msgpack: return decode_all([](auto&... parts) { return decode_msgpack(parts...); });
    case serializer::cbor: return decode_all(decode_with<cbor_reader>);
    case serializer::json: break;
    }
    return decode_all(decode_with<json_reader>);
}

bool decoder::decode(byte_view bytes, message& out)
{
    return decode({&bytes, 1}, {&out, 1}) == 1;
}

decoded<message> decoder::decode(byte_view bytes)
{
    recycle();
    message m;
    if (decode(bytes, m))
        return m;
    return state_.failure;
}

} // namespace junctor
