"""Checks after a run: stock, orders, payments, ledger and the provider's records must agree.

Each check returns a list of complaints; an empty list is a pass. The checks read the databases as the owner role, and
the provider's records over its API; they do not depend on an answer of a service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from proofs.store import SERVICES, ProofStore
from proofs.waiting import eventually

Check = Callable[[ProofStore], Awaitable[list[str]]]

_STOCK = """
select v.sku, s.on_hand, s.reserved,
       coalesce((select sum(l.quantity) from reservation_lines l join reservations r using (order_id)
                 where l.variant_id = s.variant_id and r.status = 'held'), 0) as held,
       coalesce((select sum(m.delta) from stock_movements m where m.variant_id = s.variant_id), 0) as moved
from stock s join variants v on v.id = s.variant_id where s.tracked
"""
_LEDGER = """
select transaction_id, currency,
       sum(case side when 'debit' then amount else -amount end) as difference
from ledger_entries group by 1, 2 having sum(case side when 'debit' then amount else -amount end) <> 0
"""
_CAPTURED_WITHOUT_LEDGER = """
select p.id from payments p left join ledger_transactions t on t.payment_id = p.id and t.kind = 'capture'
where (p.status = 'captured') <> (t.id is not null)
"""
_HELD = """
select (select count(*) from jobs where held_at is not null) as "held jobs",
       (select count(*) from inbox_dead) as "dead events",
       (select count(*) from inbox_cursor where halted is not null) as "halted pollers"
"""
_UNSENT = """
select count(*) from orders where status = 'paid'
  and not exists (select from order_mails m where m.order_id = orders.id and m.kind = 'confirmation')
"""


async def _reserved(store: ProofStore, status: str) -> set[UUID]:
    """The orders whose reservation has this status."""
    rows = await store.rows("catalog", "select order_id from reservations where status = $1", status)
    return {row["order_id"] for row in rows}


async def stock(store: ProofStore) -> list[str]:
    """P01: no stock is below zero, it is reserved for orders only, and its movements add up to it."""
    complaints = []
    for row in await store.rows("catalog", _STOCK):
        if row["on_hand"] < 0 or row["reserved"] > row["on_hand"]:
            complaints.append(f"{row['sku']}: oversold: {row['on_hand']} on hand, {row['reserved']} reserved")
        if row["reserved"] != row["held"]:
            complaints.append(f"{row['sku']}: {row['reserved']} reserved, but orders hold {row['held']}")
        if row["moved"] != row["on_hand"]:
            complaints.append(f"{row['sku']}: {row['on_hand']} on hand, but its movements add up to {row['moved']}")
    return complaints


async def residue(store: ProofStore) -> list[str]:
    """P01, P10: every order has ended, and no ended order has reserved stock."""
    complaints = []
    holding = await _reserved(store, "held")
    for row in await store.rows("orders", "select id, status from orders"):
        if row["status"] not in {"paid", "cancelled"}:
            complaints.append(f"order {row['id']} is still {row['status']}")
        elif row["id"] in holding:
            complaints.append(f"order {row['id']} is {row['status']}, and still holds stock")
    return complaints


async def charges(store: ProofStore) -> list[str]:
    """P02: a paid order was captured once, for its total; any other order never."""
    captured, complaints = await store.captures(), []
    for row in await store.rows("orders", "select id, status, total from orders"):
        amounts = captured.pop(str(row["id"]), [])
        expected = [row["total"]] if row["status"] == "paid" else []
        if amounts != expected:
            complaints.append(f"order {row['id']} ({row['status']}, total {row['total']}) was charged {amounts}")
    return complaints + [
        f"the provider charged {amounts} for an unknown order {id_}" for id_, amounts in captured.items()
    ]


async def ledger(store: ProofStore) -> list[str]:
    """P04: every transaction balances, and the ledger has the sums of the provider."""
    complaints = [
        f"transaction {row['transaction_id']} is off by {row['difference']}"
        for row in await store.rows("payments", _LEDGER)
    ]
    complaints += [
        f"payment {row['id']} and its ledger disagree" for row in await store.rows("payments", _CAPTURED_WITHOUT_LEDGER)
    ]
    booked = await store.value(
        "payments",
        "select coalesce(sum(amount), 0) from ledger_entries where account = 'provider_receivable' and side = 'debit'",
    )
    received = sum(map(sum, (await store.captures()).values()))
    if booked != received:
        complaints.append(f"the ledger has received {booked}, the provider {received}")
    return complaints


async def sold_and_paid(store: ProofStore) -> list[str]:
    """P09: each paid order has its stock, and all sold stock belongs to a paid order."""
    sold = await _reserved(store, "committed")
    paid = {row["id"] for row in await store.rows("orders", "select id from orders where status = 'paid'")}
    return [f"order {id_} is paid without stock" for id_ in paid - sold] + [
        f"order {id_} has its stock, and is not paid" for id_ in sold - paid
    ]


ALL: dict[str, Check] = {
    "stock": stock,
    "residue": residue,
    "charges": charges,
    "ledger": ledger,
    "sold and paid": sold_and_paid,
}


async def complaints(store: ProofStore) -> list[str]:
    """The complaints of the checks of `ALL`."""
    return [f"{name}: {complaint}" for name, check in ALL.items() for complaint in await check(store)]


async def waiting(store: ProofStore) -> list[str]:
    """P16 P17: held jobs, dead letters, halted pollers, and confirmations of paid orders that were not sent."""
    complaints = []
    for service in SERVICES:
        row = (await store.rows(service, _HELD))[0]
        complaints += [f"{service}: {count} {what}" for what, count in row.items() if count]
    unsent = await store.value("orders", _UNSENT)
    return complaints + ([f"{unsent} paid orders without their mail"] if unsent else [])


async def everything(store: ProofStore) -> list[str]:
    """The complaints of all checks and of `waiting`."""
    return [*await waiting(store), *await complaints(store)]


async def remaining(store: ProofStore, check: Check, seconds: float) -> list[str]:
    """The complaints that a check still has after at most so many seconds: events may still be in progress."""
    found: list[str] = []

    async def passes() -> bool:
        found[:] = await check(store)
        return not found

    with suppress(TimeoutError):
        await eventually(passes, seconds, "the check to pass")
    return found
