// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("config: the example of Crossbar.io's RawSocket page", "[config][examples]")
{
    const auto result = config_loader().load_transport(R"({
       "type": "rawsocket",
       "serializers": ["json", "msgpack"],
       "endpoint": {
          "type": "unix",
          "path": "/tmp/mysocket1"
       }
    })");
    const auto& transport = only_transport(result);
    CHECK(transport.serializers() == serializer_set{serializer::json, serializer::msgpack});
    CHECK(std::get<unix_endpoint>(transport.endpoint()).path == "/tmp/mysocket1");
}

TEST_CASE("config: a node as one writes it for Crossbar.io", "[config][examples]")
{
    const auto result = config_loader().load(R"({
       "$schema": "https://raw.githubusercontent.com/crossbario/crossbar/master/crossbar.json",
       "version": 2,
       "controller": {},
       "workers": [
          {
             "type": "router",
             "realms": [
                {
                   "name": "realm1",
                   "roles": [
                      {
                         "name": "anonymous",
                         "permissions": [
                            {
                               "uri": "com.example.",
                               "match": "prefix",
                               "allow": {"call": true, "register": false, "publish": false, "subscribe": true},
                               "disclose": {"caller": false, "publisher": false},
                               "cache": true
                            }
                         ]
                      },
                      {
                         "name": "backend",
                         "permissions": [
                            {
                               "uri": "*",
                               "allow": {"call": true, "register": true, "publish": true, "subscribe": true}
                            }
                         ]
                      }
                   ]
                }
             ],
             "transports": [
                {
                   "type": "rawsocket",
                   "endpoint": {"type": "tcp", "port": 8081, "interface": "127.0.0.1", "backlog": 1024},
                   "options": {"max_message_size": 1048576},
                   "auth": {"anonymous": {"type": "static", "role": "anonymous"}}
                },
                {
                   "id": "local",
                   "type": "rawsocket",
                   "endpoint": {"type": "unix", "path": "sock1"}
                }
             ]
          }
       ]
    })");
    const auto& worker = require_clean(result).workers.at(0);
    REQUIRE(worker.realms.size() == 1);
    REQUIRE(worker.realms[0].roles.size() == 2);
    CHECK(worker.realms[0].roles[0].permissions[0].pattern.match == match_policy::prefix);
    CHECK(worker.realms[0].roles[1].permissions[0].pattern.uri.empty());
    REQUIRE(worker.transports.size() == 2);
    CHECK(worker.transports[0].announced_message_size() == 1048576);
    CHECK(to_string(worker.transports[0].endpoint()) == "tcp4:127.0.0.1:8081");
    CHECK(to_string(worker.transports[1].endpoint()) == "unix:/etc/junctor/sock1");
}
