// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listener.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include "support/catch.hpp"
#include "temporary_directory.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Why one cannot listen there.
std::string refusal(const endpoint& where)
{
    boost::asio::io_context io;
    try {
        const listener attempt(io, where);
    } catch (const endpoint_error& error) {
        return error.what();
    }
    return "no refusal";
}

/// Leaves a socket file behind on which nobody listens.
void leave_stale_socket(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(socket);
}

std::size_t files_in(const temporary_directory& directory)
{
    const std::filesystem::directory_iterator files(directory.path());
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

void check_echo(socket_client client)
{
    client.shake_hands();
    client.send(wire_message("hello"));
    CHECK(client.receive_frame() == "hello");
}

using accept_result = std::optional<boost::system::result<connection>>;

awaitable<void> accept_one(listener& from, accept_result& into)
{
    auto accepted = co_await from.accept();
    into.emplace(std::move(accepted));
}

/// Lets the process open no more files while it lives.
class file_limit {
public:
    file_limit()
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(next);
        auto now = before_;
        now.rlim_cur = static_cast<rlim_t>(next);
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    file_limit(const file_limit&) = delete;
    file_limit& operator=(const file_limit&) = delete;
    ~file_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("listener: port 0 becomes an actual port, on IPv4 and IPv6", "[transport][listener]")
{
    boost::asio::io_context io;
    const listener four(io, tcp("127.0.0.1", 0));
    CHECK(four.port() != 0);
    CHECK(four.local_address() == "tcp4:127.0.0.1:" + std::to_string(four.port()));
    const listener six(io, tcp("::1", 0));
    CHECK(six.local_address() == "tcp6:[::1]:" + std::to_string(six.port()));
    const listener named(io, tcp("localhost", 0));
    CHECK(named.local_address() == "tcp4:127.0.0.1:" + std::to_string(named.port()));
}

TEST_CASE("listener: IPv6 leaves the same port of IPv4 alone", "[transport][listener]")
{
    boost::asio::io_context io;
    tcp_endpoint everywhere;
    everywhere.version = ip_version::v6;
    const listener six(io, everywhere);
    CHECK_NOTHROW(listener(io, tcp("127.0.0.1", six.port())));
}

TEST_CASE("listener: a port that is in use is refused unless it is shared", "[transport][listener]")
{
    boost::asio::io_context io;
    const listener first(io, tcp("127.0.0.1", 0));
    const auto text = refusal(tcp("127.0.0.1", first.port()));
    CHECK_THAT(text, ContainsSubstring(first.local_address()) && ContainsSubstring("another socket listens") &&
                         ContainsSubstring("choose another port"));

    auto shared = tcp("127.0.0.1", 0);
    shared.shared = true;
    const listener second(io, shared);
    shared.port = second.port();
    CHECK_NOTHROW(listener(io, shared));
}

TEST_CASE("listener: addresses that this machine does not have are refused with the reason", "[transport][listener]")
{
    CHECK_THAT(refusal(tcp("192.0.2.1", 0)), ContainsSubstring("no interface of this machine has this address"));
    CHECK_THAT(refusal(tcp("no such host", 0)), ContainsSubstring("no such interface for IP version 4"));
    auto mixed = tcp("127.0.0.1", 0);
    mixed.version = ip_version::v6;
    CHECK_THAT(refusal(mixed), ContainsSubstring("IP version 6"));
}

TEST_CASE("listener: a port can be used again at once after a restart", "[transport][listener]")
{
    std::uint16_t port = 0;
    {
        transport_server server(rawsocket(tcp("127.0.0.1", 0)).limits(patient_limits()));
        port = server.port();
        check_echo(server.connect());
    }
    transport_server server(rawsocket(tcp("127.0.0.1", port)).limits(patient_limits()));
    check_echo(server.connect());
}

TEST_CASE("listener: a connection has the options of its endpoint", "[transport][listener]")
{
    auto where = tcp("127.0.0.1", 0);
    where.user_timeout = std::chrono::milliseconds(1234);
    transport_server server(rawsocket(where).limits(patient_limits()));
    check_echo(server.connect());
}

TEST_CASE("listener: a Unix domain socket goes away with its listener", "[transport][listener]")
{
    const temporary_directory directory;
    const auto path = directory / "router.sock";
    {
        transport_server server(rawsocket(unix_socket(path)).limits(patient_limits()));
        CHECK(server.address() == "unix:" + path);
        CHECK(server.port() == 0);
        CHECK(files_in(directory) == 1);
        check_echo(socket_client::local(path));
    }
    CHECK(files_in(directory) == 0);
}

TEST_CASE("listener: a stale Unix domain socket is replaced", "[transport][listener]")
{
    const temporary_directory directory;
    const auto path = directory / "router.sock";
    leave_stale_socket(path);
    transport_server server(rawsocket(unix_socket(path)).limits(patient_limits()));
    check_echo(socket_client::local(path));
    CHECK(files_in(directory) == 1);
}

TEST_CASE("listener: a live Unix domain socket is left alone", "[transport][listener]")
{
    const temporary_directory directory;
    const auto path = directory / "router.sock";
    transport_server server(rawsocket(unix_socket(path)).limits(patient_limits()));
    CHECK_THAT(refusal(unix_socket(path)), ContainsSubstring("unix:" + path) &&
                                               ContainsSubstring("another process listens on it") &&
                                               ContainsSubstring("choose another path"));
    check_echo(socket_client::local(path));
    CHECK(files_in(directory) == 1);
}

TEST_CASE("listener: a file that is not a socket is left alone", "[transport][listener]")
{
    const temporary_directory directory;
    const auto path = directory / "precious";
    std::ofstream(path) << "content";
    CHECK_THAT(refusal(unix_socket(path)), ContainsSubstring("not a socket"));
    std::string content;
    std::ifstream(path) >> content;
    CHECK(content == "content");
}

TEST_CASE("listener: a socket file that somebody else has put in its place is left alone", "[transport][listener]")
{
    const temporary_directory directory;
    const auto path = directory / "router.sock";
    boost::asio::io_context io;
    listener first(io, unix_socket(path));
    std::filesystem::remove(path);
    const listener second(io, unix_socket(path));
    first.close();
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("listener: mode and owner of a Unix domain socket", "[transport][listener]")
{
    const temporary_directory directory;
    auto where = unix_socket(directory / "router.sock");
    where.mode = 0620;
    where.user = ::getpwuid(::getuid())->pw_name;
    where.group = ::getgrgid(::getgid())->gr_name;
    boost::asio::io_context io;
    const listener open(io, where);
    struct ::stat found {};
    REQUIRE(::stat(where.path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0620);
    CHECK(found.st_uid == ::getuid());
    CHECK(found.st_gid == ::getgid());
}

TEST_CASE("listener: owners that do not exist are refused, and nothing is left behind", "[transport][listener]")
{
    const temporary_directory directory;
    auto where = unix_socket(directory / "router.sock");
    where.user = "no-such-user";
    CHECK_THAT(refusal(where), ContainsSubstring("there is no user \"no-such-user\""));
    where.user.clear();
    where.group = "no-such-group";
    CHECK_THAT(refusal(where), ContainsSubstring("there is no group \"no-such-group\""));
    CHECK(files_in(directory) == 0);
}

TEST_CASE("listener: paths that cannot be used are refused with the reason", "[transport][listener]")
{
    const temporary_directory directory;
    CHECK_THAT(refusal(unix_socket("")), ContainsSubstring("empty"));
    CHECK_THAT(refusal(unix_socket("@")), ContainsSubstring("empty"));
    CHECK_THAT(refusal(unix_socket(directory / std::string(120, 'x'))), ContainsSubstring("at most 107 bytes"));
    CHECK_THAT(refusal(unix_socket(directory / "missing/router.sock")), ContainsSubstring("No such file or directory"));
    const auto deep = directory / std::string(105 - directory.path().native().size() - 1, 'd');
    std::filesystem::create_directory(deep);
    CHECK_THAT(refusal(unix_socket(deep + "/s")), ContainsSubstring("directory is too long"));
}

TEST_CASE("listener: names of the abstract name space", "[transport][listener]")
{
    const auto name = "@junctor-listener-test-" + std::to_string(::getpid());
    transport_server server(rawsocket(unix_socket(name)).limits(patient_limits()));
    CHECK(server.address() == "unix:" + name);
    check_echo(socket_client::local(name));
    CHECK_THAT(refusal(unix_socket(name)), ContainsSubstring("another process listens on it"));
    CHECK_FALSE(std::filesystem::exists(name));
}

TEST_CASE("listener: a lack of file descriptors is reported and passes", "[transport][listener]")
{
    transport_server server(rawsocket(tcp("127.0.0.1", 0)).limits(patient_limits()));
    auto before = server.connect();
    before.shake_hands();
    std::optional<socket_client> waiting;
    std::vector<boost::system::error_code> troubles;
    std::string answer;
    {
        // Nothing is checked in here: what checks may need descriptors itself.
        const int spare = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        const file_limit none_left;
        ::close(spare);
        waiting.emplace(server.connect()); // Takes the spare one, so that the server gets none.
        troubles.push_back(server.wait_for_trouble());
        before.send(wire_message("goes on"));
        answer = before.receive_frame();
        troubles.push_back(server.wait_for_trouble());
    }
    CHECK(answer == "goes on");
    for (const auto trouble : troubles)
        CHECK(trouble == boost::system::errc::too_many_files_open);
    check_echo(std::move(*waiting));
}

TEST_CASE("listener: close() ends a pending accept, and the port is free", "[transport][listener]")
{
    boost::asio::io_context io;
    listener open(io, tcp("127.0.0.1", 0));
    accept_result accepted;
    boost::asio::co_spawn(io.get_executor(), accept_one(open, accepted), boost::asio::detached);
    io.poll();
    open.close();
    open.close();
    io.run();
    REQUIRE(accepted);
    CHECK(accepted->error() == boost::asio::error::operation_aborted);
    CHECK(open.connections() == 0);
    CHECK_NOTHROW(listener(io, tcp("127.0.0.1", open.port())));
}

TEST_CASE("listener: connections live on when it is closed, and are counted until they are gone",
          "[transport][listener]")
{
    boost::asio::io_context io;
    listener open(io, tcp("127.0.0.1", 0));
    const auto client = socket_client::tcp(open.port());
    accept_result accepted;
    boost::asio::co_spawn(io.get_executor(), accept_one(open, accepted), boost::asio::detached);
    io.run();
    open.close();
    REQUIRE(accepted);
    REQUIRE(accepted->has_value());
    CHECK((*accepted)->socket);
    CHECK((*accepted)->facts.peer == client.local_address());
    CHECK(open.connections() == 1);
    accepted.reset();
    CHECK(open.connections() == 0);
}
