"""The state machine alone: whatever is called in whatever order, the money adds up."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stripe_double.objects import cards, intents
from stripe_double.objects.errors import StripeError
from stripe_double.objects.records import Charge, Intent, Movement, Step, UnexpectedState

CARDS = st.sampled_from(cards.CARDS)
EVENT_OF = {
    "requires_action": "payment_intent.requires_action",
    "requires_capture": "payment_intent.amount_capturable_updated",
    "requires_payment_method": "payment_intent.payment_failed",
    "succeeded": "payment_intent.succeeded",
    "canceled": "payment_intent.canceled",
}
ENDED = ("succeeded", "canceled")


class Payment(RuleBasedStateMachine):
    intent: Intent
    charge: Charge | None

    @initialize(manual=st.booleans(), amount=st.integers(50, 10**8), card=st.none() | CARDS)
    def create(self, *, manual: bool, amount: int, card: cards.Card | None) -> None:
        method = "manual" if manual else "automatic_async"
        self.intent = Intent("pi_1", "pi_1_secret_1", 1, amount, "eur", method)
        if card is not None:
            self.intent = intents.attach(self.intent, intents.method_of(card))
        self.charge = None
        self.movements: list[Movement] = []
        self.ended = False

    @rule(card=st.none() | CARDS)
    def confirm(self, card: cards.Card | None) -> None:
        method = intents.method_of(card) if card else None
        self.take(lambda: intents.confirm(self.intent, method, None, 2), intents.CONFIRMABLE)

    @rule(passed=st.booleans())
    def authenticate(self, *, passed: bool) -> None:
        self.take(lambda: intents.authenticate(self.intent, passed=passed, now=3), ("requires_action",))

    @rule(share=st.none() | st.integers(1, 120))
    def capture(self, share: int | None) -> None:
        amount = None if share is None else self.intent.amount * share // 100
        self.take(lambda: intents.capture(self.intent, self.charge, amount), ("requires_capture",))

    @rule()
    def cancel(self) -> None:
        self.take(lambda: intents.cancel(self.intent, self.charge, "abandoned", 4), intents.CANCELABLE)

    def take(self, act: Callable[[], Step], allowed: tuple[str, ...]) -> None:
        before = self.intent
        try:
            step = act()
        except (UnexpectedState, StripeError):
            return
        assert before.status in allowed
        assert step.events == (EVENT_OF[step.intent.status],)
        self.intent = step.intent
        self.charge = step.charge or self.charge
        self.movements += step.movements
        self.ended = self.ended or before.status in ENDED

    def moved(self, kind: str) -> int:
        return sum(movement.amount for movement in self.movements if movement.kind == kind)

    @invariant()
    def the_money_adds_up(self) -> None:
        captures = [movement for movement in self.movements if movement.kind == "capture"]
        assert len(captures) <= 1
        assert self.moved("capture") == self.intent.amount_received
        held = self.moved("authorise") - self.moved("capture") - self.moved("void")
        assert held == self.intent.amount_capturable
        assert (held > 0) == (self.intent.status == "requires_capture")
        assert (self.intent.amount_received > 0) == (self.intent.status == "succeeded")
        if self.intent.latest_charge is not None:
            assert self.charge is not None
            assert self.charge.id == self.intent.latest_charge

    @invariant()
    def an_end_is_an_end(self) -> None:
        assert not self.ended


TestPayment = Payment.TestCase
TestPayment.settings = settings(max_examples=200, stateful_step_count=12, deadline=None)
