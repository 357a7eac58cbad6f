// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Every bound on what a peer can make the router hold or wait for, with its default and the reason for it.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace junctor {

/// Bounds that are part of the protocol or of a data structure and cannot be configured.
namespace limits {

/// URIs in use have tens of characters; the pattern indexes hold one probe per distinct prefix length.
inline constexpr std::size_t uri_bytes_max = 1024;

/// Bounds the depth of the wildcard trie and the work of matching.
inline constexpr std::size_t uri_components_max = 128;

/// The smallest and largest message size that a RawSocket handshake can announce.
inline constexpr std::size_t rawsocket_message_bytes_min = 512;
inline constexpr std::size_t rawsocket_message_bytes_max = std::size_t{1} << 24;

/// The head of the HTTP request that opens a WebSocket. Browsers send about 500 bytes, and cookies of a few thousand.
inline constexpr std::size_t http_head_bytes_max = std::size_t{16} * 1024;

/// `max_message_size` when a transport does not say: the requirements of Crossbar.io's RawSocket transport name 128 kB.
inline constexpr std::size_t message_bytes_default = std::size_t{128} * 1024;

/// The options `rkey` and `nkey`: host names and serial numbers are shorter, and each node key is kept.
inline constexpr std::size_t shard_key_bytes_max = 256;

/// Nesting of lists and dicts within a message. Deeper data is an attack on the stack or on the receiver's parser.
inline constexpr std::size_t nesting_depth_max = 64;

/// Custom attributes (`_name`, `x_name`) that are forwarded from the options of one message.
inline constexpr std::size_t custom_attributes_max = 16;

/// Keys in the details of HELLO, and entries in a list within them; nobody announces more.
inline constexpr std::size_t hello_entries_max = 256;

/// What a peer said and what is quoted of it, in a log line or in the message of ABORT: enough to recognise it by. The
/// smallest message that a peer can announce to take still has room for it.
inline constexpr std::size_t quoted_bytes_max = 128;

/// The encoded `authextra` of HELLO and AUTHENTICATE: it is made a tree before anybody is authenticated.
inline constexpr std::size_t authextra_bytes_max = std::size_t{16} * 1024;

/// The authid of HELLO, and AUTHENTICATE.Signature: longer ones are refused before any authenticator sees them.
inline constexpr std::size_t authid_bytes_max = 256;
inline constexpr std::size_t signature_bytes_max = std::size_t{16} * 1024;

/// Peers and authids whose failures are counted at the same time; each takes about 150 bytes.
inline constexpr std::size_t throttled_max = std::size_t{64} * 1024;

/// Progressive calls of one session that were answered before their last part came, and whose further parts are passed
/// over therefore. Some clients send no further part of a call that was answered, so the oldest are forgotten.
inline constexpr std::size_t answered_unfinished_calls_max = 256;

/// What one answer from an event history has at most: as much as a client should take at a time, and no more bytes than
/// any message can have.
inline constexpr std::size_t history_answer_events_max = 10'000;
inline constexpr std::size_t history_answer_bytes_max = rawsocket_message_bytes_max;

/// Questions about event histories of one session that wait for an answer. Stores answer them one after the other, so
/// that more would only make others wait.
inline constexpr std::size_t pending_lookups_max = 16;

/// What is kept of the pending calls of one session so that they can be offered to another callee, or go on in parts.
/// Calls beyond it are answered as if their callees did not decline them so that others may take them, and are not
/// taken in parts.
inline constexpr std::size_t kept_call_bytes_max = std::size_t{4} << 20;

/// Invocations of one callee that ended for their callers, that it was not told to give up, and whose slots it keeps
/// until it answers. A callee that never answers loses its own slots; beyond this the router forgets what it owes.
inline constexpr std::size_t unanswered_invocations_max = 4096;

/// Bytes written to one connection before others have their turn, and what has come from it is read.
inline constexpr std::size_t written_at_once_max = std::size_t{256} * 1024;

/// Connections beyond `transport_limits::connections_max` that are kept just long enough to be told so by the
/// handshake.
inline constexpr std::size_t refusals_pending_max = 256;

/// PINGs of the router that a silent peer may leave unanswered. Some clients answer only one in a while.
inline constexpr unsigned unanswered_pings_max = 3;

/// How long a listener waits when it cannot accept for want of file descriptors or memory.
inline constexpr std::chrono::milliseconds accept_pause{200};

/// How long whoever connects waits when as many connections as a Unix domain socket takes wait to be accepted.
inline constexpr std::chrono::milliseconds connect_pause{50};

/// What each thread keeps of the buffers that its connections gave back: enough of them for an event that goes to a
/// thousand peers, none that is so large that it must have been an exception, and in all no more memory than an idle
/// router may well have.
inline constexpr std::size_t pooled_buffers_max = 1024;
inline constexpr std::size_t pooled_buffer_bytes_max = std::size_t{512} * 1024;
inline constexpr std::size_t pooled_bytes_max = std::size_t{8} << 20;

/// Blocks for large reads that each thread keeps; more are in use only while sessions wait in the middle of a batch.
inline constexpr std::size_t pooled_read_blocks_max = 4;

} // namespace limits

/// Bounds on the events that a realm retains for those who subscribe later. Spec: "Event Retention".
struct retained_limits {
    /// Over all topics; with zero, no event is retained. A subscription to all of them costs one event for each.
    std::size_t events_max{10'000};

    /// The memory that they take. Half of what may be queued for one connection: also who asks for all of them at once
    /// is not taken for a peer that does not read.
    std::size_t bytes_max{std::size_t{16} << 20};

    /// Events of one topic that are not for everybody, because of lists of subscribers or of payload passthru mode.
    /// More states of one topic at a time than anybody needs; each subscriber costs a look at all of them.
    std::size_t restricted_per_topic_max{16};

    /// How long after its publication an event is retained; zero for ever.
    std::chrono::milliseconds age_max{0};
};

/// Bounds on what a session may have in its realm; each costs the router a table entry.
struct membership_limits {
    std::size_t subscriptions_max{10'000};
    std::size_t registrations_max{10'000};

    /// Calls of one caller that have no final answer yet.
    std::size_t pending_calls_max{65'536};

    /// Testaments of one session, and their size as they are kept: topic, options and arguments together.
    std::size_t testaments_max{100};
    std::size_t testament_bytes_max{std::size_t{1} << 20};
};

/// Bounds that hold for each session and each connection of a router; every one can be configured.
struct session_limits : membership_limits {
    /// TLS handshake, RawSocket handshake, HELLO and authentication together, as one absolute deadline:
    /// a slow peer cannot prolong it by sending one octet at a time.
    std::chrono::milliseconds join_timeout{std::chrono::seconds{10}};

    /// How long a peer may take to answer one CHALLENGE.
    std::chrono::milliseconds challenge_timeout{std::chrono::seconds{10}};

    /// How long an authorizer may take to decide about one request. The session that made it waits for so long.
    std::chrono::milliseconds authorization_timeout{std::chrono::seconds{10}};

    /// How long a peer may leave queued output without taking a single byte of it.
    std::chrono::milliseconds write_stall_timeout{std::chrono::seconds{30}};

    /// How long a peer has to answer GOODBYE, and to take what is queued, before its connection is closed.
    std::chrono::milliseconds goodbye_timeout{std::chrono::seconds{2}};

    /// Output queued for one connection. Far above any burst that a healthy client takes, far below what hurts the
    /// router.
    std::size_t outbound_bytes_max{std::size_t{32} << 20};
};

/// Bounds of a whole listening transport.
struct transport_limits {
    /// Connections at once, joined or not; the next one is answered with RawSocket's error 4.
    std::size_t connections_max{100'000};

    /// Failures to prove who one is in `auth_failures_period`, by peers of one address and for one authid; whoever
    /// would exceed them is refused without being challenged. Zero for no limit. People mistype a few times; a peer
    /// that guesses gets a few thousand attempts a day. The limit for an authid is the higher one, since anybody can
    /// use it up and keep its owner out for a while.
    std::size_t auth_failures_per_peer_max{20};
    std::size_t auth_failures_per_authid_max{100};
    std::chrono::milliseconds auth_failures_period{std::chrono::minutes{5}};
};

} // namespace junctor
