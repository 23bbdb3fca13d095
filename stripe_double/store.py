"""All SQL over payments: takes records, returns records. Each function runs inside the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from stripe_double.records import Charge, Intent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from stripe_double.params import Listing
    from stripe_double.records import Movement


def put_intent(book: sqlite3.Connection, intent: Intent) -> None:
    book.execute(
        """
        INSERT INTO intents (id, created, status, amount, amount_received, currency, doc)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, amount_received = excluded.amount_received,
          doc = excluded.doc
        """,
        (
            intent.id,
            intent.created,
            intent.status,
            intent.amount,
            intent.amount_received,
            intent.currency,
            orjson.dumps(intent),
        ),
    )


def get_intent(book: sqlite3.Connection, intent: str) -> Intent | None:
    row = book.execute("SELECT doc FROM intents WHERE id = ?", (intent,)).fetchone()
    return None if row is None else Intent(**orjson.loads(row[0]))


def list_intents(book: sqlite3.Connection, wanted: Listing) -> list[Intent]:
    """Newest first, one more than the limit if there is one; `starting_after` must be an intent of the book."""
    where = [f"created {sign} ?" for sign, _ in wanted.created]
    values: list[str | int] = [moment for _, moment in wanted.created]
    if wanted.starting_after is not None:
        where.append("(created, seq) < (SELECT created, seq FROM intents WHERE id = ?)")
        values.append(wanted.starting_after)
    condition = " AND ".join(where) or "true"
    rows = book.execute(
        f"SELECT doc FROM intents WHERE {condition} ORDER BY created DESC, seq DESC LIMIT ?",
        (*values, wanted.limit + 1),
    )
    return [Intent(**orjson.loads(doc)) for (doc,) in rows]


def put_charge(book: sqlite3.Connection, charge: Charge) -> None:
    book.execute(
        "INSERT INTO charges (id, intent, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (charge.id, charge.intent, orjson.dumps(charge)),
    )


def get_charge(book: sqlite3.Connection, charge: str | None) -> Charge | None:
    row = book.execute("SELECT doc FROM charges WHERE id = ?", (charge,)).fetchone()
    return None if row is None else Charge(**orjson.loads(row[0]))


def add_movement(book: sqlite3.Connection, charge: Charge, movement: Movement, at: float) -> None:
    book.execute(
        "INSERT INTO movements (intent, charge, kind, amount, at) VALUES (?, ?, ?, ?, ?)",
        (charge.intent, charge.id, movement.kind, movement.amount, at),
    )


def whole_book(book: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Every intent with its charges and movements, oldest first, as of one moment."""
    book.execute("BEGIN")
    captures = "(SELECT count(*) FROM movements m WHERE m.intent = i.id AND m.kind = 'capture')"
    for doc, count in book.execute(f"SELECT doc, {captures} FROM intents i ORDER BY seq"):
        intent = Intent(**orjson.loads(doc))
        moves = book.execute("SELECT kind, amount, charge FROM movements WHERE intent = ? ORDER BY seq", (intent.id,))
        yield {
            "id": intent.id,
            "status": intent.status,
            "amount": intent.amount,
            "amount_capturable": intent.amount_capturable,
            "amount_received": intent.amount_received,
            "currency": intent.currency,
            "created": intent.created,
            "metadata": intent.metadata,
            "captures": count,
            "movements": [{"kind": kind, "amount": amount, "charge": charge} for kind, amount, charge in moves],
            "charges": [asdict(charge) for charge in charges_of(book, intent.id)],
        }


def event_counts(book: sqlite3.Connection) -> dict[str, int]:
    """Events by what became of them: pending, delivered, lost, given up."""
    rows = book.execute("SELECT coalesce(outcome, 'pending'), count(*) FROM events GROUP BY 1")
    return {"pending": 0, "delivered": 0, "lost": 0, "given up": 0} | dict(rows)


def charges_of(book: sqlite3.Connection, intent: str) -> Iterator[Charge]:
    rows = book.execute("SELECT doc FROM charges WHERE intent = ? ORDER BY seq", (intent,))
    return (Charge(**orjson.loads(doc)) for (doc,) in rows)


def list_charges(book: sqlite3.Connection, wanted: Listing, intent: str | None) -> list[Charge]:
    """Newest first, one more than the limit if there is one; of one intent, or of all."""
    rows = book.execute(
        """
        SELECT doc FROM charges WHERE (?1 IS NULL OR intent = ?1)
          AND (?2 IS NULL OR seq < (SELECT seq FROM charges WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3
        """,
        (intent, wanted.starting_after, wanted.limit + 1),
    )
    return [Charge(**orjson.loads(doc)) for (doc,) in rows]


def list_events(book: sqlite3.Connection, wanted: Listing, kind: str | None) -> list[dict[str, Any]]:
    """Newest first, one more than the limit if there is one; of one type, or of all. Snapshots alone."""
    rows = book.execute(
        """
        SELECT payload FROM events WHERE json_extract(CAST(payload AS TEXT), '$.object') = 'event'
          AND (?1 IS NULL OR json_extract(CAST(payload AS TEXT), '$.type') = ?1)
          AND (?2 IS NULL OR seq < (SELECT seq FROM events WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3
        """,
        (kind, wanted.starting_after, wanted.limit + 1),
    )
    return [orjson.loads(payload) for (payload,) in rows]
