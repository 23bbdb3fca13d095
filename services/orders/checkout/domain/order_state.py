"""How an order comes to its end: a state machine over facts that arrive in any order, more than once, or late.

`transition` says what a fact makes of a state; `step` what is to be done next in a state, which is asked anew after
each fact and after each crash. Every step is safe to repeat. What keeps money and stock consistent:

- Capture is asked for in `stock_committed` only, and only the payment's own end leads from there to `cancelling`:
  an order is never captured and voided at once, whoever acts first.
- Stock is released only after the payment is known to be cancelled.
- From `authorised` on neither the clock nor the customer cancels: the catalog's answers alone decide.
- A refusal to commit is not yet the end: another try, late on its way, might still succeed. Only the answer to
  `RELEASE` is final: released for good, or sold, and then it is ours.
- What costs nothing has no payment: reserved, it is sold; nobody is asked to capture or void.
- Should the provider have captured although we wanted to void, the order is revived: its stock is still held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from orders.checkout.domain.order_values import Attention, OrderStatus, Payment, Reason, Stock


class Fact(StrEnum):
    """What can become known about an order after it was placed."""

    RESUMED = "resumed"  # taken up after the first try, which may still be under way
    RESERVED = "reserved"
    PREPARED = "prepared"  # reserved, and its payment is open
    OUT_OF_STOCK = "out_of_stock"
    PAYMENT_REFUSED = "payment_refused"
    EXPIRED = "expired"
    CANCEL_REQUESTED = "cancel_requested"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    CAPTURED = "captured"
    PAYMENT_CANCELLED = "payment_cancelled"
    STOCK_COMMITTED = "stock_committed"
    STOCK_LOST = "stock_lost"
    STOCK_RELEASED = "stock_released"
    STOCK_SOLD = "stock_sold"  # it could not be released: it was committed before


class Step(StrEnum):
    """What is to be done next; each is a call to another service, safe to repeat."""

    PREPARE = "prepare"  # by any but the first to try, after RESUMED
    COMMIT_STOCK = "commit_stock"
    CAPTURE = "capture"
    VOID = "void"
    RELEASE = "release"


class Effect(StrEnum):
    """What is to be told when a state is entered."""

    AWAITED = "awaited"  # the customer is to be told in writing how to pay
    PAID = "paid"
    CANCELLED = "cancelled"
    CANCELLED_UNSEEN = "cancelled_unseen"  # the customer has had the refusal as the answer: no mail
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class State:
    """All of an order that decides what happens next. Equal states behave equally, so writes are conditional on it.
    What never changes: `free`, its total is 0; `manual`, it is paid by bank transfer or in cash.
    """

    status: OrderStatus = OrderStatus.PLACED
    payment: Payment = Payment.NONE
    stock: Stock = Stock.NONE
    reason: Reason | None = None
    attention: Attention | None = None
    free: bool = False
    manual: bool = False


_OPEN = {OrderStatus.PLACED, OrderStatus.PENDING_PAYMENT}
_ENDING = {OrderStatus.CANCELLING, OrderStatus.CANCELLED}


def step(state: State) -> Step | None:
    """What is to be done next; None where nothing is, or where we wait for the shopper."""
    match state.status:
        case OrderStatus.PLACED:
            return Step.PREPARE
        case OrderStatus.AUTHORISED:
            return Step.COMMIT_STOCK if state.stock is Stock.HELD else Step.RELEASE
        case OrderStatus.STOCK_COMMITTED:
            return Step.CAPTURE
        case OrderStatus.CANCELLING:
            return Step.RELEASE if state.payment is Payment.CANCELLED else Step.VOID
        case OrderStatus.CANCELLED if state.payment in {Payment.OPEN, Payment.AUTHORISED}:
            return Step.VOID
        case OrderStatus.CANCELLED if state.stock is Stock.HELD:
            return Step.RELEASE
    return None


def transition(state: State, fact: Fact) -> tuple[State, tuple[Effect, ...]]:
    """What the fact makes of the state, and what is to be told. A fact that says nothing new gives the same state."""
    after = _after(state, fact)
    entered = None if after.status is state.status else after.status
    effects = [Effect.PAID] if entered is OrderStatus.PAID else []
    if entered is OrderStatus.PENDING_PAYMENT and state.manual:
        effects.append(Effect.AWAITED)
    if entered is OrderStatus.CANCELLED:
        effects.append(Effect.CANCELLED_UNSEEN if state.status is OrderStatus.PLACED else Effect.CANCELLED)
    if after.attention is not None and state.attention is None:
        effects.append(Effect.ATTENTION)
    return after, tuple(effects)


def _after(state: State, fact: Fact) -> State:
    match fact:
        case Fact.RESUMED | Fact.RESERVED | Fact.PREPARED | Fact.OUT_OF_STOCK | Fact.PAYMENT_REFUSED:
            return _prepared(state, fact)
        case Fact.EXPIRED:
            return _cancelling(state, Reason.EXPIRED) if state.status in _OPEN else state
        case Fact.CANCEL_REQUESTED:
            return _cancelling(state, Reason.CANCELLED_BY_CUSTOMER) if state.status in _OPEN else state
        case Fact.AUTHORISED | Fact.CAPTURED | Fact.PAYMENT_CANCELLED:
            return _paying(state, fact)
        case Fact.DECLINED:
            return state  # the shopper may try another card
    return _stocking(state, fact)


def _cancelling(state: State, reason: Reason) -> State:
    payment = Payment.CANCELLED if state.free else state.payment
    return replace(state, status=OrderStatus.CANCELLING, payment=payment, reason=reason)


def _prepared(state: State, fact: Fact) -> State:
    """The answers to PREPARE. One that comes when the order has ended says what is to be taken back."""
    if fact in {Fact.RESERVED, Fact.PREPARED}:
        stock = Stock.HELD if state.stock is Stock.NONE else state.stock
        unopened = state.payment in {Payment.NONE, Payment.UNKNOWN}
        payment = Payment.OPEN if fact is Fact.PREPARED and unopened else state.payment
        after = replace(state, stock=stock, payment=payment)
        if state.status is OrderStatus.PLACED and state.free:
            return replace(after, status=OrderStatus.AUTHORISED, payment=Payment.AUTHORISED)
        if state.status is OrderStatus.PLACED and fact is Fact.PREPARED:
            return replace(after, status=OrderStatus.PENDING_PAYMENT)
        return after if state.status in {OrderStatus.PLACED, *_ENDING} else state
    if state.status is not OrderStatus.PLACED:
        return state
    if fact is Fact.RESUMED:
        return replace(state, payment=Payment.UNKNOWN) if state.payment is Payment.NONE else state
    if fact is Fact.PAYMENT_REFUSED or state.payment is not Payment.NONE:
        return _cancelling(state, Reason.OUT_OF_STOCK if fact is Fact.OUT_OF_STOCK else Reason.PAYMENT_UNAVAILABLE)
    return replace(state, status=OrderStatus.CANCELLED, reason=Reason.OUT_OF_STOCK)


def _paying(state: State, fact: Fact) -> State:
    """What the payment service says. A capture outweighs all: the money is taken."""
    if state.payment is Payment.CAPTURED:
        return state
    if fact is Fact.CAPTURED:
        return _captured(replace(state, payment=Payment.CAPTURED))
    if fact is Fact.AUTHORISED:
        if state.status in _OPEN:
            return replace(state, status=OrderStatus.AUTHORISED, payment=Payment.AUTHORISED, stock=Stock.HELD)
        return replace(state, payment=Payment.AUTHORISED) if state.status in _ENDING else state
    ended = replace(state, payment=Payment.CANCELLED)
    if state.status not in _ENDING:
        return _cancelling(ended, Reason.PAYMENT_UNAVAILABLE)
    return replace(ended, status=OrderStatus.CANCELLED) if state.stock is Stock.RELEASED else ended


def _captured(state: State) -> State:
    if state.status is OrderStatus.CANCELLED:
        return replace(state, attention=Attention.CHARGED_AFTER_CANCEL)
    if state.stock is Stock.COMMITTED:
        return replace(state, status=OrderStatus.PAID, reason=None)
    stock = Stock.HELD if state.stock is Stock.NONE else state.stock
    return replace(state, status=OrderStatus.AUTHORISED, stock=stock, reason=None)


def _stocking(state: State, fact: Fact) -> State:
    """What the catalog says of the reservation."""
    if state.status is OrderStatus.AUTHORISED:
        return _deciding(state, fact)
    if state.status not in _ENDING or fact is Fact.STOCK_LOST:
        return state
    released = fact is Fact.STOCK_RELEASED
    after = replace(state, stock=Stock.RELEASED if released else Stock.COMMITTED)
    # Only the answer to RELEASE tells that nothing more can come.
    if fact is not Fact.STOCK_COMMITTED and state.payment is Payment.CANCELLED:
        after = replace(after, status=OrderStatus.CANCELLED)
    if after.status is OrderStatus.CANCELLED and not released:
        return replace(after, attention=after.attention or Attention.STOCK_NOT_RETURNED)
    return after


def _deciding(state: State, fact: Fact) -> State:
    """The payment is good: is the stock ours?"""
    captured = state.payment is Payment.CAPTURED
    if fact in {Fact.STOCK_COMMITTED, Fact.STOCK_SOLD}:
        sold = replace(state, status=OrderStatus.STOCK_COMMITTED, stock=Stock.COMMITTED)
        return _captured(replace(sold, payment=Payment.CAPTURED)) if captured or state.free else sold
    if fact is Fact.STOCK_LOST:
        return replace(state, stock=Stock.NONE) if state.stock is Stock.HELD else state
    released = replace(state, stock=Stock.RELEASED)
    if captured:
        return replace(released, status=OrderStatus.PAID, attention=Attention.PAID_WITHOUT_STOCK)
    return _cancelling(released, Reason.STOCK_LOST)
