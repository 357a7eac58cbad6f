// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Runs the simulation for many seeds:  junctor_simulation [--seeds N] [--first S] [--steps K]

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "run.hpp"

namespace {

/// Reads "--name number" pairs into `settings`; false if there is anything else.
bool parse(int argc, char** argv, std::map<std::string, std::uint64_t, std::less<>>& settings)
{
    for (int i = 1; i < argc; i += 2) {
        const auto setting = settings.find(std::string_view(argv[i]));
        if (setting == settings.end() || i + 1 == argc)
            return false;
        const std::string_view number(argv[i + 1]);
        const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), setting->second);
        if (failed != std::errc{} || end != number.data() + number.size())
            return false;
    }
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    std::map<std::string, std::uint64_t, std::less<>> settings{{"--seeds", 10'000}, {"--first", 1}, {"--steps", 250}};
    if (!parse(argc, argv, settings)) {
        std::fprintf(stderr, "usage: %s [--seeds N] [--first S] [--steps K]\n", argv[0]);
        return 2;
    }
    const auto first = settings["--first"];
    const auto start = std::chrono::steady_clock::now();
    for (auto seed = first; seed < first + settings["--seeds"]; ++seed) {
        junctor::simulation::run run(seed, settings["--steps"]);
        const auto failure = run.go();
        if (!failure)
            continue;
        std::printf("seed %llu fails; the last things that happened:\n", static_cast<unsigned long long>(seed));
        for (const auto& line : run.tail())
            std::printf("  %s\n", line.c_str());
        std::printf("%s\n", failure->c_str());
        return 1;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%llu seeds of %llu steps agree with the model, in %.1f s\n",
                static_cast<unsigned long long>(settings["--seeds"]),
                static_cast<unsigned long long>(settings["--steps"]), took.count());
    return 0;
}
