// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "password_input.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <termios.h>
#include <unistd.h>

#include <junctor/codec/utf8.hpp>

namespace junctor {
namespace {

/// The signal that came while a password was typed; 0 if none did.
volatile std::sig_atomic_t caught_signal = 0;

void catch_signal(int number)
{
    caught_signal = number;
}

/// Keeps what is typed from being shown, as long as it lives. A signal that would end the process waits for that: the
/// shell would find a terminal that shows nothing.
class hidden_typing {
public:
    hidden_typing()
    {
        caught_signal = 0;
        for (std::size_t at = 0; at < signals.size(); ++at)
            replace_action(signals[at], before_[at]);
        if (tcgetattr(STDIN_FILENO, &shown_) != 0)
            throw std::system_error(errno, std::generic_category(), "the terminal cannot be asked");
        auto hidden = shown_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        hidden.c_cc[VSUSP] = _POSIX_VDISABLE; // Nobody shall get a shell in between.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }

    hidden_typing(const hidden_typing&) = delete;
    hidden_typing& operator=(const hidden_typing&) = delete;

    ~hidden_typing()
    {
        tcsetattr(STDIN_FILENO, TCSANOW, &shown_);
        for (std::size_t at = 0; at < signals.size(); ++at)
            sigaction(signals[at], &before_[at], nullptr);
        if (caught_signal != 0)
            std::raise(caught_signal);
    }

private:
    static constexpr std::array signals{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    static void replace_action(int number, struct sigaction& before)
    {
        sigaction(number, nullptr, &before);
        if (before.sa_handler == SIG_IGN) // NOLINT(cppcoreguidelines-pro-type-union-access)
            return;
        struct sigaction action {};
        action.sa_handler = catch_signal; // Without SA_RESTART, so that `read` returns.
        sigemptyset(&action.sa_mask);
        sigaction(number, &action, nullptr);
    }

    termios shown_{};
    std::array<struct sigaction, signals.size()> before_{};
};

/// Room for a line, which leaves no traces.
struct line_buffer {
    line_buffer() = default;
    line_buffer(const line_buffer&) = delete;
    line_buffer& operator=(const line_buffer&) = delete;
    ~line_buffer() { OPENSSL_cleanse(octets.data(), octets.size()); }

    std::array<char, password_bytes_max + 2> octets{}; ///< With an end of two octets.
};

/// One octet of standard input; false at its end, or if a signal came.
bool read_octet(char& octet)
{
    ssize_t count = 0;
    do {
        count = read(STDIN_FILENO, &octet, 1);
    } while (count < 0 && errno == EINTR && caught_signal == 0);
    if (count < 0 && caught_signal == 0)
        throw std::system_error(errno, std::generic_category(), "standard input cannot be read");
    return count == 1;
}

/// Octet by octet into memory of our own: streams would keep copies, and take what is after the line.
secret read_line()
{
    line_buffer line;
    std::size_t size = 0;
    while (size < line.octets.size() && read_octet(line.octets[size]) && line.octets[size] != '\n')
        ++size;
    if (size > 0 && size < line.octets.size() && line.octets[size - 1] == '\r')
        --size;
    if (size > password_bytes_max)
        throw std::runtime_error(fmt::format("the password is longer than {} octets", password_bytes_max));
    return secret(std::string_view(line.octets.data(), size));
}

secret ask(std::string_view prompt)
{
    fmt::print(stderr, "{}: ", prompt);
    auto answer = read_line();
    fmt::print(stderr, "\n"); // The one that was typed is not shown either.
    return answer;
}

secret ask_twice()
{
    secret first;
    secret second;
    {
        const hidden_typing hidden;
        first = ask("Password");
        if (caught_signal == 0)
            second = ask("Password again");
    }
    if (!equal_constant_time(first.view(), second.view()))
        throw std::runtime_error("the two passwords differ");
    return first;
}

} // namespace

secret read_password()
{
    auto password = isatty(STDIN_FILENO) != 0 ? ask_twice() : read_line();
    if (password.empty())
        throw std::runtime_error("the password is empty");
    if (!is_utf8(password.view()))
        throw std::runtime_error("the password is not UTF-8");
    return password;
}

} // namespace junctor
