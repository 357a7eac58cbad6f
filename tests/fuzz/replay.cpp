// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Runs a fuzz target on the files of the folders it is given: what fuzzing has found stays found where there is no
// libFuzzer.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// The octets of a file, in an allocation of exactly their size.
std::vector<std::uint8_t> read(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    in.exceptions(std::ios::badbit);
    std::vector<std::uint8_t> octets{std::istreambuf_iterator<char>(in), {}};
    octets.shrink_to_fit();
    return octets;
}

/// Runs the target on every file below `folder`; returns how many there were.
std::size_t replay(const char* folder)
{
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file())
            continue;
        // Printed beforehand: a target that fails does not return.
        std::printf("%s\n", entry.path().c_str());
        std::fflush(stdout);
        const auto octets = read(entry.path());
        LLVMFuzzerTestOneInput(octets.data(), octets.size());
        ++files;
    }
    return files;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        std::size_t files = 0;
        for (const char* folder : std::span(argv, static_cast<std::size_t>(argc)).subspan(1))
            files += replay(folder);
        std::printf("%zu inputs\n", files);
        return files != 0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
