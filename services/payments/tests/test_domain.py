"""The payment's state machine and the merge of what the provider says, over everything that could be said."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.values import Money
from payments.domain.intent import Change, Decline, Intent, merge, mismatch, refused
from payments.domain.ledger import of_capture
from payments.domain.payment import (
    SETTLED,
    STATUSES,
    NotAuthorised,
    Payment,
    begin_cancelling,
    begin_capture,
    next_key,
)

WHEN = datetime(2026, 11, 21, tzinfo=UTC)
ID, ORDER = UUID(int=1), UUID(int=2)
OPEN = Payment(
    id=ID,
    order_id=ORDER,
    amount=4200,
    currency="EUR",
    status="requires_payment",
    intent_id="pi_1",
    client_secret="pi_1_secret",
    create_key="create-1",
    create_key_at=WHEN,
    created_at=WHEN,
    updated_at=WHEN,
)
NEW = replace(OPEN, status="created", intent_id=None, client_secret=None)
UNPAID = Intent(
    id="pi_1",
    status="requires_payment_method",
    amount=4200,
    currency="EUR",
    amount_received=0,
    payment_id=str(ID),
    order_id=str(ORDER),
    client_secret="pi_1_secret",
)
HELD = replace(UNPAID, status="requires_capture")
TAKEN = replace(UNPAID, status="succeeded", amount_received=4200)
GONE = replace(UNPAID, status="canceled", cancellation_reason="abandoned")
DECLINED = replace(UNPAID, decline=Decline(reference="ch_1", code="card_declined", message="No."))

# What the provider can have gone through, as the snapshots of its webhooks.
HISTORIES = [
    [UNPAID],
    [UNPAID, DECLINED],
    [UNPAID, HELD],
    [UNPAID, DECLINED, HELD],
    [UNPAID, HELD, TAKEN],
    [UNPAID, DECLINED, HELD, TAKEN],
    [UNPAID, GONE],
    [UNPAID, HELD, GONE],
    [UNPAID, TAKEN],
]


def after(payment: Payment, snapshots: list[Intent]) -> tuple[Payment, int]:
    """The payment after the snapshots, and how often it was captured."""
    captures = 0
    for snapshot in snapshots:
        change = merge(payment, snapshot)
        payment = change.payment
        captures += change.facts.count("captured")
    return payment, captures


payments_of_every_status = st.sampled_from(STATUSES).map(
    lambda status: replace(OPEN if status != "created" else NEW, status=status, cancel_reason="voided")
)
snapshots = st.sampled_from([UNPAID, DECLINED, HELD, TAKEN, GONE, replace(UNPAID, status="new word of Stripe's")])


@given(history=st.sampled_from(HISTORIES), data=st.data())
def test_the_end_depends_on_the_set_of_webhooks_alone(history: list[Intent], data: st.DataObject):
    delivered = data.draw(st.permutations(history * data.draw(st.integers(1, 4))))
    # The declines among webhooks are only a reason to ask, and the answer is the intent as it is at last.
    told = [history[-1] if snapshot.open else snapshot for snapshot in delivered]
    in_order, captures = after(OPEN, history)
    assert after(OPEN, told) == (in_order, captures)


@given(payment=payments_of_every_status, told=st.lists(snapshots, max_size=8))
def test_a_payment_only_moves_forward_and_is_captured_once(payment: Payment, told: list[Intent]):
    end, captures = after(payment, told)
    assert captures == (end.status == "captured" and payment.status != "captured")
    assert captures <= 1
    if payment.status == "cancelled":
        assert end.status in {"cancelled", "captured"}
    if payment.status == "captured":
        assert end == payment
    assert (end.amount, end.currency, end.order_id, end.id) == (4200, "EUR", ORDER, ID)
    assert end.intent_id in {None, "pi_1"}


@given(payment=payments_of_every_status, told=snapshots)
def test_applying_the_same_again_changes_nothing(payment: Payment, told: Intent):
    once = merge(payment, told).payment
    assert merge(once, told) == Change(once)


def test_a_new_payment_adopts_its_intent_and_its_secret():
    assert merge(NEW, UNPAID).payment == OPEN
    assert merge(NEW, HELD) == Change(replace(OPEN, status="authorised"), ("authorised",))
    assert merge(NEW, TAKEN).facts == ("authorised", "captured")
    cancelling = begin_cancelling(NEW, "voided")
    assert merge(cancelling, UNPAID).payment == replace(cancelling, intent_id="pi_1", client_secret="pi_1_secret")


@pytest.mark.parametrize("told", [HELD, TAKEN, GONE])
def test_a_webhook_cannot_make_an_intent_known_that_has_no_secret(told: Intent):
    assert merge(NEW, replace(told, client_secret=None)) == Change(NEW)


def test_a_capture_of_a_cancelled_payment_is_marked():
    for status in ("cancelling", "cancelled"):
        change = merge(replace(OPEN, status=status, cancel_reason="voided"), TAKEN)
        assert change.against_our_will
        assert (change.payment.status, change.facts) == ("captured", ("captured",))
    assert not merge(OPEN, TAKEN).against_our_will


def test_a_decline_is_told_once_and_forgotten_when_the_next_try_succeeds():
    told = merge(OPEN, DECLINED)
    assert told.facts == ("declined",)
    assert (told.payment.decline_code, told.payment.decline_message) == ("card_declined", "No.")
    assert merge(told.payment, DECLINED).facts == ()
    authorised = merge(told.payment, HELD).payment
    assert (authorised.decline_code, authorised.decline_message, authorised.decline_reference) == (None, None, None)


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("intent", replace(UNPAID, id="pi_2")),
        ("payment", replace(UNPAID, payment_id=str(ORDER))),
        ("order", replace(UNPAID, order_id=str(ID))),
        ("amount", replace(UNPAID, amount=4201)),
        ("currency", replace(UNPAID, currency="USD")),
        ("amount_received", replace(TAKEN, amount_received=4199)),
    ],
)
def test_an_intent_that_is_not_the_payments_is_recognised(what: str, wrong: Intent):
    assert mismatch(OPEN, wrong) == what
    assert mismatch(OPEN, TAKEN) is None


@given(payment=payments_of_every_status)
def test_capture_begins_from_an_authorisation_alone(payment: Payment):
    if payment.status in {"authorised", "capturing", "captured"}:
        begun = begin_capture(payment)
        assert begun.status == ("captured" if payment.status == "captured" else "capturing")
        assert begin_capture(begun) == begun
    else:
        with pytest.raises(NotAuthorised):
            begin_capture(payment)


@given(payment=payments_of_every_status)
def test_cancelling_does_not_affect_a_settled_or_capturing_payment(payment: Payment):
    begun = begin_cancelling(payment, "voided")
    if payment.status in {*SETTLED, "capturing", "cancelling"}:
        assert begun == payment
    else:
        assert (begun.status, begun.cancel_reason) == ("cancelling", "voided")
        assert begun.operation_key is not None
    assert begin_cancelling(begun, "again") == begun


def test_a_refused_creation_cancels_what_is_not_settled():
    assert refused(NEW).payment.cancel_reason == "refused_by_provider"
    assert refused(begin_cancelling(NEW, "voided")).payment.cancel_reason == "voided"
    assert refused(replace(OPEN, status="captured")).facts == ()


@given(payment=payments_of_every_status)
def test_the_secret_is_handed_out_only_while_it_serves(payment: Payment):
    assert (payment.payable_secret is not None) == (payment.status == "requires_payment")
    assert "secret'" not in repr(payment)
    assert "pi_1_secret" not in repr(payment)


def test_keys_of_new_tries_never_repeat():
    keys = ["capture-1"]
    for _ in range(30):
        keys.append(next_key(keys[-1]))
    assert len(set(keys)) == 31
    assert keys[:3] == ["capture-1", "capture-1.2", "capture-1.3"]


@given(amount=st.integers(1, 10**12))
def test_a_capture_is_booked_in_balance(amount: int):
    debit, credit = of_capture(Money(amount, "EUR"))
    assert (debit.side, credit.side) == ("debit", "credit")
    assert debit.money == credit.money == Money(amount, "EUR")
