// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "bench/benchmark.hpp"
#include "bench/failure.hpp"
#include "commands.hpp"

namespace junctor {

exit_code run_bench(const command_line& line)
{
    try {
        fmt::print("{}", bench::run_benchmark(line.benchmark));
        return exit_ok;
    } catch (const bench::bad_options& wrong) {
        fmt::print(stderr, "junctor bench: {}\n", wrong.what());
        return exit_bad_usage;
    } catch (const bench::failure& failed) {
        fmt::print(stderr, "junctor bench: {}\n", failed.what());
        return exit_bench_failed;
    }
}

} // namespace junctor
