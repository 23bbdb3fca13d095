"""Checks after a run: stock, orders, payments, ledger and the provider's records must agree.

Each check returns a list of complaints; an empty list is a pass. The checks read the databases, and the
provider's records over its API; they do not depend on an answer of a service.
"""

from __future__ import annotations

import collections
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from chassis.config import ServiceSpec
from chassis.ops import books
from mercat.config import environment, services
from mercat.installation import Installation
from proofs.store import SERVICES, ProofStore
from proofs.waiting import eventually

Check = Callable[[ProofStore], Awaitable[list[str]]]

_HELD = """
select (select count(*) from jobs where held_at is not null) as "held jobs",
       (select count(*) from inbox_dead) as "dead events",
       (select count(*) from inbox_cursor where halted is not null) as "halted pollers"
"""


async def records(store: ProofStore) -> list[str]:
    """P01, P04, P09, P10: what a cluster's own check of the books asks (chassis.ops.books), of all that has ended."""
    specs = services.with_database(services.discover(store.store.root))
    urls = {spec.name: _auditor_url(store.store, spec) for spec in specs}
    return await books.complaints(urls, days=2, grace=timedelta())


def _auditor_url(store: Installation, spec: ServiceSpec) -> str:
    if environment.user_database_url(store, spec) is not None:
        # The store makes no auditor where a database is given to it.
        return environment.migration(store, spec)["DATABASE_URL"]
    return environment.embedded_database_url(store, environment.auditor_role(spec), spec.database)


async def charges(store: ProofStore) -> list[str]:
    """P02: an order that was paid by card was captured once, for its total; any other order never."""
    captured, complaints = await store.captures(), []
    for row in await store.rows("orders", "select id, status, total, payment_method from orders"):
        amounts = captured.pop(str(row["id"]), [])
        by_card = row["status"] == "paid" and row["payment_method"] == "card" and row["total"] > 0
        expected = [row["total"]] if by_card else []
        if amounts != expected:
            complaints.append(f"order {row['id']} ({row['status']}, total {row['total']}) was charged {amounts}")
    return complaints + [
        f"the provider charged {amounts} for an unknown order {id_}" for id_, amounts in captured.items()
    ]


async def ledger(store: ProofStore) -> list[str]:
    """P04: the ledger has the sums of the provider."""
    booked = await store.value(
        "payments",
        "select coalesce(sum(amount), 0) from ledger_entries e join ledger_transactions t on t.id = e.transaction_id"
        " where t.kind = 'capture' and account = 'provider_receivable' and side = 'debit'",
    )
    received = sum(map(sum, (await store.captures()).values()))
    return [] if booked == received else [f"the ledger has received {booked}, the provider {received}"]


async def refunds(store: ProofStore) -> list[str]:
    """P09: each refund was made once at the provider, and is booked here as it is there."""
    kept = {row["provider_id"]: row for row in await store.rows("payments", "select * from refunds")}
    made = {each["id"]: each for each in await store.at_provider("refunds") if each["payment_intent"] is not None}
    waiting = await store.rows("payments", "select id from refunds where status = 'requested'")
    found = [f"refund {row['id']} was not made" for row in waiting]
    for name, each in made.items():
        here = kept.get(name)
        if here is None:
            found.append(f"refund {name} of the provider is not known")
        elif (here["amount"], here["status"]) != (each["amount"], each["status"]):
            found.append(f"refund {name}: {here['status']} of {here['amount']}, not {each['status']}")
    ours = collections.Counter(each["metadata"].get("refund_id") for each in made.values())
    return found + [f"refund {name} was made {times} times" for name, times in ours.items() if name and times > 1]


ALL: dict[str, Check] = {"records": records, "charges": charges, "ledger": ledger, "refunds": refunds}


async def complaints(store: ProofStore) -> list[str]:
    """The complaints of the checks of `ALL`."""
    return [f"{name}: {complaint}" for name, check in ALL.items() for complaint in await check(store)]


async def waiting(store: ProofStore) -> list[str]:
    """P16 P17: held jobs, dead letters and halted pollers."""
    complaints = []
    for service in SERVICES:
        row = (await store.rows(service, _HELD))[0]
        complaints += [f"{service}: {count} {what}" for what, count in row.items() if count]
    return complaints


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
