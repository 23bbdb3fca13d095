"""What causes alerts about disputes, payouts and the balance at the provider, and cures them as the runbooks say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.drills.alerts.shop import Shop, as_staff, intent_of, paid, run_now, superuser
from proofs.waiting import eventually

_READ_BALANCE = "payments.read_balance"
_DISPUTE = "select id from provider_cases where kind = 'dispute' and id = $1"
_SOON = "update provider_cases set due_by = now() + interval '2 days' where id = $1"
_LOST = "select status = 'lost' from provider_cases where id = $1"
_LATE = "update balance_cursor set read_until = now() - interval '7 hours'"
# A card whose money can be paid out at once.
_AVAILABLE = "pm_card_bypassPending"


@asynccontextmanager
async def dispute_due(shop: Shop) -> AsyncIterator[None]:
    """A customer disputes a payment, and nobody has answered; the stored deadline is two days away. Staff accept it."""
    order, _ = await paid(shop)
    opened = await shop.store.double_control("disputes", {"payment_intent": await intent_of(shop, order)})
    dispute = str(opened["id"])
    async with superuser(shop.store, "payments") as connection:
        await eventually(lambda: connection.fetchval(_DISPUTE, dispute), 60, "a dispute that payments knows")
        await connection.execute("set session_replication_role = replica")
        await connection.execute(_SOON, dispute)
        yield
        await as_staff(shop, f"disputes/{dispute}/accept")
        await eventually(lambda: connection.fetchval(_LOST, dispute), 60, "a dispute that is lost")


@asynccontextmanager
async def payouts_failed(shop: Shop) -> AsyncIterator[None]:
    """The bank refuses a payout. Then its account is put right, and the next payout arrives."""
    await _payout(shop, "failed")
    yield
    await _payout(shop, "paid")


async def _payout(shop: Shop, status: str) -> None:
    """Pay out what was sold, and let payments read what became of it."""
    _, currency = await paid(shop, _AVAILABLE)
    made = await shop.store.double_control("payouts", {"currency": currency.lower()})
    for step in ("in_transit", status):
        failure = {"failure_code": "account_closed"} if step == "failed" else {}
        await shop.store.double_control(f"payouts/{made['id']}", {"status": step, **failure})
    await run_now(shop, "payments", _READ_BALANCE)
    found = await shop.store.value("payments", "select status from payouts where id = $1", made["id"])
    if found != status:
        raise AssertionError(found)


@asynccontextmanager
async def balance_unread(shop: Shop) -> AsyncIterator[None]:
    """The provider does not tell of the balance, for seven hours by the times that are stored."""
    await paid(shop)
    await run_now(shop, "payments", _READ_BALANCE)
    await shop.store.double_control("faults", {"fail_before_commit": 1_000_000, "operation": "balance"})
    try:
        async with superuser(shop.store, "payments") as connection:
            await connection.execute(f"set session_replication_role = replica; {_LATE}")
        await run_now(shop, "payments", _READ_BALANCE)
        yield
    finally:
        await shop.store.double_control("faults", {})
    await run_now(shop, "payments", _READ_BALANCE)
