# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What valgrind's tool callgrind found out about a process, as far as the instruction gates want to know."""

import re

# What all ways to ask the C library for memory go through; operator new calls malloc.
ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "memalign", "posix_memalign"}

FUNCTION = re.compile(r"(c?)fn=\((\d+)\)(?: (.*))?")


class Profile:
    """A file that callgrind has written.

    instructions  how many the process executed, without those of the kernel
    allocations   how many times it asked for memory
    """

    def __init__(self, path):
        self.instructions = 0
        self.allocations = 0
        self._names = {}
        called = None
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                function = FUNCTION.match(line)
                if function:
                    name = self._name(function[2], function[3])
                    called = name if function[1] else called
                elif line.startswith("calls=") and called in ALLOCATORS:
                    self.allocations += int(line[len("calls=") :].split()[0])
                elif line.startswith("totals:"):
                    self.instructions = int(line.split()[1])

    def _name(self, number, name):
        """A function's name; it is written once, and after that its number stands for it."""
        if name:
            self._names[number] = name.strip()
        return self._names[number]
