"""How a refund changes by what the provider tells of it, in any order."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from chassis.values import uuid7
from payments.domain.case import Case
from payments.provider import NewRefund, Refused
from payments.provider.stripe_case_payloads import case_of
from payments.provider.stripe_provider import new_refund
from payments.refunds.domain.refund import STATUSES, UNDONE, Change, Refund, accepted, merge, of_case, undone

NOW = datetime.now(UTC)
ORDER = ["requested", "pending", "succeeded", "failed"]
STEP = {"requires_action": "pending", "canceled": "failed"}


def refund(**changed: Any) -> Refund:
    new = Refund(
        id=uuid7(), payment_id=uuid7(), order_id=uuid7(), amount=1200, currency="EUR", reason="other", origin="shop",
        status="requested", key="refund-x", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return replace(new, **changed)


def case(status: str = "succeeded", reason: str | None = None, **changed: Any) -> Case:
    told: dict[str, Any] = {"id": "re_1", "kind": "refund", "intent_id": "pi_1", "amount": 1200, "currency": "EUR"}
    return Case(**{**told, "status": status, "reason": reason, "due_by": None, "created_at": NOW, **changed})


def told(first: Refund, statuses: list[str]) -> tuple[Refund, list[Change]]:
    """The refund after these answers, as it would be stored, and what each changed."""
    now, changes = first, []
    for status in statuses:
        change = merge(now, case(status))
        now = change.refund
        if change.booking is not None and change.booking.kind == "refund":
            now = replace(now, accepted_at=NOW)
        changes.append(change)
    return now, changes


@given(some.lists(some.sampled_from(STATUSES[1:]), max_size=8), some.sampled_from(["shop", "provider"]))
def test_whatever_is_told_and_how_often_the_books_say_what_the_refund_does(statuses: list[str], origin: Any):
    after, changes = told(refund(origin=origin), statuses)
    kinds = [change.booking.kind for change in changes if change.booking]
    assert kinds in ([], ["refund"], ["refund", "refund_reversal"])
    moved = sum({"refund": 1200, "refund_reversal": -1200}[kind] for kind in kinds)
    assert moved == (1200 if after.counts and after.status != "requested" else 0)
    assert (after.accepted_at is not None) == ("refund" in kinds)
    facts = [change.fact for change in changes if change.fact]
    assert facts in ([], ["refunded"], ["refunded", "failed"], ["failed"])
    assert (facts == ["failed"]) <= (origin == "shop")
    for change in changes:
        for entry in change.booking.entries if change.booking else ():
            assert entry.money == after.money


@given(some.permutations(["pending", "succeeded", "failed", "pending", "succeeded"]))
def test_the_end_does_not_depend_on_the_order(statuses: list[str]):
    after, _ = told(refund(), statuses)
    assert (after.status, after.provider_id) == ("failed", "re_1")


@given(some.lists(some.sampled_from(STATUSES[1:]), max_size=8))
def test_a_refund_only_goes_forward(statuses: list[str]):
    steps = ["requested", *(told(refund(), statuses[: n + 1])[0].status for n in range(len(statuses)))]
    places = [ORDER.index(STEP.get(each, each)) for each in steps]
    assert all(before <= after for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("status", "reason", "failure"),
    [
        ("failed", "lost_or_stolen_card", "lost_or_stolen_card"),
        ("failed", None, "failed"),
        ("failed", "duplicate", "failed"),
        ("canceled", "requested_by_customer", "canceled"),
    ],
)
def test_why_it_failed_is_kept(status: str, reason: str | None, failure: str):
    assert merge(refund(status="pending", accepted_at=NOW), case(status, reason)).refund.failure == failure


def test_a_status_that_is_not_known_is_taken_for_pending():
    change = merge(refund(), case("on_the_way"))
    assert (change.refund.status, change.fact) == ("pending", "refunded")


def test_what_was_booked_is_not_booked_again():
    booked = refund(status="succeeded", accepted_at=NOW)
    assert accepted(booked) == Change(booked)
    assert len(undone(booked, "x" * 999).refund.failure or "") == 200


def test_a_manual_refund_leaves_the_account_that_got_the_money():
    change = accepted(refund(manual=True), "cash")
    assert change.booking is not None
    assert [(entry.account, entry.side) for entry in change.booking.entries] == [
        ("customer_orders", "debit"),
        ("cash", "credit"),
    ]


def test_a_refund_of_the_dashboard_has_a_reason_of_ours():
    ids = uuid7(), uuid7(), uuid7()
    reasons = [of_case(case(reason=each), *ids, "provider").reason for each in ("fraudulent", None, "expired")]
    assert reasons == ["fraudulent", "other", "other"]


@pytest.mark.parametrize(
    ("amount", "currency", "reason", "sent"),
    [
        (1200, "EUR", "duplicate", {"amount": 1200, "reason": "duplicate"}),
        (5000, "ISK", "other", {"amount": 500_000}),
        (1500, "JPY", "fraudulent", {"amount": 1500, "reason": "fraudulent"}),
    ],
)
def test_stripe_is_asked_in_its_own_units_and_words(amount: int, currency: str, reason: str, sent: dict[str, Any]):
    ids = [uuid7() for _ in range(3)]
    asked = new_refund(NewRefund(ids[0], ids[1], ids[2], "pi_1", amount, currency, reason))
    metadata = dict(zip(("refund_id", "payment_id", "order_id"), map(str, ids), strict=True))
    assert asked == {"payment_intent": "pi_1", "metadata": metadata, **sent}


def test_an_amount_that_stripe_cannot_express_is_refused():
    with pytest.raises(Refused, match="amount_not_refundable"):
        new_refund(NewRefund(uuid7(), uuid7(), uuid7(), "pi_1", 1001, "KWD", "other"))


def test_the_ids_in_a_refund_are_read_if_they_are_ids():
    document: dict[str, Any] = {"id": "re_1", "object": "refund", "created": 1, "amount": 1, "currency": "eur"}
    ids = {"refund_id": str(uuid7()), "payment_id": "ours"}
    read = case_of("refund", {**document, "metadata": ids})
    assert (str(read.refund_id), read.payment_id) == (ids["refund_id"], None)
    assert case_of("refund", {**document, "metadata": None}).refund_id is None


def test_the_states_that_do_not_count_are_the_ends_without_money():
    assert {status for status in STATUSES if not refund(status=status).counts} == UNDONE
    assert {refund(status=status).told for status in UNDONE} == {"failed"}
