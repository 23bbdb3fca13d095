"""What was asked for after the payment is there once: transfers, pieces, parcels, returns, documents and mails."""

from __future__ import annotations

import collections
import email
from collections.abc import Iterable, Mapping
from typing import Any

from proofs.asked import Asked
from proofs.store import ProofStore

_TABLES = ("refunds", "cancellations", "parcels", "returns")
_OF_ORDERS = "select id::text, order_id::text as order_id from {table} where order_id = any($1::uuid[])"
_REFUNDS = "select id::text, amount, status from refunds where order_id = any($1::uuid[])"
_DOCUMENTS = """
select kind, coalesce(refund_id, order_id)::text as subject from documents where order_id = any($1::uuid[])
"""
_ASKED_BACK = """
select r.id::text, r.order_id::text, sum((line ->> 'quantity')::bigint)::bigint as pieces
from restocks r, jsonb_array_elements(r.lines) line group by r.id
"""
_COUNTED = """
select restock_id::text as id, sum(quantity)::bigint as pieces from restock_lines where outcome = 'counted' group by 1
"""
_MOVED = "select coalesce(sum(delta), 0)::bigint from stock_movements where reason = 'restocked'"
_MAILS = """
select order_id::text, kind, subject::text, sent_at from mails_about where order_id = any($1::uuid[])
union all
select order_id::text, 'shipped', id::text, mailed_at from parcels
where order_id = any($1::uuid[]) and mailed_at is not null
"""
_ADJUSTED = "select reason, count(*) as times from stock_movements where reason = any($1) group by 1"
_BY_HAND = """
select o.id::text, o.status, count(*) filter (where e.kind = 'edited') as edits,
       count(*) filter (where e.kind = 'money_received') as receipts
from orders o join order_events e on e.order_id = o.id where o.id = any($1::uuid[]) group by o.id
"""
_IMPORTED = "select slug, count(*) as times from products where slug = any($1) group by 1"


async def complaints(asked: Asked, store: ProofStore) -> list[str]:
    """What is missing, and what is there more than once."""
    return [
        *await _rows(store, asked),
        *await _transfers(store, asked),
        *await _documents(store, asked),
        *await _shelf(store, asked),
        *await _mails(store, asked),
        *await _disputes(store, asked),
        *await _customers(store, asked),
        *await _catalog(store, asked),
        *await _drafts(store, asked),
    ]


async def _rows(store: ProofStore, asked: Asked) -> list[str]:
    """The orders have what was answered, and nothing else."""
    found = []
    for table in _TABLES:
        rows = await store.rows("orders", _OF_ORDERS.format(table=table), list(asked.orders))
        there, wanted = {row["id"]: row["order_id"] for row in rows}, getattr(asked, table)
        found += [f"{table}: {name} of order {order} is lost" for name, order in wanted.items() if name not in there]
        found += [
            f"{table}: {name} of order {order} is one too many" for name, order in there.items() if name not in wanted
        ]
    return found


async def _transfers(store: ProofStore, asked: Asked) -> list[str]:
    """Each refund is one transfer at the provider, of its amount."""
    made: dict[str, list[int]] = collections.defaultdict(list)
    for each in await store.at_provider("refunds"):
        made[each["metadata"].get("refund_id", "")].append(each["amount"])
    found = []
    for row in await store.rows("orders", _REFUNDS, list(asked.orders)):
        if made[row["id"]] != [row["amount"]] or asked.amounts.get(row["id"], row["amount"]) != row["amount"]:
            told = asked.amounts.get(row["id"], "what came back")
            found.append(f"refund {row['id']} of {row['amount']}, asked for as {told}: transfers of {made[row['id']]}")
        if row["status"] != "refunded":
            found.append(f"refund {row['id']} is {row['status']}")
    return found


async def _documents(store: ProofStore, asked: Asked) -> list[str]:
    """One invoice of each order, one credit note of each refund."""
    rows = await store.rows("orders", _DOCUMENTS, list(asked.orders))
    there = collections.Counter((row["kind"], row["subject"]) for row in rows)
    wanted = [("invoice", order) for order in asked.orders] + [("credit_note", name) for name in asked.refunds]
    return _counts("documents", there, wanted)


async def _shelf(store: ProofStore, asked: Asked) -> list[str]:
    """The pieces of each order went back once: asked for by orders, and counted by the catalog."""
    wanted = await store.rows("orders", _ASKED_BACK)
    counted = {row["id"]: row["pieces"] for row in await store.rows("catalog", _COUNTED)}
    moved = await store.value("catalog", _MOVED)
    found = [
        f"restock {row['id']} of {row['pieces']} pieces: {counted.get(row['id'], 0)} were counted"
        for row in wanted
        if counted.pop(row["id"], 0) != row["pieces"]
    ]
    found += [f"restock {name} is not known to orders" for name in counted]
    of_orders: collections.Counter[str] = collections.Counter()
    for row in wanted:
        of_orders[row["order_id"]] += row["pieces"]
    if moved != of_orders.total():
        found.append(f"{moved} pieces were moved to the shelf, of {of_orders.total()}")
    return found + [
        f"of order {order} {of_orders[order]} pieces went back, not {asked.on_shelf[order]}"
        for order in asked.orders
        if of_orders[order] != asked.on_shelf[order]
    ]


async def _mails(store: ProofStore, asked: Asked) -> list[str]:
    """Each mail is known as sent, and there; its copies, sent again after a kill, are the same mail."""
    there: dict[str, set[str]] = collections.defaultdict(set)
    files = sorted((store.store.state / "mail").glob("*.eml"))
    for file in files:
        message = email.message_from_bytes(file.read_bytes())
        parts = [str(part.get_payload()) for part in message.walk() if not part.is_multipart()]
        there[str(message["Message-ID"]).strip("<>").partition("@")[0]].add("".join(parts))
    found = [f"mail {name} was sent as {len(texts)} different ones" for name, texts in there.items() if len(texts) > 1]
    rows = await store.rows("orders", _MAILS, list(asked.orders))
    # The mailbox keeps the newest alone; the first part of a file's name is the time in microseconds.
    oldest = int(files[0].name.partition("-")[0]) / 1e6 if files else 0.0
    for row in rows:
        name = f"{row['order_id']}.{row['kind']}.{row['subject']}"
        if name not in there and row["sent_at"].timestamp() > oldest + 60:
            found.append(f"mail {name} is known as sent, and is not there")
    subjects: dict[str, Iterable[str]] = {
        "shipped": asked.parcels,
        "refunded": asked.refunds,
        "cancelled_by_shop": asked.cancellations,
        "return_approved": asked.returns,
        "return_received": asked.returns,
    }
    sent = collections.Counter((row["kind"], row["subject"]) for row in rows if row["kind"] in subjects)
    return found + _counts("mails", sent, [(kind, name) for kind, names in subjects.items() for name in names])


async def _disputes(store: ProofStore, asked: Asked) -> list[str]:
    """The bank was sent the evidence once."""
    sent = {each["id"]: each["evidence_details"]["submission_count"] for each in await store.at_provider("disputes")}
    return [f"dispute {name} was answered {sent.get(name, 0)} times" for name in asked.disputes if sent.get(name) != 1]


async def _customers(store: ProofStore, asked: Asked) -> list[str]:
    """An account has one customer at the provider; a deleted one has none."""
    listed = await store.at_provider("customers") if asked.accounts else []
    there = collections.Counter(each["metadata"].get("account_id") for each in listed)
    return [
        f"account {name} has {there[name]} customers at the provider{' after it was deleted' if deleted else ''}"
        for name, deleted in asked.accounts.items()
        if there[name] != (0 if deleted else 1)
    ]


async def _catalog(store: ProofStore, asked: Asked) -> list[str]:
    """Each adjustment of the stock was counted once, and each imported product is there once."""
    adjusted = {row["reason"]: row["times"] for row in await store.rows("catalog", _ADJUSTED, list(asked.adjustments))}
    imported = {row["slug"]: row["times"] for row in await store.rows("catalog", _IMPORTED, list(asked.products))}
    return _counts("adjustments", adjusted, asked.adjustments) + _counts("products", imported, asked.products)


async def _drafts(store: ProofStore, asked: Asked) -> list[str]:
    """Each is a paid order, corrected once, whose money came once."""
    there = {row["id"]: tuple(row.values())[1:] for row in await store.rows("orders", _BY_HAND, list(asked.drafts))}
    return [
        f"draft {name}: status, edits and receipts are {there.get(name)}"
        for name in asked.drafts
        if there.get(name) != ("paid", 1, 1)
    ]


def _counts(what: str, there: Mapping[Any, int], wanted: Iterable[Any]) -> list[str]:
    """A complaint about each that is not there once, and about each that nobody wanted."""
    names = set(wanted)
    return [f"{what}: {name} is there {there.get(name, 0)} times" for name in names if there.get(name, 0) != 1] + [
        f"{what}: {name} was not asked for" for name in there if name not in names
    ]
