# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""What it costs an authenticator to refuse a peer must not tell why it did.

An authid with a wrong secret, an authid that nobody has, and an authid of another realm take the same work, counted in
instructions by valgrind's tool callgrind, and get the same answer. The program junctor_auth_cost makes the attempts.
"""

import json
import os
import subprocess
import tempfile
import unittest

from callgrind import Profile

TIMEOUT = 60.0

# So often does each of the 24 peers of an attempt come.
ROUNDS = 5

# The part by which the cost of an attempt may differ from that of a wrong secret.
TOLERANCE = 0.05

METHODS = (
    "ticket",
    "wampcra",
    "wampcra, salted",
    "wamp-scram, pbkdf2",
    "wamp-scram, argon2id13",
    "scram, pbkdf2",
    "cryptosign",
    "cryptosign, by key",
)
WRONG_SECRET = "wrong secret"
UNKNOWN_AUTHID = "unknown authid"
OTHERS = (UNKNOWN_AUTHID, "other realm")


def refuse(method, attempt):
    """What was answered, and how many instructions it took for one peer."""
    with tempfile.TemporaryDirectory(prefix="junctor-") as folder:
        written = os.path.join(folder, "callgrind.out")
        command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={written}"]
        command += ["--instr-atstart=no", "--collect-atstart=no"]
        command += [os.environ["AUTH_COST"], method, attempt, str(ROUNDS)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        answer = json.loads(done.stdout)
        return answer, Profile(written).instructions / answer["authentications"]


class AuthCostTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.answers, cls.costs = {}, {}
        print(f"\n{'method':24} {WRONG_SECRET:>14}" + "".join(f"{name:>26}" for name in OTHERS))
        for method in METHODS:
            for attempt in (WRONG_SECRET, *OTHERS):
                cls.answers[method, attempt], cls.costs[method, attempt] = refuse(method, attempt)
            line = f"{method:24} {cls.costs[method, WRONG_SECRET]:14.0f}"
            for attempt in OTHERS:
                line += f"{cls.costs[method, attempt]:16.0f} ({100 * cls.difference(method, attempt):+5.2f} %)"
            print(line, flush=True)

    @classmethod
    def difference(cls, method, attempt):
        """By which part `attempt` costs more than a wrong secret."""
        return cls.costs[method, attempt] / cls.costs[method, WRONG_SECRET] - 1

    def test_who_is_known_cannot_be_told_by_the_time_it_takes(self):
        for method in METHODS:
            for attempt in OTHERS:
                with self.subTest(method=method, attempt=attempt):
                    self.assertGreater(self.costs[method, attempt], 0)
                    self.assertLess(abs(self.difference(method, attempt)), TOLERANCE)

    def test_who_is_known_cannot_be_told_by_the_answer(self):
        for method in METHODS:
            expected = dict(self.answers[method, WRONG_SECRET])
            detail = expected.pop("detail")
            self.assertEqual(expected["reason"], "wamp.error.authentication_denied")
            for attempt in OTHERS:
                with self.subTest(method=method, attempt=attempt):
                    answer = dict(self.answers[method, attempt])
                    # The log does tell them apart: the attempts are what they are meant to be.
                    told = answer.pop("detail")
                    if attempt == UNKNOWN_AUTHID:
                        self.assertNotEqual(told, detail)
                    self.assertEqual(answer, expected)


if __name__ == "__main__":
    unittest.main()
