"""The states that tables.yaml draws are those between which the code moves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from orders.checkout.domain.order_state import Fact, State, transition
from payments.domain.case import Case
from payments.domain.intent import Intent, merge
from payments.domain.payment import NotAuthorised, Payment, begin_cancelling, begin_capture
from payments.refunds.domain.refund import STATUSES, Refund
from payments.refunds.domain.refund import merge as merge_refund
from tools.gates.tree import ROOT
from tools.tables import described

S = TypeVar("S")
NOBODY, NOW = UUID(int=0), datetime(2026, 1, 1, tzinfo=UTC)


def explored(
    first: S, following: Callable[[S], Iterable[S]], status: Callable[[S], str], same: Callable[[S], Hashable]
) -> set[tuple[str, str]]:
    """Each change of the status that can be reached."""
    seen, left, moves = {same(first)}, [first], set()
    while left:
        before = left.pop()
        for after in following(before):
            moves |= {(status(before), status(after))}
            if same(after) not in seen:
                seen.add(same(after))
                left.append(after)
    return {(before, after) for before, after in moves if before != after}


def drawn(service: str, table: str) -> set[tuple[str, str]]:
    """What tables.yaml says."""
    states = described.read(ROOT, service).tables[table].states["status"]
    return {(before, after) for before, targets in states.moves.items() for after in targets}


def test_the_states_of_an_order_are_those_of_its_state_machine():
    moves = explored(
        State(), lambda state: (transition(state, fact)[0] for fact in Fact), lambda state: state.status.value, hash
    )
    assert drawn("orders", "orders") == moves


def _told(payment: Payment) -> Iterator[Payment]:
    for status in ("requires_payment_method", "requires_capture", "succeeded", "canceled"):
        for secret in (None, "secret"):
            snapshot = Intent(
                id="pi", status=status, amount=1, currency="EUR", amount_received=1, payment_id=str(NOBODY),
                order_id=str(NOBODY), client_secret=secret,
            )  # fmt: skip
            yield merge(payment, snapshot).payment
    yield begin_cancelling(payment, "expired")
    with suppress(NotAuthorised):
        yield begin_capture(payment)


def test_the_states_of_a_payment_are_those_of_its_domain():
    first = Payment(
        id=NOBODY, order_id=NOBODY, amount=1, currency="EUR", status="created", create_key="k", create_key_at=NOW,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    moves = explored(first, _told, lambda payment: payment.status, lambda payment: (payment.status, payment.intent_id))
    assert drawn("payments", "payments") == moves


def _refund_told(refund: Refund) -> Iterator[Refund]:
    for status in STATUSES[1:]:
        case = Case(
            id="re", kind="refund", intent_id="pi", status=status, reason=None, amount=1, currency="EUR", due_by=None,
            created_at=NOW,
        )  # fmt: skip
        yield merge_refund(refund, case).refund


def test_the_states_of_a_refund_are_those_of_its_domain():
    first = Refund(
        id=NOBODY, payment_id=NOBODY, order_id=NOBODY, amount=1, currency="EUR", reason="other", origin="shop",
        status="requested", key="k", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    moves = explored(first, _refund_told, lambda refund: refund.status, lambda refund: refund.status)
    assert drawn("payments", "refunds") == moves
