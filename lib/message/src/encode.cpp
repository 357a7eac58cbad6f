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

/// Writes slices: as they are if they are in the writer's serializer, else transcoded.
template <push_writer Writer>
class slice_writer {
public:
    explicit slice_writer(Writer& out) : out_{out} {}

    void write(const encoded& slice)
    {
        if (slice.format == Writer::format) {
            out_.raw(slice.bytes);
            return;
        }
        byte_buffer converted;
        const auto failed = transcode(slice, Writer::format, converted);
        if (failed == errc{})
            out_.raw(converted.view());
        else if (failure_ == errc{})
            failure_ = failed;
    }

    [[nodiscard]] Writer& out() noexcept { return out_; }

    /// The first failure; after one the output is unfit for use.
    [[nodiscard]] errc failure() const noexcept { return failure_; }

private:
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

    void custom(const custom_attributes& attributes)
    {
        if (!attributes.source.present())
            return;
        text_scratch scratch;
        with_reader(attributes.source, scratch, [this](auto& in) { this->copy_custom(in); });
    }

private:
    template <pull_reader Reader>
    void copy_custom(Reader& in)
    {
        std::size_t copied = 0;
        std::string_view key;
        in.enter_dict();
        while (copied < limits::custom_attributes_max && in.next_key(key)) {
            const auto bytes = in.skip();
            if (!is_custom_attribute(key))
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

template <class Message>
errc encode(const Message& m, serializer format, byte_buffer& out)
{
    const auto start = out.size();
    const auto failure = with_writer(format, out, [&](auto& writer) {
        slice_writer slices(writer);
        element_writer visit(slices);
        writer.begin_list();
        writer.unsigned_integer(static_cast<std::uint64_t>(Message::type));
        Message::elements(m, visit);
        writer.end_list();
        return slices.failure();
    });
    if (failure != errc{})
        out.truncate(start);
    return failure;
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
