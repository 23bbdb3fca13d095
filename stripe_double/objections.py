"""SQL over what follows a charge: refunds, disputes and early fraud warnings. Each runs in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from stripe_double.errors import no_such

if TYPE_CHECKING:
    import sqlite3

    from stripe_double.params import Listing

_TABLES = {"refund": "refunds", "dispute": "objections", "early_fraud_warning": "objections"}
_PREFIXES = {"refund": "re_", "dispute": "du_", "early_fraud_warning": "issfr_"}


def put(book: sqlite3.Connection, kind: str, doc: dict[str, Any]) -> None:
    """`doc` is the object as it is answered."""
    book.execute(
        f"INSERT INTO {_TABLES[kind]} (id, created, charge, doc) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (doc["id"], doc["created"], doc["charge"], orjson.dumps(doc)),
    )


def get(book: sqlite3.Connection, kind: str, name: str) -> dict[str, Any]:
    """404 for an id that is not in the book."""
    row = None
    if name.startswith(_PREFIXES[kind]):
        row = book.execute(f"SELECT doc FROM {_TABLES[kind]} WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such(kind, name, "id")
    found: dict[str, Any] = orjson.loads(row[0])
    return found


def listed(book: sqlite3.Connection, kind: str, wanted: Listing, charges: list[str] | None) -> list[dict[str, Any]]:
    """Newest first, one more than the limit if there is one; of some charges, or of all."""
    table = _TABLES[kind]
    where = ["id GLOB ?", *(f"created {sign} ?" for sign, _ in wanted.created)]
    values: list[str | int] = [f"{_PREFIXES[kind]}*", *(moment for _, moment in wanted.created)]
    if charges is not None:
        where.append(f"charge IN ({', '.join('?' * len(charges))})")
        values += charges
    if wanted.starting_after is not None:
        get(book, kind, wanted.starting_after)
        where.append(f"seq < (SELECT seq FROM {table} WHERE id = ?)")
        values.append(wanted.starting_after)
    rows = book.execute(
        f"SELECT doc FROM {table} WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?", (*values, wanted.limit + 1)
    )
    return [orjson.loads(doc) for (doc,) in rows]


def unsettled_refunds(book: sqlite3.Connection) -> list[dict[str, Any]]:
    """Those whose card makes them end otherwise than they began."""
    rows = book.execute("SELECT doc FROM refunds WHERE json_extract(CAST(doc AS TEXT), '$._ends') IS NOT NULL")
    return [orjson.loads(doc) for (doc,) in rows]
