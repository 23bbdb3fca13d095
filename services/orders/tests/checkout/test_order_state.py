"""The order's state machine against models of the catalog and the payment service, in every order of happenings."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orders.checkout.domain.order_state import Effect, Fact, State, Step, step, transition
from orders.checkout.domain.order_values import Attention, OrderStatus, Payment, Reason, Stock
from orders.tests.checkout.world import Call, World

ENDS = {OrderStatus.PAID, OrderStatus.CANCELLED}
MEDDLING = (Payment.CAPTURED, Payment.CANCELLED)


class Checkout(RuleBasedStateMachine):
    """Workers, shoppers, clocks and the provider act at will; calls are repeated, late, or lost."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.calls: list[Call] = []
        self.may_meddle = False

    @initialize(meddle=st.booleans())
    def begin(self, meddle: bool) -> None:  # noqa: FBT001 -- hypothesis passes it by name
        self.may_meddle = meddle
        self.calls = [Call(Step.PREPARE)]  # the request itself, the first to try

    @precondition(lambda self: step(self.world.order) is not None and len(self.calls) < 4)
    @rule()
    def a_worker_decides(self) -> None:
        decided = self.world.decide()
        assert decided is not None
        self.calls.append(decided)

    @precondition(lambda self: any(not call.done for call in self.calls))
    @rule(data=st.data())
    def a_call_is_carried_out(self, data: st.DataObject) -> None:
        self.world.carry_out(data.draw(st.sampled_from([call for call in self.calls if not call.done])))

    @precondition(lambda self: any(call.done for call in self.calls))
    @rule(data=st.data(), heard=st.booleans())
    def an_answer_arrives_or_is_lost(self, data: st.DataObject, heard: bool) -> None:  # noqa: FBT001 -- by name
        call = data.draw(st.sampled_from([call for call in self.calls if call.done]))
        self.calls.remove(call)
        if heard and call.answer is not None:
            self.world.record_event(call.answer)

    @precondition(lambda self: self.world.payment == "open")
    @rule(accepted=st.booleans())
    def the_shopper_pays(self, accepted: bool) -> None:  # noqa: FBT001 -- by name
        if accepted:
            self.world.payment = "authorised"
        self.world.events.append(Fact.AUTHORISED if accepted else Fact.DECLINED)

    @rule(fact=st.sampled_from([Fact.EXPIRED, Fact.CANCEL_REQUESTED]))
    def time_runs_out_or_the_shopper_cancels(self, fact: Fact) -> None:
        self.world.record_event(fact)

    @rule()
    def the_provider_settles(self) -> None:
        self.world.settle()

    @precondition(lambda self: self.world.events)
    @rule(data=st.data())
    def an_event_arrives_out_of_order(self, data: st.DataObject) -> None:
        fact = data.draw(st.sampled_from(self.world.events))
        self.world.events.remove(fact)
        self.world.told.append(fact)
        self.world.record_event(fact)

    @precondition(lambda self: self.world.told)
    @rule(data=st.data())
    def an_event_arrives_again(self, data: st.DataObject) -> None:
        self.world.record_event(data.draw(st.sampled_from(self.world.told)))

    @precondition(lambda self: self.world.reservation == "held")
    @rule(taken=st.booleans())
    def the_hold_lapses(self, taken: bool) -> None:  # noqa: FBT001 -- by name
        self.world.reservation, self.world.available = "lapsed", not taken

    @rule(available=st.booleans())
    def others_buy_or_return(self, available: bool) -> None:  # noqa: FBT001 -- by name
        self.world.available = available

    @precondition(lambda self: self.may_meddle and self.world.payment == "authorised")
    @rule(what=st.sampled_from(["capturing", "cancelling"]))
    def somebody_acts_at_the_provider(self, what: str) -> None:
        self.world.payment, self.world.meddled = what, True

    @invariant()
    def what_we_know_is_possible(self) -> None:
        order = self.world.order
        assert (order.reason is not None) == (order.status in {OrderStatus.CANCELLING, OrderStatus.CANCELLED})
        if order.status is OrderStatus.PAID:
            assert self.world.payment == "captured"
        if order.status is OrderStatus.CANCELLED and not self.world.meddled:
            assert self.world.payment not in {"captured", "capturing"}
        if self.world.payment == "captured" and not self.world.meddled:
            assert self.world.reservation == "committed"

    def teardown(self) -> None:
        """Everything in flight is lost; the store is left alone until nothing moves. Then all books agree."""
        for _ in range(60):
            self.world.settle()
            while self.world.events:
                self.world.record_event(self.world.events.pop(0))
            if self.world.order.status is OrderStatus.PENDING_PAYMENT:
                self.world.record_event(Fact.EXPIRED)
            call = self.world.decide()
            if call is not None:
                while not call.done:
                    self.world.carry_out(call)
                if call.answer is not None:
                    self.world.record_event(call.answer)
        assert step(self.world.order) is None
        self._books_agree()

    def _books_agree(self) -> None:
        world, order = self.world, self.world.order
        assert order.status in ENDS
        assert sum(effect is Effect.PAID for effect in world.effects) == (order.status is OrderStatus.PAID)
        if not world.meddled:
            assert order.attention is None
        if order.attention is not None:
            return
        if order.status is OrderStatus.PAID:
            assert (world.payment, world.reservation) == ("captured", "committed")
        else:
            assert world.payment in {"absent", "cancelled"}
            assert world.reservation != "committed"
            # Held only where the answer was lost before anything was known: the catalog lets it lapse by itself.
            assert world.reservation != "held" or order.stock is Stock.NONE


Checkout.TestCase.settings = settings(
    max_examples=200, stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestEveryInterleaving = Checkout.TestCase


def test_every_reachable_state_ends_and_no_fact_is_refused() -> None:
    reached, frontier = {State()}, [State()]
    while frontier:
        state = frontier.pop()
        for fact in Fact:
            after, _ = transition(state, fact)
            if after not in reached:
                reached.add(after)
                frontier.append(after)
    assert {state.status for state in reached} == set(OrderStatus)
    for state in reached:
        if state.status not in {*ENDS, OrderStatus.PENDING_PAYMENT}:
            assert step(state) is not None, state
        for fact in Fact:
            once, _ = transition(state, fact)
            assert transition(once, fact) == (once, ()), (state, fact)


def test_the_happy_path_and_what_it_asks_for() -> None:
    state = State()
    seen: list[tuple[OrderStatus, Step | None]] = [(state.status, step(state))]
    told: list[Effect] = []
    for fact in (Fact.PREPARED, Fact.DECLINED, Fact.AUTHORISED, Fact.STOCK_COMMITTED, Fact.CAPTURED):
        state, effects = transition(state, fact)
        told += effects
        seen.append((state.status, step(state)))
    assert seen == [
        (OrderStatus.PLACED, Step.PREPARE),
        (OrderStatus.PENDING_PAYMENT, None),
        (OrderStatus.PENDING_PAYMENT, None),
        (OrderStatus.AUTHORISED, Step.COMMIT_STOCK),
        (OrderStatus.STOCK_COMMITTED, Step.CAPTURE),
        (OrderStatus.PAID, None),
    ]
    assert told == [Effect.PAID]
    assert state == State(OrderStatus.PAID, Payment.CAPTURED, Stock.COMMITTED)


def test_stock_lost_after_authorisation_voids_and_tells_the_customer() -> None:
    state = State(OrderStatus.AUTHORISED, Payment.AUTHORISED, Stock.HELD)
    state, _ = transition(state, Fact.STOCK_LOST)
    assert (state.status, step(state)) == (OrderStatus.AUTHORISED, Step.RELEASE)
    sold, _ = transition(state, Fact.STOCK_SOLD)
    assert (sold.status, step(sold)) == (OrderStatus.STOCK_COMMITTED, Step.CAPTURE)
    state, _ = transition(state, Fact.STOCK_RELEASED)
    assert (state.status, state.reason, step(state)) == (OrderStatus.CANCELLING, Reason.STOCK_LOST, Step.VOID)
    state, effects = transition(state, Fact.PAYMENT_CANCELLED)
    assert (state.status, step(state), effects) == (OrderStatus.CANCELLED, None, (Effect.CANCELLED,))


def test_neither_clock_nor_customer_cancels_once_the_payment_is_authorised() -> None:
    for status in (
        OrderStatus.AUTHORISED,
        OrderStatus.STOCK_COMMITTED,
        OrderStatus.PAID,
        OrderStatus.CANCELLING,
        OrderStatus.CANCELLED,
    ):
        reason = Reason.EXPIRED if status in {OrderStatus.CANCELLING, OrderStatus.CANCELLED} else None
        state = State(status, Payment.AUTHORISED, Stock.HELD, reason)
        for fact in (Fact.EXPIRED, Fact.CANCEL_REQUESTED):
            assert transition(state, fact) == (state, ())


def test_a_capture_after_a_cancellation_or_without_stock_needs_attention() -> None:
    cancelled = State(OrderStatus.CANCELLED, Payment.CANCELLED, Stock.RELEASED, Reason.EXPIRED)
    after, effects = transition(cancelled, Fact.CAPTURED)
    assert (after.attention, effects) == (Attention.CHARGED_AFTER_CANCEL, (Effect.ATTENTION,))
    captured = State(OrderStatus.AUTHORISED, Payment.CAPTURED, Stock.HELD)
    after, effects = transition(transition(captured, Fact.STOCK_LOST)[0], Fact.STOCK_RELEASED)
    assert after.attention is Attention.PAID_WITHOUT_STOCK
    assert effects == (Effect.PAID, Effect.ATTENTION)
