// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/realm_clock.hpp>

#include <cstdint>

#include <fmt/chrono.h>

namespace junctor {

std::string iso_8601(realm_clock::time_of_day day)
{
    using std::chrono::milliseconds;
    const auto since_1970 = std::chrono::floor<milliseconds>(day).time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), (since_1970 - seconds).count());
}

namespace {

/// Takes numbers and marks off a text, from its beginning on.
class time_text {
public:
    explicit time_text(std::string_view text) : rest_{text} {}

    /// A number of so many digits, from `least` to `most`.
    int number(std::size_t digits, int least, int most)
    {
        int taken = 0;
        for (std::size_t i = 0; i != digits; ++i)
            taken = taken * 10 + digit();
        good_ = good_ && taken >= least && taken <= most;
        return taken;
    }

    /// One of `marks`, in either case.
    char mark(std::string_view marks)
    {
        const char next = rest_.empty() ? '\0' : rest_.front();
        const char upper = next >= 'a' && next <= 'z' ? static_cast<char>(next - 'a' + 'A') : next;
        good_ = good_ && !rest_.empty() && marks.find(upper) != std::string_view::npos;
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return upper;
    }

    /// What may stand behind the seconds: ".5" is half of one. Finer than nanoseconds is passed over.
    std::chrono::nanoseconds fraction()
    {
        std::chrono::nanoseconds taken{0};
        if (!rest_.starts_with('.'))
            return taken;
        rest_.remove_prefix(1);
        std::int64_t unit = 100'000'000;
        do {
            taken += std::chrono::nanoseconds(unit * digit());
            unit /= 10;
        } while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9');
        return taken;
    }

    [[nodiscard]] bool is_good_to_the_end() const noexcept { return good_ && rest_.empty(); }

private:
    int digit()
    {
        const int value = rest_.empty() ? -1 : rest_.front() - '0';
        good_ = good_ && value >= 0 && value <= 9;
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return good_ ? value : 0;
    }

    std::string_view rest_;
    bool good_{true};
};

} // namespace

std::optional<realm_clock::time_of_day> parse_rfc_3339(std::string_view text)
{
    using namespace std::chrono;
    time_text in(text);
    const auto y = year(in.number(4, 1, 9999));
    in.mark("-");
    const auto m = month(static_cast<unsigned>(in.number(2, 1, 12)));
    in.mark("-");
    const auto d = day(static_cast<unsigned>(in.number(2, 1, 31)));
    in.mark("T ");
    seconds time = hours(in.number(2, 0, 23));
    in.mark(":");
    time += minutes(in.number(2, 0, 59));
    in.mark(":");
    time += seconds(in.number(2, 0, 60)); // A leap second is taken for the one after it.
    const auto fraction = in.fraction();
    if (const auto zone = in.mark("Z+-"); zone != 'Z') {
        seconds offset = hours(in.number(2, 0, 23));
        in.mark(":");
        offset += minutes(in.number(2, 0, 59));
        time += zone == '+' ? -offset : offset;
    }
    const year_month_day date(y, m, d);
    // A clock that counts nanoseconds ends in 2262.
    if (!in.is_good_to_the_end() || !date.ok() || y < year(1700) || y > year(2200))
        return std::nullopt;
    return realm_clock::time_of_day(
        duration_cast<system_clock::duration>(sys_days(date).time_since_epoch() + time + fraction));
}

} // namespace junctor
