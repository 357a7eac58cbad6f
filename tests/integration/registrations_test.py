# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Registrations by pattern, shared ones, and their revocation.
Spec: advanced profile, "Pattern-based Registrations", "Shared Registration", "Registration Revocation"."""

import collections
import unittest

from house import HouseCase, on_every_link, open_house, with_every_serializer
from wamp_peer import ANY_TEXT, CALL, INVOCATION, REGISTER, RESULT, UNREGISTER, UNREGISTERED, YIELD, roles_with

setUpModule = open_house


class CallCase(HouseCase):
    def check_call(self, procedure, callee, registration, details):
        """A call of `procedure` reaches `callee`, and its result comes back."""
        request = self.caller.call(procedure, ["in"])
        invocation = callee.expect_invocation(registration, details, ["in"])
        callee.send(YIELD, invocation, {}, ["out"])
        self.caller.expect(RESULT, request, {}, ["out"])

    def setUp(self):
        super().setUp()
        self.caller = self.peer()


@on_every_link
class Patterns(CallCase):
    def test_the_example_of_the_specification(self):
        base = self.uri("spec")
        patterns = (
            ("a1.b2.c3.d4.e55", "exact"),
            ("a1.b2.c3", "prefix"),
            ("a1.b2.c3.d4", "prefix"),
            ("a1.b2..d4.e5", "wildcard"),
            ("a1.b2.c33..e5", "wildcard"),
            ("a1.b2..d4.e5..g7", "wildcard"),
            ("a1.b2..d4..f6.g7", "wildcard"),
        )
        calls = {
            "a1.b2.c3.d4.e55": 1,
            "a1.b2.c3.d98.e74": 2,
            "a1.b2.c3.d4.e325": 3,
            "a1.b2.c55.d4.e5": 4,
            "a1.b2.c33.d4.e5": 5,
            "a1.b2.c88.d4.e5.f6.g7": 6,
            "a2.b2.c2.d2.e2": None,
        }
        for order in (1, -1):
            callee = self.peer()
            registrations = {}
            for number, (uri, match) in list(enumerate(patterns, 1))[::order]:
                registrations[number] = callee.register(f"{base}.{uri}", match=match)
            self.assertEqual(len(set(registrations.values())), 7)
            for uri, wanted in calls.items():
                called = f"{base}.{uri}"
                with self.subTest(call=uri, order=order):
                    if wanted is None:
                        self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, called)
                    else:
                        details = {"procedure": called} if patterns[wanted - 1][1] != "exact" else {}
                        self.check_call(called, callee, registrations[wanted], details)
            for registration in registrations.values():
                callee.unregister(registration)

    def test_a_prefix_is_one_of_characters_and_not_of_components(self):
        callee, base = self.peer(), self.uri("myobject1")
        registration = callee.register(base, match="prefix")
        for uri in (base, f"{base}.procedure", f"{base}-sub", f"{base}.sub.procedure"):
            self.check_call(uri, callee, registration, {"procedure": uri})
        for uri in (self.uri("myobject2"), self.uri("myobject")):
            self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, uri)

    def test_a_wildcard_stands_for_one_whole_component(self):
        callee, base = self.peer(), self.uri("app")
        registration = callee.register(f"{base}..procedure", match="wildcard")
        for uri in (f"{base}.one.procedure", f"{base}.two.procedure"):
            self.check_call(uri, callee, registration, {"procedure": uri})
        for uri in (f"{base}.one.procedure.sub", f"{base}.one.other", f"{base}.procedure", f"{base}2.one.procedure"):
            self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, uri)

    def test_one_uri_under_several_policies_is_several_registrations(self):
        callees = {match: self.peer() for match in ("exact", "prefix", "wildcard")}
        uri = self.uri("procedure")
        registrations = {match: callee.register(uri, match=match) for match, callee in callees.items()}
        self.assertEqual(len(set(registrations.values())), 3)
        for match in ("exact", "prefix", "wildcard"):
            details = {"procedure": uri} if match != "exact" else {}
            self.check_call(uri, callees[match], registrations[match], details)
            self.caller.refused(REGISTER, "wamp.error.procedure_already_exists", {"match": match}, uri)
            callees[match].unregister(registrations[match])
        self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, uri)


@on_every_link
class Shared(CallCase):
    def share(self, invoke, count=3):
        """`count` callees that share a registration."""
        self.procedure = self.uri(invoke)
        self.callees = [self.peer() for _ in range(count)]
        registrations = {callee.register(self.procedure, invoke=invoke) for callee in self.callees}
        self.assertEqual(len(registrations), 1, "all have the same identifier")
        self.registration = registrations.pop()
        self.served = collections.Counter()

    def call(self):
        """Who of the callees is called."""
        request = self.caller.call(self.procedure)
        self.caller.fence()
        callee = self.whom_called()
        invocation = self.served[callee] = self.served[callee] + 1
        self.callees[callee].send(YIELD, invocation, {})
        self.caller.expect(RESULT, request, {})
        return callee

    def whom_called(self):
        """A fence with every callee shows who has got an INVOCATION, which comes before the answer."""
        called = []
        for at, callee in enumerate(self.callees):
            request = callee.request()
            callee.send(REGISTER, request, {}, "not a uri")
            message = callee.receive()
            if message[0] == INVOCATION:
                self.assertEqual(message, [INVOCATION, self.served[at] + 1, self.registration, {}])
                called.append(at)
                message = callee.receive()
            self.assertEqual(message[:3], [8, REGISTER, request])
        self.assertEqual(len(called), 1, "one callee for one call")
        return called[0]

    def test_roundrobin_takes_turns(self):
        self.share("roundrobin")
        self.assertEqual([self.call() for _ in range(9)], [0, 1, 2] * 3)

    def test_first_takes_who_came_first_as_long_as_it_is_there(self):
        self.share("first")
        self.assertEqual([self.call() for _ in range(3)], [0, 0, 0])
        self.callees[0].unregister(self.registration)
        self.assertEqual([self.call() for _ in range(3)], [1, 1, 1])

    def test_last_takes_who_came_last_as_long_as_it_is_there(self):
        self.share("last")
        self.assertEqual([self.call() for _ in range(3)], [2, 2, 2])
        self.callees[2].unregister(self.registration)
        self.assertEqual([self.call() for _ in range(3)], [1, 1, 1])

    def test_random_takes_anybody(self):
        self.share("random")
        called = set()
        for _ in range(200):  # That one of three is never met has a probability of 10^-35.
            called.add(self.call())
            if len(called) == 3:
                return
        self.fail(f"of three callees only {called} were called")

    def test_roundrobin_goes_on_when_a_callee_leaves(self):
        self.share("roundrobin")
        self.assertEqual([self.call() for _ in range(2)], [0, 1])
        self.callees[0].unregister(self.registration)
        self.assertEqual([self.call() for _ in range(4)], [2, 1, 2, 1])

    def test_the_registration_ends_with_its_last_callee(self):
        self.share("roundrobin", 2)
        for callee in self.callees:
            callee.unregister(self.registration)
        self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, self.procedure)
        self.assertNotEqual(self.caller.register(self.procedure), self.registration)


class Policies(CallCase):
    def test_a_registration_has_one_policy(self):
        policies = ("single", "first", "last", "roundrobin", "random")
        for given in policies:
            uri = self.uri(given)
            self.peer().register(uri, invoke=given)
            for other in policies:
                with self.subTest(given=given, other=other):
                    peer = self.peer()
                    if other == given and given != "single":
                        peer.register(uri, invoke=other)
                        continue
                    conflict = "procedure_exists_with_different_invocation_policy"
                    name = "procedure_already_exists" if given == "single" else conflict
                    peer.refused(REGISTER, f"wamp.error.{name}", {"invoke": other}, uri)

    def test_a_session_cannot_share_with_itself(self):
        peer = self.peer()
        peer.register(self.uri("procedure"), invoke="roundrobin")
        peer.refused(REGISTER, "wamp.error.procedure_already_exists", {"invoke": "roundrobin"}, self.uri("procedure"))

    def test_patterns_may_be_shared(self):
        callees, base = [self.peer(), self.peer()], self.uri("base")
        registrations = {callee.register(base, match="prefix", invoke="roundrobin") for callee in callees}
        self.assertEqual(len(registrations), 1)
        for callee in callees * 2:
            self.check_call(f"{base}.x", callee, *registrations, {"procedure": f"{base}.x"})

    def test_thirty_calls_are_spread_as_the_policy_says(self):
        spread = {"first": [30, 0, 0], "last": [0, 0, 30], "roundrobin": [10, 10, 10], "random": None}
        for policy, wanted in spread.items():
            with self.subTest(policy):
                callees = [self.peer() for _ in range(3)]
                for callee in callees:
                    callee.register(self.uri(policy), invoke=policy)
                for _ in range(30):
                    self.caller.call(self.uri(policy))
                self.caller.fence()
                counts = [self.count_invocations(callee) for callee in callees]
                self.assertEqual(sum(counts), 30)
                self.assertEqual(counts, wanted or counts)

    def count_invocations(self, callee):
        request, count = callee.request(), 0
        callee.send(REGISTER, request, {}, "not a uri")
        while callee.receive()[0] == INVOCATION:
            count += 1
        return count


@with_every_serializer
class Revocation(CallCase):
    REVOCABLE = roles_with(callee=["registration_revocation"])

    def test_who_takes_a_procedure_over_takes_it_from_all(self):
        told, untold, successor = self.peer(roles=self.REVOCABLE), self.peer(), self.peer()
        procedure = self.uri("procedure")
        (revoked,) = {callee.register(procedure, invoke="roundrobin") for callee in (told, untold)}
        pending = self.caller.call(procedure)
        invocation = told.expect_invocation(revoked)
        taken = successor.register(procedure, force_reregister=True)
        self.assertNotEqual(taken, revoked)
        told.expect(UNREGISTERED, 0, {"registration": revoked, "reason": ANY_TEXT})
        untold.fence()
        for callee in (told, untold):
            callee.refused(UNREGISTER, "wamp.error.no_such_registration", revoked)
        told.send(YIELD, invocation, {}, ["old"])  # what it was invoked for it still answers
        self.caller.expect(RESULT, pending, {}, ["old"])
        self.check_call(procedure, successor, taken, {})


if __name__ == "__main__":
    unittest.main()
