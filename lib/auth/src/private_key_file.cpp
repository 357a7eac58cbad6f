// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/private_key_file.hpp>

#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <junctor/auth/ed25519.hpp>
#include <junctor/base/hex.hpp>

namespace junctor::auth {
namespace {

/// The digits with the end of their line, be it of two octets, and one more that tells what is too long.
constexpr std::size_t file_bytes_max = 2 * ed25519_seed_bytes + 3;

std::runtime_error failure(const std::filesystem::path& path, const char* what, int cause = errno)
{
    return std::runtime_error(
        fmt::format("the file '{}' {}: {}", path.string(), what, std::generic_category().message(cause)));
}

/// A file that is closed in the end.
class open_file {
public:
    open_file(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : descriptor_{open(path.c_str(), flags | O_CLOEXEC, mode)}
    {
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() { close(descriptor_); }

    [[nodiscard]] bool good() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

bool write_all(int descriptor, std::string_view octets)
{
    while (!octets.empty()) {
        const auto count = write(descriptor, octets.data(), octets.size());
        if (count < 0 && errno != EINTR)
            return false;
        octets.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

/// At most `file_bytes_max` octets of the file.
secret read_some(const std::filesystem::path& path)
{
    const open_file file(path, O_RDONLY);
    if (!file.good())
        throw failure(path, "cannot be read");
    std::array<char, file_bytes_max> octets{};
    std::size_t size = 0;
    ssize_t count = 0;
    while (size < octets.size() && ((count = read(file.descriptor(), octets.data() + size, octets.size() - size)) > 0 ||
                                    (count < 0 && errno == EINTR)))
        size += count > 0 ? static_cast<std::size_t>(count) : 0;
    const auto cause = errno;
    secret content(std::string_view(octets.data(), size));
    OPENSSL_cleanse(octets.data(), octets.size());
    if (count < 0)
        throw failure(path, "cannot be read", cause);
    return content;
}

std::string_view without_line_end(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace

secret hex_of_seed(const secret& seed)
{
    auto digits = to_hex(seed.bytes());
    secret kept(digits);
    OPENSSL_cleanse(digits.data(), digits.size());
    return kept;
}

secret private_key_from_hex(std::string_view digits)
{
    auto octets = digits.size() == 2 * ed25519_seed_bytes ? from_hex(digits) : std::nullopt;
    if (!octets)
        return {};
    secret seed{byte_view(*octets)};
    OPENSSL_cleanse(octets->data(), octets->size());
    return seed;
}

void write_private_key(const std::filesystem::path& path, const secret& seed)
{
    constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
    const auto digits = hex_of_seed(seed);
    const open_file file(path, O_WRONLY | O_CREAT | O_EXCL, owner_only);
    if (!file.good())
        throw failure(path, "cannot be made");
    // The umask may have taken more away than it should.
    if (fchmod(file.descriptor(), owner_only) == 0 && write_all(file.descriptor(), digits.view()) &&
        write_all(file.descriptor(), "\n") && fsync(file.descriptor()) == 0)
        return;
    const auto cause = errno;
    unlink(path.c_str());
    throw failure(path, "cannot be written", cause);
}

secret read_private_key(const std::filesystem::path& path)
{
    const auto content = read_some(path);
    auto seed = private_key_from_hex(without_line_end(content.view()));
    if (seed.empty())
        throw std::runtime_error(fmt::format("the file '{}' holds no private key: that is {} hexadecimal digits",
                                             path.string(), 2 * ed25519_seed_bytes));
    return seed;
}

} // namespace junctor::auth
