// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/decode.hpp>

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/throw_exception.hpp>
#include <fmt/format.h>

#include <junctor/message/custom.hpp>

namespace junctor {

namespace {

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
        // Clients in use write null for "not given".
        if (in_.peek() == value_kind::null)
            in_.skip();
        else if (!read(member))
            bad_field_ = name;
    }

    void custom(custom_attributes&)
    {
        if (taken_ || !is_custom_attribute(key_))
            return;
        taken_ = true;
        is_custom_ = true;
        in_.skip();
    }

    [[nodiscard]] bool taken() const noexcept { return taken_; }
    [[nodiscard]] bool is_custom() const noexcept { return is_custom_; }

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
    bool is_custom_{false};
};

/// Marks the slice in which custom attributes stand, for structs that forward them.
template <class Fields>
void keep_custom(Fields& fields, const encoded_dict& source)
{
    if constexpr (requires { fields.custom; })
        fields.custom.source = source;
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
        read_slice(value_kind::list, body.args);
        blame("Arguments");
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
        const auto before = in_.rest();
        bool has_custom = false;
        std::string_view key;
        in_.enter_dict();
        while (in_.next_key(key)) {
            field_reader<Reader> visit(in_, key);
            Fields::fields(fields, visit);
            if (!visit.taken())
                in_.skip();
            has_custom |= visit.is_custom();
            if (!visit.bad_field().empty())
                reject(name, visit.bad_field());
        }
        if (has_custom && in_.ok()) {
            const auto length = before.size() - in_.rest().size();
            keep_custom(fields, encoded_dict{{Reader::format, before.first(length)}});
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

template <class Message, pull_reader Reader>
void read_message(Reader& in, decode_failure& failure, message& out)
{
    Message m;
    element_reader<Reader> visit(in, failure);
    Message::elements(m, visit);
    if (visit.has_next())
        in.fail(errc::too_many_elements);
    in.finish();
    if constexpr (requires { m.request; })
        failure.request = m.request;
    if constexpr (std::is_same_v<Message, publish>)
        failure.acknowledge = m.options.acknowledge;
    out = m;
}

template <pull_reader Reader>
using message_reader = void (*)(Reader&, decode_failure&, message&);

inline constexpr std::size_t message_types_end = static_cast<std::size_t>(message_type::yield) + 1;

/// The reader of each message by its type, made from the alternatives of `message`.
template <pull_reader Reader, class... Messages>
constexpr auto make_table(std::type_identity<std::variant<Messages...>>)
{
    std::array<message_reader<Reader>, message_types_end> table{};
    ((table[static_cast<std::size_t>(Messages::type)] = &read_message<Messages, Reader>), ...);
    return table;
}

template <pull_reader Reader>
decoded<message> decode_with(Reader& in)
{
    static constexpr auto table = make_table<Reader>(std::type_identity<message>{});

    decode_failure failure;
    failure.code = errc{};
    if (in.peek() != value_kind::list && in.ok())
        in.fail(errc::message_not_a_list);
    in.enter_list();
    if (!in.next() && in.ok())
        in.fail(errc::message_not_a_list);
    const auto type = in.read_unsigned();
    if (in.ok() && (type >= table.size() || table[type] == nullptr))
        in.fail(errc::unknown_message_type);
    if (!in.ok()) {
        failure.code = in.error();
        return failure;
    }

    failure.type = static_cast<message_type>(type);
    message decoded_message;
    table[type](in, failure, decoded_message);
    if (!in.ok())
        failure.code = in.error();
    if (failure.code != errc{})
        return failure;
    return decoded_message;
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

decoded<message> decoder::decode(byte_view bytes)
{
    scratch_.clear();
    return with_reader(encoded{format_, bytes}, scratch_, [](auto& in) { return decode_with(in); });
}

} // namespace junctor
