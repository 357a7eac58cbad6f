// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/encode.hpp>

#include <optional>
#include <type_traits>

#include <junctor/base/limits.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/message/custom.hpp>

namespace junctor {

namespace {

/// Writes what is plain: nothing is transcoded, and no attributes are forwarded. All of it is inline, so that a
/// compiler can keep the writer in registers.
using plain_writer = basic_msgpack_writer<roomy_output>;

/// Writes slices: as they are if they are in the writer's serializer, else transcoded.
template <push_writer Writer>
class slice_writer {
public:
    explicit slice_writer(Writer& out) : out_{out} {}

    void write(const encoded& slice)
    {
        if (std::is_same_v<Writer, plain_writer> || slice.format == Writer::format)
            out_.raw(slice.bytes);
        else
            transcode_from(slice);
    }

    [[nodiscard]] Writer& out() noexcept { return out_; }

    /// The first failure; after one the output is unfit for use.
    [[nodiscard]] errc failure() const noexcept { return failure_; }

private:
    void transcode_from(const encoded& slice)
    {
        byte_buffer converted;
        const auto failed = transcode(slice, Writer::format, converted);
        if (failed == errc{})
            out_.raw(converted.view());
        else if (failure_ == errc{})
            failure_ = failed;
    }

    Writer& out_;
    errc failure_{};
};

/// Writes those fields of options or details that differ from their default.
template <push_writer Writer>
class field_writer {
public:
    explicit field_writer(slice_writer<Writer>& slices) : slices_{slices}, out_{slices.out()} {}

    void operator()(std::string_view name, bool flag, bool standard = false)
    {
        if (flag == standard)
            return;
        out_.key(name);
        out_.boolean(flag);
    }

    void operator()(std::string_view name, std::uint64_t number)
    {
        if (number == 0)
            return;
        out_.key(name);
        out_.unsigned_integer(number);
    }

    void operator()(std::string_view name, const std::optional<std::uint64_t>& number)
    {
        if (!number)
            return;
        out_.key(name);
        out_.unsigned_integer(*number);
    }

    template <class Tag>
    void operator()(std::string_view name, id<Tag> identifier)
    {
        (*this)(name, identifier.number());
    }

    void operator()(std::string_view name, std::string_view text)
    {
        if (text.empty())
            return;
        out_.key(name);
        out_.text(text);
    }

    void operator()(std::string_view name, const encoded& slice)
    {
        if (!slice.present())
            return;
        out_.key(name);
        slices_.write(slice);
    }

    template <class Enum>
        requires std::is_enum_v<Enum>
    void operator()(std::string_view name, Enum choice, std::type_identity_t<std::optional<Enum>> standard)
    {
        if (choice != standard)
            (*this)(name, to_string(choice));
    }

    template <class Fields>
    void rare(const rarely<Fields>& fields)
    {
        if (fields.present())
            Fields::fields(*fields, *this);
    }

    void forwarded(const forwarded_attributes& attributes)
    {
        if constexpr (!std::is_same_v<Writer, plain_writer>) {
            if (attributes.source.present())
                copy_from(attributes);
        }
    }

private:
    void copy_from(const forwarded_attributes& attributes)
    {
        text_scratch scratch;
        with_reader(attributes.source, scratch, [&](auto& in) { this->copy_forwarded(in, attributes.passthru); });
    }

    template <pull_reader Reader>
    void copy_forwarded(Reader& in, bool passthru)
    {
        std::size_t copied = 0;
        std::string_view key;
        in.enter_dict();
        while (copied < limits::custom_attributes_max && in.next_key(key)) {
            const bool is_text = in.peek() == value_kind::text;
            const auto bytes = in.skip();
            const bool is_passthru = passthru && is_text && is_passthru_attribute(key);
            if (!is_passthru && !is_custom_attribute(key))
                continue;
            out_.key(key);
            slices_.write({Reader::format, bytes});
            ++copied;
        }
    }

    slice_writer<Writer>& slices_;
    Writer& out_;
};

/// Writes the elements of a message in their order.
template <push_writer Writer>
class element_writer {
public:
    explicit element_writer(slice_writer<Writer>& slices) : slices_{slices}, out_{slices.out()} {}

    template <class Tag>
    void operator()(std::string_view, id<Tag> identifier)
    {
        out_.unsigned_integer(identifier.number());
    }

    void operator()(std::string_view, message_type type) { out_.unsigned_integer(static_cast<std::uint64_t>(type)); }
    void operator()(std::string_view, std::string_view text) { out_.text(text); }

    void operator()(std::string_view, const encoded_dict& slice)
    {
        if (slice.present()) {
            slices_.write(slice);
            return;
        }
        out_.begin_dict();
        out_.end_dict();
    }

    template <class Fields>
        requires requires
        {
            &Fields::template fields<const Fields, field_writer<Writer>>;
        }
    void operator()(std::string_view, const Fields& fields)
    {
        out_.begin_dict();
        field_writer<Writer> visit(slices_);
        Fields::fields(fields, visit);
        out_.end_dict();
    }

    /// Absent payloads are left out; keyword arguments without arguments need an empty list before them.
    void operator()(const payload& body)
    {
        if (body.args.present()) {
            slices_.write(body.args);
        } else if (body.kwargs.present()) {
            out_.begin_list(0);
            out_.end_list();
        }
        if (body.kwargs.present())
            slices_.write(body.kwargs);
    }

    template <class Tag>
    void or_zero(std::string_view name, id<Tag> identifier)
    {
        (*this)(name, identifier);
    }

    template <class Fields>
    void trailing(std::string_view name, const Fields& fields)
    {
        if (fields.present())
            (*this)(name, fields);
    }

private:
    slice_writer<Writer>& slices_;
    Writer& out_;
};

} // namespace

namespace {

/// Adds up how many bytes a message of MessagePack can take at most, so that room for it can be made at once.
class room_counter {
public:
    using writer = plain_writer;

    /// Enough for the message's own head and type.
    std::size_t bytes{2 * writer::number_bytes_max};

    /// Whether all that there is to write is of that kind: slices of another serializer, of which nobody knows how long
    /// they become, and attributes that must be picked out of others, take another way.
    bool plain{true};

    template <class Tag>
    void operator()(std::string_view, id<Tag>)
    {
        bytes += writer::number_bytes_max;
    }
    void operator()(std::string_view, message_type) { bytes += writer::number_bytes_max; }
    void operator()(std::string_view, std::string_view text) { add(text); }
    void operator()(std::string_view, const encoded_dict& slice) { add(slice); }
    void operator()(const payload& body)
    {
        add(body.args);
        add(body.kwargs);
    }

    template <class Fields>
        requires requires
        {
            &Fields::template fields<const Fields, room_counter>;
        }
    void operator()(std::string_view, const Fields& fields)
    {
        bytes += writer::head_bytes_max;
        field_counter visit{*this};
        Fields::fields(fields, visit);
    }

    template <class Tag>
    void or_zero(std::string_view name, id<Tag> identifier)
    {
        (*this)(name, identifier);
    }
    template <class Fields>
    void trailing(std::string_view name, const Fields& fields)
    {
        (*this)(name, fields);
    }

private:
    struct field_counter {
        room_counter& sum;

        template <class Member, class... Default>
        void operator()(std::string_view name, const Member& member, const Default&...)
        {
            sum.bytes += writer::head_bytes_max + name.size();
            if constexpr (std::is_convertible_v<const Member&, std::string_view>)
                sum.add(std::string_view(member));
            else if constexpr (std::is_convertible_v<const Member&, const encoded&>)
                sum.add(static_cast<const encoded&>(member));
            else
                sum.bytes += enumerator_bytes_max;
        }
        template <class Fields>
        void rare(const rarely<Fields>& fields)
        {
            if (fields.present())
                Fields::fields(*fields, *this);
        }
        void forwarded(const forwarded_attributes& attributes) { sum.plain &= !attributes.source.present(); }
    };

    /// More than the names of all enumerators, and than any number.
    static constexpr std::size_t enumerator_bytes_max = 32;

    void add(std::string_view text) { bytes += writer::head_bytes_max + text.size(); }
    void add(const encoded& slice)
    {
        bytes += 1 + slice.bytes.size();
        plain &= !slice.present() || slice.format == serializer::msgpack;
    }
};

/// Everything that a message consists of is written in one piece of code: for messages of a few octets, calls would
/// cost more than what they do.
template <class Message, push_writer Writer>
[[gnu::flatten]] errc write_message(const Message& m, Writer& writer)
{
    slice_writer slices(writer);
    element_writer visit(slices);
    writer.begin_list();
    writer.unsigned_integer(static_cast<std::uint64_t>(Message::type));
    Message::elements(m, visit);
    writer.end_list();
    return slices.failure();
}

/// Encodes what is not plain.
template <class Message>
[[gnu::noinline]] errc encode_in_full(const Message& m, serializer format, byte_buffer& out)
{
    const auto start = out.size();
    const auto failure = with_writer(format, out, [&](auto& writer) { return write_message(m, writer); });
    if (failure != errc{})
        out.truncate(start);
    return failure;
}

} // namespace

template <class Message>
errc encode(const Message& m, serializer format, byte_buffer& out)
{
    if (format != serializer::msgpack)
        return encode_in_full(m, format, out);
    room_counter room;
    Message::elements(m, room);
    if (!room.plain)
        return encode_in_full(m, format, out);
    const auto start = out.size();
    room_counter::writer writer{roomy_output(out.extend(room.bytes))};
    write_message(m, writer);
    out.truncate(start + writer.output().size());
    return errc{};
}

template errc encode(const hello&, serializer, byte_buffer&);
template errc encode(const welcome&, serializer, byte_buffer&);
template errc encode(const abort&, serializer, byte_buffer&);
template errc encode(const challenge&, serializer, byte_buffer&);
template errc encode(const authenticate&, serializer, byte_buffer&);
template errc encode(const goodbye&, serializer, byte_buffer&);
template errc encode(const error&, serializer, byte_buffer&);
template errc encode(const publish&, serializer, byte_buffer&);
template errc encode(const published&, serializer, byte_buffer&);
template errc encode(const subscribe&, serializer, byte_buffer&);
template errc encode(const subscribed&, serializer, byte_buffer&);
template errc encode(const unsubscribe&, serializer, byte_buffer&);
template errc encode(const unsubscribed&, serializer, byte_buffer&);
template errc encode(const event&, serializer, byte_buffer&);
template errc encode(const call&, serializer, byte_buffer&);
template errc encode(const cancel&, serializer, byte_buffer&);
template errc encode(const result&, serializer, byte_buffer&);
template errc encode(const register_&, serializer, byte_buffer&);
template errc encode(const registered&, serializer, byte_buffer&);
template errc encode(const unregister&, serializer, byte_buffer&);
template errc encode(const unregistered&, serializer, byte_buffer&);
template errc encode(const invocation&, serializer, byte_buffer&);
template errc encode(const interrupt&, serializer, byte_buffer&);
template errc encode(const yield&, serializer, byte_buffer&);

} // namespace junctor
