# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The real router as a process of its own, for tests: started, watched by its log, and stopped.

    with JunctorProcess(node_config(transports=[tcp_transport()])) as router:
        socket.create_connection(router.tcp_address)
    # here it has been stopped by SIGTERM, and has exited with 0

The binary is named by the environment variable JUNCTOR_BINARY. Nothing but the standard library is needed.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time

# How long the router may take for what takes it milliseconds: tests share their machine, and sanitizers are slow.
PATIENCE = 30.0

ALLOW_ALL = {"call": True, "register": True, "publish": True, "subscribe": True}


def binary():
    """The path of the router's binary."""
    path = os.environ.get("JUNCTOR_BINARY")
    if not path:
        raise RuntimeError("JUNCTOR_BINARY must name the binary of the router")
    return path


def tcp_transport(**keys):
    """A RawSocket transport on a free port of 127.0.0.1; `keys` are added."""
    endpoint = {"type": "tcp", "interface": "127.0.0.1", "port": 0}
    return {"type": "rawsocket", "endpoint": endpoint, **keys}


def unix_transport(path, **keys):
    """A RawSocket transport on the Unix domain socket `path`; `keys` are added."""
    return {"type": "rawsocket", "endpoint": {"type": "unix", "path": path}, **keys}


def node_config(transports=None, realms=None):
    """A node with one worker. By default anonymous clients may do everything in realm1, over TCP.

    The environment variable JUNCTOR_TEST_SHARDS says over how many threads its connections are spread.
    """
    permissions = [{"uri": "", "match": "prefix", "allow": ALLOW_ALL}]
    open_realm = {"name": "realm1", "roles": [{"name": "anonymous", "permissions": permissions}]}
    worker = {
        "type": "router",
        "realms": [open_realm] if realms is None else realms,
        "transports": [tcp_transport()] if transports is None else transports,
    }
    if "JUNCTOR_TEST_SHARDS" in os.environ:
        worker["options"] = {"shards": int(os.environ["JUNCTOR_TEST_SHARDS"])}
    return {"version": 2, "workers": [worker]}


class JunctorProcess:
    """A router that runs until `stop()`, `kill()` or the end of the `with` block.

    `config` is a dict, or the text of a configuration. It is written to `config.json` in `directory`, a temporary one
    unless given, so relative paths in it are relative to that. `arguments` are added to the command line. `wrapper` is a
    command that runs another in its own process, such as that of a profiler.

    urls      what it listens on, in the order of the transports, such as "rs://127.0.0.1:43211" or "rs://unix:/tmp/a/s"
    pid       its process id
    exit_code its exit code, once it has ended; -N if signal N ended it
    log       the events that it has logged so far, as dicts
    """

    def __init__(self, config=None, directory=None, arguments=(), environment=None, loglevel="debug", wrapper=()):
        self._own_directory = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="junctor-")
        self.config_file = os.path.join(self.directory, "config.json")
        text = config if isinstance(config, str) else json.dumps(node_config() if config is None else config)
        with open(self.config_file, "w", encoding="utf-8") as file:
            file.write(text)

        self.log = []
        self.urls = []
        self.exit_code = None
        self.ready = False
        self._lines = queue.Queue()
        command = [*wrapper, binary(), "start", "--config", self.config_file]
        command += ["--logformat", "json", "--loglevel", loglevel]
        self._process = subprocess.Popen(
            command + list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()

    def __enter__(self):
        try:
            return self.wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, error_type, error, trace):
        if error_type is not None:
            self.kill()
        elif self.exit_code is None:
            code = self.stop()
            if code != 0:
                raise AssertionError(f"the router exited with {code}: {self.log[-5:]}")

    # Starting -------------------------------------------------------------------------------------------------------

    def wait_until_ready(self, timeout=PATIENCE):
        """Waits until all transports listen. Raises RuntimeError, with the log, if the router exits instead."""
        self.wait_for_event("ready", timeout)
        self.ready = True
        self.urls = [event["url"] for event in self.log if event.get("event") == "listening"]
        return self

    @property
    def tcp_address(self):
        """Host and port of the first transport on TCP."""
        for url in self.urls:
            if "://unix:" not in url:
                host, port = url.split("://", 1)[1].rsplit(":", 1)
                return host.strip("[]"), int(port)
        raise LookupError("no transport listens on TCP")

    @property
    def unix_path(self):
        """The path of the first transport on a Unix domain socket."""
        for url in self.urls:
            if "://unix:" in url:
                return url.split("://unix:", 1)[1]
        raise LookupError("no transport listens on a Unix domain socket")

    # Watching -------------------------------------------------------------------------------------------------------

    def wait_for_event(self, name, timeout=PATIENCE, **fields):
        """Waits for the event `name` with these `fields`, which may have been logged before, and returns it."""

        def is_wanted(event):
            return event.get("event") == name and all(event.get(key) == value for key, value in fields.items())

        for event in list(self.log):
            if is_wanted(event):
                return event
        deadline = time.monotonic() + timeout
        while True:
            event = self._next_event(deadline)
            if event is None:
                raise RuntimeError(f"no event {name!r} {fields or ''} came; the log ends in {self.log[-10:]}")
            if is_wanted(event):
                return event

    def next_event(self, timeout=PATIENCE):
        """Waits for the next event that has not been looked at yet, and returns it."""
        event = self._next_event(time.monotonic() + timeout)
        if event is None:
            raise RuntimeError(f"no event came; the log ends in {self.log[-10:]}")
        return event

    def _read_lines(self):
        for line in self._process.stderr:
            self._lines.put(line)
        self._lines.put(None)

    def _next_event(self, deadline):
        """The next event of the log, which is added to `log`; None at its end or once the deadline has passed."""
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if line is None:
            self._lines.put(None)
            return None
        text = line.decode("utf-8", "replace").rstrip("\n")
        try:
            event = json.loads(text)
        except ValueError:
            event = {"event": "plain text", "text": text}
        self.log.append(event)
        return event

    # Stopping -------------------------------------------------------------------------------------------------------

    def send_signal(self, number):
        """Sends a signal, to this process alone."""
        self._process.send_signal(number)

    def wait(self, timeout=PATIENCE):
        """Waits until the router has exited, and returns its exit code. `log` is complete afterwards."""
        self.exit_code = self._process.wait(timeout)
        self._reader.join(timeout)
        while self._next_event(time.monotonic() + timeout) is not None:
            pass
        self._process.stderr.close()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        return self.exit_code

    def stop(self, timeout=PATIENCE):
        """Stops the router by SIGTERM, and returns its exit code. If it does not stop in time, it is killed."""
        if self.exit_code is not None:
            return self.exit_code
        self.send_signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        """Ends the router at once, if it still runs, as a crash of the machine would."""
        if self.exit_code is None:
            self._process.kill()
            self.wait()
