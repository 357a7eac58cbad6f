# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.
"""Progressive results, canceling, timeouts, re-routing, sharding, caller identification and payload passthru of calls.
Spec: advanced profile, "Advanced RPC"."""

import unittest

from house import HouseCase, on_every_link, open_house, with_every_serializer
from wamp_peer import ANY_ID, CALL, CANCEL, ERROR, INTERRUPT, INVOCATION, RESULT, YIELD, roles_with

setUpModule = open_house

CANCELABLE = roles_with(callee=["call_canceling"])
PROGRESSIVE = roles_with(callee=["progressive_call_results", "call_canceling"])
ONLY_PROGRESSIVE = roles_with(callee=["progressive_call_results"])
IN_PARTS = roles_with(
    caller=["progressive_call_invocations"], callee=["progressive_call_invocations", "call_canceling"]
)
DECLINING = roles_with(callee=["call_reroute"])
PATIENT = roles_with(callee=["call_timeout", "call_canceling"])


class CallCase(HouseCase):
    def set_up(self, realm="realm1", callee_roles=None, caller_roles=None, name="procedure", **options):
        """A callee with a registration, and a caller."""
        self.callee, self.caller = self.peer(realm, callee_roles), self.peer(realm, caller_roles)
        self.procedure = self.uri(name)
        self.registration = self.callee.register(self.procedure, **options)

    def call(self, **options):
        """Calls, and returns the requests of the CALL and the INVOCATION."""
        request = self.caller.call(self.procedure, **options)
        return request, self.callee.expect_invocation(self.registration)

    def expect_nothing_more(self):
        """Neither side has got anything, nor does what it sent last bring anything to the other."""
        for peer in (self.callee, self.caller, self.callee):
            peer.fence()


@on_every_link
class ProgressiveResults(CallCase):
    def test_results_may_come_in_parts(self):
        self.set_up(callee_roles=PROGRESSIVE)
        request = self.caller.call(self.procedure, receive_progress=True)
        invocation = self.callee.expect_invocation(self.registration, {"receive_progress": True})
        for part in range(3):
            self.callee.send(YIELD, invocation, {"progress": True}, [part], {"part": part})
            self.caller.expect(RESULT, request, {"progress": True}, [part], {"part": part})
        self.callee.send(YIELD, invocation, {}, ["end"])
        self.caller.expect(RESULT, request, {}, ["end"])
        self.callee.send(YIELD, invocation, {"progress": True}, ["late"])
        self.expect_nothing_more()

    def test_they_may_end_in_an_error(self):
        self.set_up(callee_roles=PROGRESSIVE)
        request = self.caller.call(self.procedure, receive_progress=True)
        invocation = self.callee.expect_invocation(self.registration, {"receive_progress": True})
        self.callee.send(YIELD, invocation, {"progress": True})
        self.callee.send(ERROR, INVOCATION, invocation, {}, "com.example.error", ["why"])
        self.caller.expect(RESULT, request, {"progress": True})
        self.caller.expect(ERROR, CALL, request, {}, "com.example.error", ["why"])
        self.expect_nothing_more()

    def test_parts_that_nobody_asked_for_are_dropped(self):
        self.set_up(callee_roles=PROGRESSIVE)
        request, invocation = self.call()
        self.callee.send(YIELD, invocation, {"progress": True}, ["unasked"])
        self.callee.send(YIELD, invocation, {}, ["end"])
        self.caller.expect(RESULT, request, {}, ["end"])
        self.expect_nothing_more()


class ProgressGate(CallCase):
    def told(self, realm, roles):
        """What the callee is told of a caller who takes results in parts."""
        self.set_up(realm, roles, name=f"p{len(self._cleanups)}")
        request = self.caller.call(self.procedure, receive_progress=True)
        _, invocation, _, details = self.callee.receive()
        self.callee.send(YIELD, invocation, {"progress": True}, ["part"])
        self.caller.expect(RESULT, request, {"progress": True}, ["part"])
        return details

    def test_a_callee_is_told_only_if_it_announced_the_feature(self):
        for realm, roles, details in (
            ("realm1", PROGRESSIVE, {"receive_progress": True}),
            ("realm1", ONLY_PROGRESSIVE, {"receive_progress": True}),
            ("realm1", CANCELABLE, {}),
            ("realm1", None, {}),
            ("realm.strict", PROGRESSIVE, {"receive_progress": True}),
            ("realm.strict", ONLY_PROGRESSIVE, {}),
        ):
            with self.subTest(realm=realm, roles=roles):
                self.assertEqual(self.told(realm, roles), details)


@on_every_link
class ProgressiveInvocations(CallCase):
    def test_arguments_may_come_in_parts(self):
        for realm in ("realm1", "realm.strict"):
            self.set_up(realm, IN_PARTS, IN_PARTS)
            request = self.caller.call(self.procedure, progress=True)
            invocation = self.callee.expect_invocation(self.registration, {"progress": True})
            for part in range(3):
                details = {"progress": True} if part < 2 else {}
                self.caller.send(CALL, request, details, self.procedure, [part])
                self.assertEqual(self.callee.expect_invocation(self.registration, details, [part]), invocation)
            self.callee.send(YIELD, invocation, {}, ["all"])
            self.caller.expect(RESULT, request, {}, ["all"])
            self.callee.unregister(self.registration)

    def test_a_callee_may_not_support_it(self):
        for realm in ("realm1", "realm.strict"):
            self.set_up(realm, CANCELABLE, IN_PARTS)
            self.assertTrue(self.caller.details["roles"]["dealer"]["features"]["progressive_call_invocations"])
            request = self.caller.request()
            for part in range(3):
                self.caller.send(CALL, request, {"progress": part < 2}, self.procedure, [part])
            self.caller.expect_error(CALL, request, "wamp.error.feature_not_supported")
            self.expect_nothing_more()
            self.callee.unregister(self.registration)


class ProgressiveInvocationsInBounds(CallCase):
    # Of what the router keeps of the calls of one session, 4 MiB at most.
    HEAVY = {"progress": True, "_note": "x" * (3 << 20)}

    transport = "large"

    def test_what_is_kept_of_calls_in_parts_is_bounded(self):
        self.set_up(callee_roles=IN_PARTS, caller_roles=IN_PARTS)
        first = self.caller.call(self.procedure, **self.HEAVY)
        invocation = self.callee.expect_invocation(self.registration, self.HEAVY)
        refused = self.caller.call(self.procedure, **self.HEAVY)
        self.caller.expect_error(CALL, refused, "wamp.error.too_many_requests")
        self.caller.send(CALL, refused, {}, self.procedure, ["late"])  # its last part, which nobody gets
        self.caller.send(CALL, first, {}, self.procedure, ["end"])
        last = {"_note": self.HEAVY["_note"]}
        self.assertEqual(self.callee.expect_invocation(self.registration, last, ["end"]), invocation)
        self.callee.send(YIELD, invocation, {})
        self.caller.expect(RESULT, first, {})
        self.caller.call(self.procedure, **self.HEAVY)
        self.callee.expect_invocation(self.registration, self.HEAVY)
        self.expect_nothing_more()


@with_every_serializer
class Rerouting(CallCase):
    def share(self, *roles):
        """Callees of one registration, the first of whom is called first, and a caller."""
        self.callees, self.caller = [self.peer(roles=each) for each in roles], self.peer()
        self.procedure = self.uri("procedure")
        (self.registration,) = {callee.register(self.procedure, invoke="first") for callee in self.callees}

    def decline(self, callee, body):
        invocation = callee.expect_invocation(self.registration, {}, body)
        callee.send(ERROR, INVOCATION, invocation, {}, "wamp.error.unavailable", ["busy"])
        return invocation

    def test_a_call_that_is_declined_goes_on_to_whoever_takes_it(self):
        self.share(DECLINING, DECLINING, None)
        self.assertIs(self.caller.details["roles"]["dealer"]["features"].get("call_reroute"), True)
        request = self.caller.call(self.procedure, ["ü"])
        late = self.decline(self.callees[0], ["ü"])
        self.decline(self.callees[1], ["ü"])
        invocation = self.callees[2].expect_invocation(self.registration, {}, ["ü"])
        self.callees[0].send(YIELD, late, {}, ["after all"])
        self.callees[0].fence()
        self.callees[2].send(YIELD, invocation, {}, ["done"])
        self.caller.expect(RESULT, request, {}, ["done"])
        self.caller.fence()

    def test_if_all_decline_the_caller_is_told(self):
        self.share(DECLINING, DECLINING)
        request = self.caller.call(self.procedure, [1])
        for callee in self.callees:
            self.decline(callee, [1])
        self.caller.expect_error(CALL, request, "wamp.error.no_available_callee")

    def test_who_cannot_decline_answers_with_its_error(self):
        self.share(None, DECLINING)
        request = self.caller.call(self.procedure, [1])
        self.decline(self.callees[0], [1])
        self.caller.expect(ERROR, CALL, request, {}, "wamp.error.unavailable", ["busy"])
        self.callees[1].fence()


@with_every_serializer
class Sharding(CallCase):
    def share(self):
        self.callees, self.caller = [self.peer(roles=PROGRESSIVE) for _ in range(3)], self.peer()
        self.procedure = self.uri("procedure")
        (self.registration,) = {callee.register(self.procedure, invoke="roundrobin") for callee in self.callees}

    def test_a_call_to_all_brings_a_result_of_each(self):
        self.share()
        self.assertIs(self.caller.details["roles"]["dealer"]["features"].get("sharded_registration"), True)
        request = self.caller.call(self.procedure, ["count"], runmode="all", receive_progress=True)
        for number, callee in enumerate(self.callees):
            invocation = callee.expect_invocation(self.registration, {"receive_progress": True}, ["count"])
            callee.send(YIELD, invocation, {}, [number])
            self.caller.expect(RESULT, request, {"progress": True} if number < 2 else {}, [number])
        self.caller.fence()

    def test_an_error_ends_it_for_all(self):
        self.share()
        request = self.caller.call(self.procedure, runmode="all", receive_progress=True)
        failing, *others = self.callees
        invocations = [callee.receive()[1] for callee in self.callees]
        failing.send(ERROR, INVOCATION, invocations[0], {}, "com.example.error")
        self.caller.expect(ERROR, CALL, request, {}, "com.example.error")
        for callee, invocation in zip(others, invocations[1:]):
            callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.canceled"})

    def test_a_partition_call_needs_a_resource_key(self):
        self.share()
        self.caller.refused(CALL, "wamp.error.invalid_argument", {"runmode": "partition"}, self.procedure)
        self.caller.refused(CALL, "wamp.error.invalid_argument", {"runmode": "all"}, self.procedure)
        for callee in self.callees:
            callee.fence()


@on_every_link
class Canceling(CallCase):
    def test_skip_answers_the_caller_and_leaves_the_callee_alone(self):
        self.set_up(callee_roles=CANCELABLE)
        request, invocation = self.call()
        self.caller.send(CANCEL, request, {"mode": "skip"})
        self.caller.expect_error(CALL, request, "wamp.error.canceled")
        self.callee.fence()
        self.callee.send(YIELD, invocation, {}, ["late"])
        self.expect_nothing_more()

    def test_kill_interrupts_the_callee_and_waits_for_its_answer(self):
        self.set_up(callee_roles=CANCELABLE)
        for answer in (ERROR, YIELD):
            request, invocation = self.call()
            self.caller.send(CANCEL, request, {"mode": "kill"})
            self.callee.expect(INTERRUPT, invocation, {"mode": "kill", "reason": "wamp.error.canceled"})
            self.caller.fence()
            if answer == ERROR:
                self.callee.send(ERROR, INVOCATION, invocation, {}, "wamp.error.canceled", ["done"])
                self.caller.expect(ERROR, CALL, request, {}, "wamp.error.canceled", ["done"])
            else:
                self.callee.send(YIELD, invocation, {}, ["finished"])
                self.caller.expect(RESULT, request, {}, ["finished"])
            self.expect_nothing_more()

    def test_killnowait_is_the_default_and_does_both_at_once(self):
        self.set_up(callee_roles=CANCELABLE)
        for options in ({"mode": "killnowait"}, {}):
            request, invocation = self.call()
            self.caller.send(CANCEL, request, options)
            self.caller.expect_error(CALL, request, "wamp.error.canceled")
            self.callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.canceled"})
            self.callee.send(ERROR, INVOCATION, invocation, {}, "wamp.error.canceled")
            self.expect_nothing_more()

    def test_a_callee_that_cannot_be_interrupted_is_not(self):
        self.set_up()
        for mode in ("kill", "killnowait", "skip"):
            request, invocation = self.call()
            self.caller.send(CANCEL, request, {"mode": mode})
            self.caller.expect_error(CALL, request, "wamp.error.canceled")
            self.callee.fence()
            self.callee.send(YIELD, invocation, {})
            self.expect_nothing_more()

    def test_what_cannot_be_canceled_any_more_is_ignored(self):
        self.set_up(callee_roles=CANCELABLE)
        self.caller.send(CANCEL, 4711, {})
        request, invocation = self.call()
        self.callee.send(YIELD, invocation, {})
        self.caller.expect(RESULT, request, {})
        for mode in ("kill", "killnowait", "skip"):
            self.caller.send(CANCEL, request, {"mode": mode})
        self.expect_nothing_more()

    def test_only_the_first_cancel_counts(self):
        self.set_up(callee_roles=CANCELABLE)
        request, invocation = self.call()
        for mode in ("kill", "killnowait", "kill", "skip"):
            self.caller.send(CANCEL, request, {"mode": mode})
        self.callee.expect(INTERRUPT, invocation, {"mode": "kill", "reason": "wamp.error.canceled"})
        self.expect_nothing_more()
        self.callee.send(ERROR, INVOCATION, invocation, {}, "wamp.error.canceled")
        self.caller.expect(ERROR, CALL, request, {}, "wamp.error.canceled")

    def test_nobody_else_can_cancel_a_call(self):
        self.set_up(callee_roles=CANCELABLE)
        request, _ = self.call()
        stranger = self.peer()
        stranger.send(CANCEL, request, {})
        stranger.fence()
        self.callee.send(CANCEL, request, {})
        self.expect_nothing_more()

    def test_a_call_that_is_being_killed_has_one_answer_if_the_callee_leaves(self):
        self.set_up(callee_roles=CANCELABLE)
        request, invocation = self.call()
        self.caller.send(CANCEL, request, {"mode": "kill"})
        self.callee.expect(INTERRUPT, invocation, {"mode": "kill", "reason": "wamp.error.canceled"})
        self.callee.reset()
        self.caller.expect_error(CALL, request, "wamp.error.canceled")
        self.caller.fence()

    def test_progressive_results_end_when_the_call_is_canceled(self):
        self.set_up(callee_roles=PROGRESSIVE)
        request = self.caller.call(self.procedure, receive_progress=True)
        invocation = self.callee.expect_invocation(self.registration, {"receive_progress": True})
        self.callee.send(YIELD, invocation, {"progress": True}, [1])
        self.caller.expect(RESULT, request, {"progress": True}, [1])
        self.caller.send(CANCEL, request, {})
        self.caller.expect_error(CALL, request, "wamp.error.canceled")
        self.callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.canceled"})
        self.callee.send(YIELD, invocation, {"progress": True}, [2])
        self.callee.send(YIELD, invocation, {}, [3])
        self.expect_nothing_more()


class Timeouts(CallCase):
    def clock(self, milliseconds):
        """Waits by a call with this timeout, which the router times."""
        if not hasattr(self, "_clock"):
            self._clock = self.peer()
            self._clock.register(self.uri("clock"))
        request = self._clock.call(self.uri("clock"), timeout=milliseconds)
        self._clock.receive()
        self._clock.expect_error(CALL, request, "wamp.error.timeout")

    def test_a_call_is_over_after_its_timeout_in_milliseconds(self):
        for roles, interrupted in ((CANCELABLE, True), (None, False)):
            self.set_up(callee_roles=roles, name=f"p{interrupted}".lower())
            request, invocation = self.call(timeout=50)
            self.caller.expect_error(CALL, request, "wamp.error.timeout")
            if interrupted:
                self.callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.timeout"})
            self.callee.send(YIELD, invocation, {}, ["late"])
            self.expect_nothing_more()

    def test_a_timeout_of_a_call_that_is_over_strikes_nobody(self):
        self.set_up(callee_roles=CANCELABLE)
        request, _ = self.call(timeout=20)
        self.caller.send(CANCEL, request, {"mode": "skip"})
        self.caller.expect_error(CALL, request, "wamp.error.canceled")
        leaving = self.peer()
        leaving.call(self.procedure, timeout=20)
        self.callee.expect_invocation(self.registration)
        leaving.reset()
        self.callee.expect(INTERRUPT, ANY_ID, {"mode": "killnowait", "reason": "wamp.error.canceled"})
        self.clock(50)
        self.expect_nothing_more()

    def test_timeouts_strike_in_the_order_of_their_times(self):
        self.set_up()
        timeouts = (250, 50, 150)
        self.caller.send_all(*[[CALL, timeout, {"timeout": timeout}, self.procedure] for timeout in timeouts])
        self.assertEqual([self.caller.receive()[2] for _ in timeouts], [50, 150, 250])

    def test_a_result_in_time_ends_the_timeout(self):
        self.set_up(callee_roles=CANCELABLE)
        request, invocation = self.call(timeout=2000)
        self.callee.send(YIELD, invocation, {})
        self.caller.expect(RESULT, request, {})
        request, _ = self.call(timeout=0)
        self.clock(50)
        self.expect_nothing_more()

    def test_a_callee_that_keeps_the_time_itself_is_told_the_timeout(self):
        self.set_up(callee_roles=PATIENT, forward_timeout=True)
        request = self.caller.call(self.procedure, timeout=1)
        invocation = self.callee.expect_invocation(self.registration, {"timeout": 1})
        self.clock(50)
        self.expect_nothing_more()
        self.callee.send(ERROR, INVOCATION, invocation, {}, "wamp.error.timeout")
        self.caller.expect(ERROR, CALL, request, {}, "wamp.error.timeout")

    def test_the_router_keeps_the_time_if_the_callee_did_not_ask_or_cannot(self):
        for roles, options in ((PATIENT, {}), (CANCELABLE, {"forward_timeout": True})):
            self.set_up(callee_roles=roles, name=f"p{len(options)}", **options)
            request, invocation = self.call(timeout=20)
            self.caller.expect_error(CALL, request, "wamp.error.timeout")
            self.callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.timeout"})

    def test_every_progressive_result_starts_the_time_anew(self):
        self.set_up(callee_roles=PROGRESSIVE)
        request = self.caller.call(self.procedure, timeout=2000, receive_progress=True)
        invocation = self.callee.expect_invocation(self.registration, {"receive_progress": True})
        self.clock(1200)
        self.callee.send(YIELD, invocation, {"progress": True})
        self.caller.expect(RESULT, request, {"progress": True})
        self.clock(1200)
        self.expect_nothing_more()
        self.caller.expect_error(CALL, request, "wamp.error.timeout")
        self.callee.expect(INTERRUPT, invocation, {"mode": "killnowait", "reason": "wamp.error.timeout"})

    def test_a_timeout_may_be_as_long_as_anybody_likes(self):
        self.set_up()
        for timeout in (2**31, 2**53):
            request, invocation = self.call(timeout=timeout)
            self.callee.send(YIELD, invocation, {})
            self.caller.expect(RESULT, request, {})


@with_every_serializer
class CallerIdentification(CallCase):
    def who(self, transport):
        caller = self.peer(transport=transport)
        details = {"caller": caller.session}
        details["caller_authid"], details["caller_authrole"] = caller.details["authid"], caller.details["authrole"]
        return caller, details

    def test_a_caller_is_made_known_if_it_asks_for_it_and_not_otherwise(self):
        self.set_up()
        for transport in ("alice", "carol", self.transport):
            caller, who = self.who(transport)
            caller.call(self.procedure, disclose_me=True)
            self.callee.expect_invocation(self.registration, who)
            for options in ({}, {"disclose_me": False}):
                caller.call(self.procedure, **options)
                self.callee.expect_invocation(self.registration)

    def test_a_callee_may_ask_for_it_too(self):
        self.set_up(disclose_caller=True)
        caller, who = self.who("alice")
        for options in ({}, {"disclose_me": False}, {"disclose_me": True}):
            caller.call(self.procedure, **options)
            self.callee.expect_invocation(self.registration, who)

    def test_a_realm_may_forbid_it(self):
        self.set_up("realm.discreet", disclose_caller=True)
        self.caller.refused(CALL, "wamp.error.option_disallowed.disclose_me", {"disclose_me": True}, self.procedure)
        self.call()


@with_every_serializer
class PayloadPassthru(CallCase):
    ROLES = roles_with(caller=["payload_passthru_mode"], callee=["payload_passthru_mode"])
    SCHEME = {"ppt_scheme": "x_mine", "ppt_serializer": "cbor", "ppt_cipher": "xsalsa20poly1305", "ppt_keyid": "key"}

    def test_its_attributes_and_its_payload_pass_untouched(self):
        self.set_up(callee_roles=self.ROLES, caller_roles=self.ROLES)
        for part in (self.SCHEME, {"ppt_scheme": "mqtt"}):
            request = self.caller.call(self.procedure, [b"\x00\xffcall"], **part)
            invocation = self.callee.expect_invocation(self.registration, part, [b"\x00\xffcall"])
            self.callee.send(YIELD, invocation, part, [b"\x80result"])
            self.caller.expect(RESULT, request, part, [b"\x80result"])
            request, invocation = self.call()
            self.callee.send(ERROR, INVOCATION, invocation, part, "com.example.error", [b"error"])
            self.caller.expect(ERROR, CALL, request, part, "com.example.error", [b"error"])

    def test_a_callee_that_does_not_know_it_is_not_called(self):
        self.set_up(caller_roles=self.ROLES)
        self.assertIs(self.caller.details["roles"]["dealer"]["features"].get("payload_passthru_mode"), True)
        self.caller.refused(CALL, "wamp.error.feature_not_supported", self.SCHEME, self.procedure, [b"x"])
        self.callee.fence()

    def test_a_caller_that_does_not_know_it_gets_an_error(self):
        self.set_up(callee_roles=self.ROLES)
        for answer in (YIELD, ERROR):
            request, invocation = self.call()
            if answer == YIELD:
                self.callee.send(YIELD, invocation, self.SCHEME, [b"x"])
            else:
                self.callee.send(ERROR, INVOCATION, invocation, self.SCHEME, "com.example.error", [b"x"])
            self.caller.expect_error(CALL, request, "wamp.error.feature_not_supported")
        self.expect_nothing_more()


if __name__ == "__main__":
    unittest.main()
