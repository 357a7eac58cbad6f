#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

"""Prints cbor_vectors.hpp: values as JSON, and their CBOR by the Python package cbor2.

Real numbers are written in full width, as Junctor does; the column `canonical` says whether Junctor's own writer must
give exactly these bytes. Run by hand when the values change:  ./cbor_vectors.py > cbor_vectors.hpp
"""

import base64
import json

import cbor2

VALUES = [
    None, True, False,
    0, 1, 10, 23, 24, 25, 100, 255, 256, 1000, 65535, 65536, 1000000, 4294967295, 4294967296,
    1000000000000, 2**53, 2**63 - 1, 2**63, 2**64 - 1,
    -1, -10, -24, -25, -100, -256, -257, -1000, -65536, -65537, -4294967296, -4294967297, -(2**53), -(2**63),
    0.5, 1.1, -4.1, 1.0e300, 3.0, 1e-7,
    "", "a", "IETF", "\"\\", "\u00fc", "\u6c34", "\U00010151", "x" * 23, "x" * 24, "\u00e9" * 200, "z" * 300,
    b"", b"\x01\x02\x03\x04", bytes(range(256)), b"q" * 300,
    [], [1, 2, 3], [1, [2, 3], [4, 5]], list(range(1, 26)), list(range(300)), [[[[[[]]]]]], [None, "", b"", [], {}],
    {}, {"a": 1, "b": [2, 3]}, {"a": {"b": {"c": None}}}, {str(n): n for n in range(30)},
    [48, 9007199254740991, {"disclose_me": True}, "com.example.add2", [1, -2.5, "three"], {"verbose": False}],
]


def to_json(value):
    def plain(v):
        if isinstance(v, bytes):
            return "\0" + base64.b64encode(v).decode()
        if isinstance(v, list):
            return [plain(e) for e in v]
        if isinstance(v, dict):
            return {k: plain(e) for k, e in v.items()}
        return v

    return json.dumps(plain(value))


def rows():
    for value in VALUES:
        yield to_json(value), cbor2.dumps(value).hex(), "true"
    for value in [1.5, 65504.0, -4.0, 100000.0, 5.960464477539063e-8, [0.5, 1.1, {"x": 2.0}]]:
        yield to_json(value), cbor2.dumps(value, canonical=True).hex(), "false"


def main():
    print("// SPDX-License-Identifier: BSL-1.0")
    print("// Part of Junctor, a coroutine-based framework for WAMP routers.")
    print("#pragma once")
    print()
    print("/// Values in CBOR as another implementation writes them. Made by cbor_vectors.py.")
    print()
    print("#include <string_view>")
    print()
    print("namespace junctor::test {")
    print()
    print("struct cbor_vector {")
    print("    std::string_view json;")
    print("    std::string_view cbor; ///< In hexadecimal.")
    print("    bool canonical;        ///< Whether Junctor writes exactly these bytes.")
    print("};")
    print()
    print("// clang-format off")
    print("inline constexpr cbor_vector cbor_vectors[] = {")
    for text, digits, canonical in rows():
        print(f'    {{R"json({text})json", "{digits}", {canonical}}},')
    print("};")
    print("// clang-format on")
    print()
    print("} // namespace junctor::test")


if __name__ == "__main__":
    main()
