# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The servers that are measured, each started on one processor, and the client on another."""

import json
import os
import shutil
import subprocess

from certificate import make_certificate
from junctor_process import PATIENCE, JunctorProcess, binary, node_config, tcp_transport, unix_transport


def processors():
    """The processors for server and client; None for both if there is but one, or no taskset."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2 or not shutil.which("taskset"):
        return None, None
    return available[0], available[1]


def pinned(processor):
    """The command that runs another on `processor` alone."""
    return [] if processor is None else ["taskset", "-c", str(processor)]


class Server:
    """Something to be measured.

    name   what it is called in the table
    pid    its process
    urls   where it listens, by transport: "unix", "tcp", "tls", "ws", "wss" and "ws-deflate", or some of them
    extra  arguments of `junctor bench` that it needs
    """

    def __init__(self, name, pid, urls, extra=()):
        self.name, self.pid, self.extra = name, pid, list(extra)
        self.urls = {self._transport(url): url for url in urls}

    @staticmethod
    def _transport(url):
        if "://unix:" in url:
            return "unix"
        scheme = url.split("://")[0]
        return {"rs": "tcp", "rss": "tls"}.get(scheme, scheme)

    def close(self):
        """Stops it, if it is ours."""


class Router(Server):
    """This router, with all transports."""

    def __init__(self, folder, processor):
        tls = make_certificate(folder)
        transports = [unix_transport(os.path.join(folder, "router.sock"))]
        for kind in ("rawsocket", "websocket"):
            plain, secure = tcp_transport(type=kind), tcp_transport(type=kind)
            secure["endpoint"]["tls"] = tls
            transports += [plain, secure]
        transports.append(tcp_transport(type="websocket", options={"compression": {"deflate": {}}}))
        self._process = JunctorProcess(node_config(transports), loglevel="info", wrapper=pinned(processor))
        self._process.__enter__()
        *urls, compressing = self._process.urls
        super().__init__("router", self._process.pid, urls)
        self.urls["ws-deflate"] = compressing

    def close(self):
        if self._process.stop() != 0:
            raise RuntimeError(f"the router did not end well: {self._process.log[-5:]}")


class Floor(Server):
    """A server that forwards frames without looking inside."""

    def __init__(self, folder, processor):
        urls = [f"rs://unix:{os.path.join(folder, 'floor.sock')}", "rs://127.0.0.1:0"]
        command = [*pinned(processor), os.environ["BENCH_FLOOR"], *urls]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        listening = [self._process.stdout.readline().split()[-1] for _ in urls]
        super().__init__("floor", self._process.pid, listening, ["--floor"])

    def close(self):
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


class BenchmarkFailed(Exception):
    """What `junctor bench` said."""


def measure(server, transport, arguments, processor, timing):
    """The report of `junctor bench` about `server`, as a dict."""
    command = [*pinned(processor), binary(), "bench", *arguments.split(), *server.extra, *timing, "--json"]
    command += ["--url", server.urls[transport], "--pid", str(server.pid)]
    if transport in ("tls", "wss"):
        command.append("--insecure")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkFailed(done.stderr.strip() or f"exit code {done.returncode}")
    return json.loads(done.stdout)
