# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Remote procedure calls between sessions. Spec: basic profile, "Remote Procedure Calls"."""

import unittest

from house import HouseCase, on_every_link, open_house
from wamp_peer import ANY_ID, CALL, ERROR, INTERRUPT, INVOCATION, REGISTER, REGISTERED, RESULT, UNREGISTER, UNREGISTERED
from wamp_peer import YIELD, roles_with

setUpModule = open_house

# Payloads as they may stand at the end of a message: neither, args, args and kwargs.
BODIES = ([], [[]], [["text", 7, None]], [[], {"key": "value"}], [[1], {"a": [2], "b": {"c": 3.5}}], [[], {}])


@on_every_link
class Calls(HouseCase):
    def setUp(self):
        super().setUp()
        self.callee, self.caller = self.peer(), self.peer()
        self.procedure = self.uri("procedure")

    def test_a_call_reaches_the_callee_and_its_result_the_caller(self):
        registration = self.callee.register(self.procedure)
        for number, body in enumerate(BODIES, 1):
            with self.subTest(body=body):
                request = self.caller.call(self.procedure, *body)
                self.callee.expect(INVOCATION, number, registration, {}, *body)
                self.callee.send(YIELD, number, {}, *body)
                self.caller.expect(RESULT, request, {}, *body)

    def test_an_error_of_the_callee_reaches_the_caller_unchanged(self):
        registration = self.callee.register(self.procedure)
        for number, body in enumerate(BODIES, 1):
            with self.subTest(body=body):
                request = self.caller.call(self.procedure)
                self.callee.expect(INVOCATION, number, registration, {})
                self.callee.send(ERROR, INVOCATION, number, {}, "com.example.error.of_mine", *body)
                self.caller.expect(ERROR, CALL, request, {}, "com.example.error.of_mine", *body)

    def test_a_procedure_is_registered_once(self):
        self.callee.register(self.procedure)
        for peer in (self.callee, self.caller):
            peer.refused(REGISTER, "wamp.error.procedure_already_exists", {}, self.procedure)

    def test_what_is_unknown_is_an_error(self):
        self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, self.procedure)
        self.caller.refused(UNREGISTER, "wamp.error.no_such_registration", 4711)

    def test_results_out_of_order_find_their_callers(self):
        registration = self.callee.register(self.procedure)
        callers = [self.caller, self.peer(), self.callee]
        calls = []
        for text in ("a", "b", "c", "d", "e", "f"):
            caller = callers[len(calls) % 3]
            calls.append((caller, caller.call(self.procedure, [text]), text))
            self.callee.expect(INVOCATION, len(calls), registration, {}, [text])
        for at in (5, 0, 3, 4, 1, 2):
            caller, request, text = calls[at]
            self.callee.send(YIELD, at + 1, {}, [text.upper()])
            caller.expect(RESULT, request, {}, [text.upper()])

    def test_calls_of_a_caller_keep_their_order(self):
        registration = self.callee.register(self.procedure)
        self.caller.send_all(*[[CALL, request, {}, self.procedure, [request]] for request in range(1, 101)])
        for request in range(1, 101):
            self.callee.expect(INVOCATION, request, registration, {}, [request])
        self.callee.send_all(*[[YIELD, request, {}, [request]] for request in range(1, 101)])
        for request in range(1, 101):
            self.caller.expect(RESULT, request, {}, [request])

    def test_a_session_may_call_itself_and_learns_of_its_registration_first(self):
        self.callee.send_all([REGISTER, 1, {}, self.procedure], [CALL, 2, {}, self.procedure, ["self"]])
        registration = self.callee.expect(REGISTERED, 1, ANY_ID)[2]
        self.callee.expect(INVOCATION, 1, registration, {}, ["self"])
        self.callee.send(YIELD, 1, {}, ["answer"])
        self.callee.expect(RESULT, 2, {}, ["answer"])

    def test_unregister_ends_new_calls_but_not_those_under_way(self):
        registration = self.callee.register(self.procedure)
        request = self.caller.call(self.procedure)
        invocation = self.callee.expect_invocation(registration)
        self.callee.unregister(registration)
        self.caller.refused(CALL, "wamp.error.no_such_procedure", {}, self.procedure)
        self.callee.fence()
        self.callee.send(YIELD, invocation, {}, ["late"])
        self.caller.expect(RESULT, request, {}, ["late"])
        self.callee.refused(UNREGISTER, "wamp.error.no_such_registration", registration)

    def test_no_invocation_follows_unregistered(self):
        registration = self.callee.register(self.procedure)
        self.callee.send_all([UNREGISTER, 2, registration], [CALL, 3, {}, self.procedure])
        self.callee.expect(UNREGISTERED, 2)
        self.callee.expect_error(CALL, 3, "wamp.error.no_such_procedure")

    def test_calls_of_a_callee_that_leaves_are_canceled(self):
        for leave in ("leave", "close", "reset"):
            with self.subTest(leave=leave):
                callee = self.peer()
                registration = callee.register(self.uri(leave))
                requests = [self.caller.call(self.uri(leave)) for _ in range(3)]
                for number in (1, 2, 3):
                    callee.expect(INVOCATION, number, registration, {})
                getattr(callee, leave)()
                errors = [self.caller.receive() for _ in range(3)]
                wanted = [[ERROR, CALL, request] for request in requests]
                self.assertEqual(sorted(error[:3] for error in errors), wanted)
                self.assertEqual({error[4] for error in errors}, {"wamp.error.canceled"})

    def test_a_callee_that_can_be_interrupted_is_when_the_caller_leaves(self):
        for leave in ("leave", "close", "reset"):
            with self.subTest(leave=leave):
                capable = self.peer(roles=roles_with(callee=["call_canceling"]))
                caller = self.peer()
                registration = capable.register(self.uri(f"{leave}.capable"))
                caller.call(self.uri(f"{leave}.capable"))
                invocation = capable.expect_invocation(registration)
                registration = self.callee.register(self.uri(f"{leave}.plain"))
                caller.call(self.uri(f"{leave}.plain"))
                other = self.callee.expect_invocation(registration)
                getattr(caller, leave)()
                capable.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.canceled"})
                self.callee.fence()
                capable.send(YIELD, invocation, {}, ["late"])
                self.callee.send(ERROR, INVOCATION, other, {}, "com.example.error")
                capable.fence()
                self.callee.fence()

    def test_a_call_has_one_answer_however_often_the_callee_answers(self):
        registration = self.callee.register(self.procedure)
        request = self.caller.call(self.procedure)
        invocation = self.callee.expect_invocation(registration)
        answer = [YIELD, invocation, {}]
        self.callee.send_all(answer, answer, [ERROR, INVOCATION, invocation, {}, "com.example.error"], answer)
        self.caller.expect(RESULT, request, {})
        self.callee.fence()
        self.caller.fence()

    def test_an_answer_must_come_from_the_callee_that_was_asked(self):
        registration = self.callee.register(self.procedure)
        request = self.caller.call(self.procedure)
        invocation = self.callee.expect_invocation(registration)
        stranger = self.peer()
        own = stranger.register(self.uri("own"))
        for _ in range(invocation):
            self.peer().call(self.uri("own"))
            stranger.expect(INVOCATION, ANY_ID, own, {})
        stranger.send(YIELD, invocation, {}, ["forged"])
        stranger.fence()
        self.caller.fence()
        self.callee.send(YIELD, invocation, {}, ["real"])
        self.caller.expect(RESULT, request, {}, ["real"])

    def test_an_error_uri_that_is_none_does_not_reach_the_caller(self):
        registration = self.callee.register(self.procedure)
        for number, uri in enumerate(("", "not a uri", "com..empty", "#"), 1):
            request = self.caller.call(self.procedure)
            self.callee.expect(INVOCATION, number, registration, {})
            self.callee.send(ERROR, INVOCATION, number, {}, uri, ["why"])
            self.caller.expect(ERROR, CALL, request, {}, "wamp.error.invalid_uri", ["why"])


if __name__ == "__main__":
    unittest.main()
