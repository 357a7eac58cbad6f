// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/load_config.hpp>

namespace junctor {

std::string_view default_node_config() noexcept
{
    return R"json({
   "version": 2,
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
                           "uri": "",
                           "match": "prefix",
                           "allow": {
                              "call": true,
                              "register": true,
                              "publish": true,
                              "subscribe": true
                           }
                        }
                     ]
                  }
               ]
            }
         ],
         "transports": [
            {
               "type": "rawsocket",
               "endpoint": {
                  "type": "tcp",
                  "interface": "127.0.0.1",
                  "port": 8081
               }
            },
            {
               "type": "rawsocket",
               "endpoint": {
                  "type": "unix",
                  "path": "${XDG_RUNTIME_DIR:-/tmp}/junctor.sock"
               }
            }
         ]
      }
   ]
}
)json";
}

} // namespace junctor
