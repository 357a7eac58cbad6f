# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What a router is trained with that counts where it goes: the loads of the benchmark, for a short while each.

JUNCTOR_BINARY is that router, BENCH_CLIENT a program that has `junctor bench`.
"""

import os
import subprocess
import tempfile

from loads import ROWS
from servers import Router

SECONDS = "1"

# Slow handshakes are no load of `junctor bench`.
TRAINING = [row for row in ROWS if not row.arguments.startswith("slow-handshakes")]


def main():
    client = os.environ["BENCH_CLIENT"]
    with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
        router = Router(folder, None)
        try:
            for row in TRAINING:
                command = [client, "bench", *row.arguments.split(), "--url", router.urls[row.transport], "--insecure"]
                command += ["--duration", SECONDS, "--warmup", "0", "--pid", str(router.pid)]
                done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
                if done.returncode != 0:
                    raise SystemExit(f"training by {row.name} failed: {done.stderr}")
                print(f"trained by {row.name}")
        finally:
            router.close()  # Only a router that ends by itself writes down what it counted.


if __name__ == "__main__":
    main()
