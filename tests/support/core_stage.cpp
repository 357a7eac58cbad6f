// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "support/core_stage.hpp"

#include <utility>

#include <junctor/message/decode.hpp>

namespace junctor::test {

namespace {

/// As a client that has shown its ticket, since that is how clients join the stages that have none but the outside.
identity identity_of(const std::string& name, const std::string& authrole)
{
    return {name, authrole, "ticket", "static", {}};
}

} // namespace

/// A session of the realm with a recorder in the place of a connection.
class core_line final : public line {
public:
    core_line(core_stage& where, const std::string& name, const guest& who, serializer format)
        : where_{where},
          realm_{*where.realm()},
          outlet_(format),
          session_(realm_.new_session_id(), identity_of(name, who.authrole), who.features, outlet_,
                   realm_.options().request_ids, who.limits),
          decoder_(format)
    {
        outlet_.describe_as({{"channel_framing", "none"}});
        outlet_.accept_at_most(who.message_bytes_max);
        realm_.join(session_);
    }

    ~core_line() override { realm_.leave(session_); }

    [[nodiscard]] serializer format() const noexcept override { return outlet_.format(); }

    void send(byte_view bytes) override
    {
        if (const auto m = decoder_.decode(bytes))
            realm_.receive(session_, *m, where_.now());
        else
            realm_.reject(session_, m.error());
    }

    [[nodiscard]] std::optional<std::string> take() override
    {
        realm_.settle(); // It may have held something back.
        return outlet_.take();
    }

    [[nodiscard]] bool has_message() override
    {
        realm_.settle();
        return !outlet_.empty();
    }

    void hang_up() override { realm_.leave(session_); }
    [[nodiscard]] bool is_open() override { return session_.open(); }
    [[nodiscard]] std::string ended_because() override { return std::string(to_string(session_.reason())); }
    [[nodiscard]] junctor::session* session() noexcept override { return &session_; }
    [[nodiscard]] recorder* outlet() noexcept override { return &outlet_; }

private:
    core_stage& where_;
    junctor::realm& realm_;
    recorder outlet_;
    junctor::session session_;
    decoder decoder_;
};

core_stage::core_stage(realm_options options, std::uint64_t seed) : realm_("realm1", std::move(options), seed) {}

std::unique_ptr<line> core_stage::join(const std::string& name, const guest& who, serializer format)
{
    return std::make_unique<core_line>(*this, name, who, format);
}

void core_stage::set_role(const std::string& name, const std::vector<permission_rule>& rules)
{
    realm_.role(name).replace(rules, false);
}

void core_stage::wait(std::chrono::milliseconds time)
{
    now_ += time;
    realm_.expire(now_);
}

std::size_t core_stage::retaining_topic_count()
{
    return realm_.retained_topics("", match_policy::prefix, now_).size();
}

} // namespace junctor::test
