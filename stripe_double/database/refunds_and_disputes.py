"""SQL for refunds, disputes and early fraud warnings. Each function runs in the caller's transaction."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from stripe_double.objects.errors import no_such
from stripe_double.protocol.params import Listing

_TABLES = {"refund": "refunds", "dispute": "objections", "early_fraud_warning": "objections"}
_PREFIXES = {"refund": "re_", "dispute": "du_", "early_fraud_warning": "issfr_"}


def put(db: sqlite3.Connection, kind: str, doc: dict[str, Any]) -> None:
    """Insert an object, or replace it by id. `doc` is Stripe's object."""
    db.execute(
        f"INSERT INTO {_TABLES[kind]} (id, created, charge, doc) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (doc["id"], doc["created"], doc["charge"], orjson.dumps(doc)),
    )


def get(db: sqlite3.Connection, kind: str, name: str) -> dict[str, Any]:
    """An object by id; 404 if there is none."""
    row = None
    if name.startswith(_PREFIXES[kind]):
        row = db.execute(f"SELECT doc FROM {_TABLES[kind]} WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such(kind, name, "id")
    found: dict[str, Any] = orjson.loads(row[0])
    return found


def listed(db: sqlite3.Connection, kind: str, wanted: Listing, charges: list[str] | None) -> list[dict[str, Any]]:
    """Objects of some charges or of all, newest first; one more than the limit if there are more."""
    table = _TABLES[kind]
    where = ["id GLOB ?", *(f"created {sign} ?" for sign, _ in wanted.created)]
    values: list[str | int] = [f"{_PREFIXES[kind]}*", *(moment for _, moment in wanted.created)]
    if charges is not None:
        where.append(f"charge IN ({', '.join('?' * len(charges))})")
        values += charges
    if wanted.starting_after is not None:
        get(db, kind, wanted.starting_after)
        where.append(f"seq < (SELECT seq FROM {table} WHERE id = ?)")
        values.append(wanted.starting_after)
    rows = db.execute(
        f"SELECT doc FROM {table} WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?", (*values, wanted.limit + 1)
    )
    return [orjson.loads(doc) for (doc,) in rows]


def unsettled_refunds(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Refunds whose test card has another final status."""
    rows = db.execute("SELECT doc FROM refunds WHERE json_extract(CAST(doc AS TEXT), '$._ends') IS NOT NULL")
    return [orjson.loads(doc) for (doc,) in rows]
