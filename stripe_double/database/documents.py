"""SQL for objects that are stored as Stripe shows them. Each function runs in the caller's transaction.

A member whose name begins with `_` is the double's own: `public` removes it. Columns repeat members, for queries.
"""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson

from stripe_double.objects.errors import no_such
from stripe_double.protocol.params import Listing

Filters = dict[str, str | bool | list[str] | tuple[tuple[str, int], ...] | None]


class _Kind(NamedTuple):
    """Where objects of a kind are: the table, the prefix of their ids, and the columns besides id, created and doc."""

    table: str
    prefix: str
    columns: tuple[str, ...]


_KINDS = {
    "refund": _Kind("refunds", "re_", ("charge",)),
    "dispute": _Kind("objections", "du_", ("charge",)),
    "early_fraud_warning": _Kind("objections", "issfr_", ("charge",)),
    "balance_transaction": _Kind(
        "balance_transactions", "txn_", ("available_on", "currency", "type", "source", "payout", "net")
    ),
    "payout": _Kind("payouts", "po_", ("arrival_date", "status")),
    "customer": _Kind("customers", "cus_", ("email", "deleted")),
    "payment_method": _Kind("payment_methods", "pm_", ("customer", "type")),
}


def put(db: sqlite3.Connection, kind: str, doc: dict[str, Any]) -> None:
    """Insert an object, or replace it by id."""
    table, _, more = _KINDS[kind]
    columns = ("id", "created", *more)
    changed = ", ".join(f"{name} = excluded.{name}" for name in (*more, "doc"))
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}, doc) VALUES ({', '.join('?' * (len(columns) + 1))}) "
        f"ON CONFLICT (id) DO UPDATE SET {changed}",
        (*(doc.get(f"_{name}", doc.get(name)) for name in columns), orjson.dumps(doc)),
    )


def get(db: sqlite3.Connection, kind: str, name: str, param: str = "id") -> dict[str, Any]:
    """An object by id; 404 for the parameter `param` if there is none."""
    found = find(db, kind, name)
    if found is None:
        raise no_such(kind, name, param)
    return found


def find(db: sqlite3.Connection, kind: str, name: str) -> dict[str, Any] | None:
    """An object by id; None if there is none."""
    table, prefix, _ = _KINDS[kind]
    row = None
    if name.startswith(prefix):
        row = db.execute(f"SELECT doc FROM {table} WHERE id = ?", (name,)).fetchone()
    return None if row is None else dict(orjson.loads(row[0]))


def listed(db: sqlite3.Connection, kind: str, wanted: Listing, filters: Filters) -> list[dict[str, Any]]:
    """Objects, newest first; one more than the limit if there are more.

    `filters` are values of columns: a list of texts means any of them, pairs are comparisons with numbers, and None
    means that a column is not looked at.
    """
    table, prefix, _ = _KINDS[kind]
    where = ["id GLOB ?", *(f"created {sign} ?" for sign, _ in wanted.created)]
    values: list[str | int] = [f"{prefix}*", *(moment for _, moment in wanted.created)]
    for column, value in filters.items():
        if isinstance(value, tuple):
            where += [f"{column} {sign} ?" for sign, _ in value]
            values += [moment for _, moment in value]
        elif value is not None:
            among = value if isinstance(value, list) else [value]
            where.append(f"{column} IN ({', '.join('?' * len(among))})")
            values += among
    if wanted.starting_after is not None:
        get(db, kind, wanted.starting_after, "starting_after")
        where.append(f"seq < (SELECT seq FROM {table} WHERE id = ?)")
        values.append(wanted.starting_after)
    rows = db.execute(
        f"SELECT doc FROM {table} WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?", (*values, wanted.limit + 1)
    )
    return [orjson.loads(doc) for (doc,) in rows]


def unsettled(db: sqlite3.Connection, kind: str) -> list[dict[str, Any]]:
    """Objects that will change by themselves: `_ends` is the status that they will have."""
    table, prefix, _ = _KINDS[kind]
    rows = db.execute(
        f"SELECT doc FROM {table} WHERE id GLOB ? AND json_extract(CAST(doc AS TEXT), '$._ends') IS NOT NULL",
        (f"{prefix}*",),
    )
    return [orjson.loads(doc) for (doc,) in rows]


def overdue_disputes(db: sqlite3.Connection, now: int) -> list[dict[str, Any]]:
    """Disputes whose answer was due before now, and inquiries that nobody has escalated for 120 days."""
    rows = db.execute(
        """
        SELECT doc FROM (
          SELECT doc, created, json_extract(CAST(doc AS TEXT), '$.status') AS status,
            json_extract(CAST(doc AS TEXT), '$.evidence_details.due_by') AS due FROM objections WHERE id GLOB 'du_*'
        ) WHERE (status = 'needs_response' AND due < ?1)
          OR (status GLOB 'warning_*' AND status <> 'warning_closed' AND created + 120 * 86400 < ?1)
        """,
        (now,),
    )
    return [orjson.loads(doc) for (doc,) in rows]


def public(doc: dict[str, Any]) -> dict[str, Any]:
    """The object as the API shows it."""
    return {name: value for name, value in doc.items() if not name.startswith("_")}
