// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The time as a realm knows it, which has no clock of its own.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace junctor {

/// Remembers the time that a realm was told last, and what time of day that was. Part of the realm's monitor.
class realm_clock {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using time_of_day = std::chrono::system_clock::time_point;

    /// It is `now`.
    void advance(time_point now) noexcept { now_ = now; }

    /// It is `now`, which is `day` for people. Both clocks run at about the same pace; whoever sets the time of day of
    /// the machine makes them drift apart until this is called again.
    void calibrate(time_point now, time_of_day day) noexcept
    {
        now_ = now;
        calibrated_ = now;
        day_ = day;
    }

    [[nodiscard]] time_point now() const noexcept { return now_; }

    /// What time of day `when` is, or was.
    [[nodiscard]] time_of_day at(time_point when) const noexcept
    {
        return day_ + std::chrono::duration_cast<time_of_day::duration>(when - calibrated_);
    }

private:
    time_point now_{};
    time_point calibrated_{};
    time_of_day day_{};
};

/// `day` in UTC with milliseconds as ISO 8601 has it, such as "2014-03-15T10:54:31.073Z". Spec: the meta APIs,
/// `created`.
[[nodiscard]] std::string iso_8601(realm_clock::time_of_day day);

/// The time that `text` names in the form of RFC 3339, such as "2014-03-15T10:54:31Z" or "2014-03-15T12:54:31.5+02:00";
/// nothing if it is none.
[[nodiscard]] std::optional<realm_clock::time_of_day> parse_rfc_3339(std::string_view text);

} // namespace junctor
