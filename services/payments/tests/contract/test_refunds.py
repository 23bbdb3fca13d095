"""Refunds: what payments asks of Stripe, and what it gets: the same of the double and of Stripe."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.values import uuid7
from payments.provider import Refused, Unknown
from payments.tests.contract.side import Side, refund

# What Stripe sends of every refund. Source: the `refund` of https://github.com/stripe/openapi (fixtures3).
MEMBERS = set(
    """
    amount balance_transaction charge created currency customer customer_account destination_details id metadata object
    payment_intent payment_method reason receipt_number source_transfer_reversal status transfer_reversal
    """.split()
)


async def test_a_payment_is_refunded_in_parts_and_never_beyond(side: Side):
    paid = await side.captured()
    first = await side.provider.refund(refund(paid, 1200), f"refund-{uuid7()}")
    assert (first.status, first.amount, first.intent_id, first.reason) == (
        *("succeeded", 1200, paid.id, "requested_by_customer"),
    )
    with pytest.raises(Refused) as too_much:
        await side.provider.refund(refund(paid, 3001), f"refund-{uuid7()}")
    assert too_much.value.code == "invalid_request"  # Stripe sends no code for an amount above what is left
    rest = await side.provider.refund(refund(paid, 3000), f"refund-{uuid7()}")
    with pytest.raises(Refused) as nothing_left:
        await side.provider.refund(refund(paid, 1), f"refund-{uuid7()}")
    assert nothing_left.value.code == "charge_already_refunded"
    charge = await side.charge_of(paid, "refunds")
    assert (charge["amount_refunded"], charge["refunded"]) == (4200, True)
    assert [each["id"] for each in charge["refunds"]["data"]] == [rest.id, first.id]
    assert [each.id for each in await side.provider.refunds_of(intent_id=paid.id)] == [rest.id, first.id]


async def test_a_refund_has_stripes_members(side: Side):
    paid = await side.captured()
    wanted = refund(paid, 4200)
    made = await side.provider.refund(wanted, f"refund-{wanted.refund_id}")
    whole = await side.api.get("refunds", made.id)
    assert whole.keys() >= MEMBERS
    assert (whole["metadata"]["refund_id"], whole["currency"]) == (str(wanted.refund_id), "eur")
    assert whole["destination_details"]["card"]["type"] in {"refund", "reversal", "pending"}
    assert await side.provider.case("refund", made.id) == made


async def test_the_same_key_is_one_refund(side: Side):
    paid = await side.captured()
    wanted = refund(paid, 1000)
    key = f"refund-{wanted.refund_id}"
    first, again = [await side.provider.refund(wanted, key) for _ in "12"]
    assert first.id == again.id
    with pytest.raises(Unknown) as spent:
        await side.provider.refund(refund(paid, 1100, wanted.refund_id), key)
    assert spent.value.key_spent
    assert len(await side.provider.refunds_of(intent_id=paid.id)) == 1


async def test_what_was_not_captured_is_not_refunded(side: Side):
    for intent in (await side.confirmed(), await side.intent()):
        with pytest.raises(Refused):
            await side.provider.refund(refund(intent, 100), f"refund-{uuid7()}")


async def test_a_pending_refund_succeeds_later(side: Side):
    paid = await side.captured("pm_card_pendingRefund")
    made = await side.provider.refund(refund(paid, 4200), f"refund-{uuid7()}")
    assert made.status == "pending"
    assert (await side.charge_of(paid))["amount_refunded"] == 4200

    async def succeeded() -> bool:
        return (await side.provider.case("refund", made.id)).status == "succeeded"

    await side.later("the refund's success", succeeded)


async def test_a_refund_may_fail_after_its_success(side: Side):
    paid = await side.captured("pm_card_refundFail")
    made = await side.provider.refund(refund(paid, 4200), f"refund-{uuid7()}")
    assert made.status == "succeeded"

    async def failed() -> dict[str, Any] | None:
        whole = await side.api.get("refunds", made.id)
        return whole if whole["status"] == "failed" else None

    whole = await side.later("the refund's failure", failed)
    assert whole["failure_reason"]
    assert whole["failure_balance_transaction"].startswith("txn_")
    assert (await side.charge_of(paid))["amount_refunded"] == 0
    assert (await side.provider.case("refund", made.id)).reason == whole["failure_reason"]


async def test_a_card_refund_cannot_be_cancelled(side: Side):
    paid = await side.captured()
    made = await side.provider.refund(refund(paid, 4200), f"refund-{uuid7()}")
    with pytest.raises(Exception, match="Canceling this refund is unsupported"):
        await side.post("refunds", made.id, "cancel")
    noted = await side.post("refunds", made.id, metadata={"note": "x"})
    assert noted["metadata"]["note"] == "x"
