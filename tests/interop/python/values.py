# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""The payload values of tests/interop/values.json, and what it means that two of them are the same."""

import base64
import json
import pathlib

_TABLE = json.loads((pathlib.Path(__file__).parent.parent / "values.json").read_text(encoding="utf-8"))

#: What clients of every language can hold.
COMMON = dict(_TABLE["any client"])

#: What every client but Node's over JSON can hold.
BINARY = {name: base64.b64decode(text) for name, text in _TABLE["binary, as base64"].items()}
BINARY["every octet"] = bytes(range(256))

#: What Python holds exactly.
ALL = {**COMMON, **_TABLE["clients with 64-bit integers"], **_TABLE["clients that tell 1.0 from 1"], **BINARY}


def held_by(family):
    """What clients of a family hold exactly, of what Python does."""
    return COMMON if family == "node" else ALL


def by_name(name):
    return ALL[name]


def same(one, other):
    """Equal in value and in type, all the way down: 1, 1.0 and True are three values. Tuples count as lists."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def shown(value):
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


def expect(actual, expected, what="value"):
    if not same(actual, expected):
        raise AssertionError(f"{what}: {shown(actual)} instead of {shown(expected)}")
