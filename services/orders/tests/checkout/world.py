"""The two services that an order talks to, as small models, for the proof in test_progress.py."""

from __future__ import annotations

from dataclasses import dataclass, field

from orders.checkout.domain.order_state import Fact, State, Step, step, transition


@dataclass
class Call:
    """A step that a worker has decided on. It may be carried out late, its answer later still, or never be heard."""

    step: Step
    reserved: bool = False
    answer: Fact | None = None
    done: bool = False


@dataclass
class World:
    order: State = field(default_factory=State)
    reservation: str = "absent"  # held, lapsed, committed, released
    available: bool = True  # whether a lapsed or absent reservation could be had
    payment: str = "absent"  # open, authorised, cancelling, cancelled, capturing, captured
    events: list[Fact] = field(default_factory=list)
    told: list[Fact] = field(default_factory=list)
    meddled: bool = False
    effects: list[str] = field(default_factory=list)

    def record_event(self, fact: Fact) -> None:
        self.order, effects = transition(self.order, fact)
        self.effects += effects

    # --- the catalog

    def _reserve(self) -> bool:
        if self.reservation in {"absent", "lapsed"} and self.available:
            self.reservation = "held"
        return self.reservation in {"held", "committed"}

    def _commit(self) -> Fact:
        if self.reservation == "lapsed":
            self._reserve()
        if self.reservation in {"held", "committed"}:
            self.reservation = "committed"
            return Fact.STOCK_COMMITTED
        return Fact.STOCK_LOST

    def _release(self) -> Fact:
        if self.reservation == "committed":
            return Fact.STOCK_SOLD
        self.reservation = "released"
        return Fact.STOCK_RELEASED

    # --- the payment service, of which nobody asks anything where nothing is to be paid

    def _open(self) -> Fact:
        if self.payment in {"cancelling", "cancelled"}:
            return Fact.PAYMENT_REFUSED
        if self.payment == "absent":
            self.payment = "open"
        return Fact.PREPARED

    def _capture(self) -> Fact | None:
        assert not self.order.free
        if self.payment == "authorised":
            self.payment = "capturing"
        return {"captured": Fact.CAPTURED, "cancelled": Fact.PAYMENT_CANCELLED}.get(self.payment)

    def _void(self) -> Fact | None:
        assert not self.order.free
        if self.payment == "absent":
            self.payment = "cancelled"
        if self.payment in {"open", "authorised"}:
            self.payment = "cancelling"
        return {"captured": Fact.CAPTURED, "cancelled": Fact.PAYMENT_CANCELLED}.get(self.payment)

    def settle(self) -> None:
        """The provider has done what it was asked for."""
        if self.payment == "capturing":
            self.payment = "captured"
            self.events.append(Fact.CAPTURED)
        elif self.payment == "cancelling":
            self.payment = "cancelled"
            self.events.append(Fact.PAYMENT_CANCELLED)

    # --- a worker

    def decide(self) -> Call | None:
        """What a worker who comes to the order sets out to do."""
        self.record_event(Fact.RESUMED)
        wanted = step(self.order)
        return Call(wanted) if wanted is not None else None

    def carry_out(self, call: Call) -> None:
        """One call over the network; PREPARE makes two of them."""
        match call.step:
            case Step.PREPARE if not call.reserved:
                if not self._reserve():
                    call.answer, call.done = Fact.OUT_OF_STOCK, True
                call.reserved = True
                if self.order.free and not call.done:
                    call.answer, call.done = Fact.RESERVED, True
                return
            case Step.PREPARE:
                call.answer = self._open()
            case Step.COMMIT_STOCK:
                call.answer = self._commit()
            case Step.CAPTURE:
                call.answer = self._capture()
            case Step.VOID:
                call.answer = self._void()
            case Step.RELEASE:
                call.answer = self._release()
        call.done = True
