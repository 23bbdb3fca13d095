"""SQL for intents, charges, movements and lists of events. Each function runs in the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson

from stripe_double.objects.records import Charge, Intent, Movement
from stripe_double.protocol.params import Listing


def put_intent(db: sqlite3.Connection, intent: Intent) -> None:
    """Insert an intent, or replace it by id."""
    db.execute(
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


def get_intent(db: sqlite3.Connection, intent: str) -> Intent | None:
    """An intent by id; None if there is none."""
    row = db.execute("SELECT doc FROM intents WHERE id = ?", (intent,)).fetchone()
    return None if row is None else Intent(**orjson.loads(row[0]))


def list_intents(db: sqlite3.Connection, wanted: Listing) -> list[Intent]:
    """Intents, newest first; one more than the limit if there are more. `starting_after` must exist."""
    where = [f"created {sign} ?" for sign, _ in wanted.created]
    values: list[str | int] = [moment for _, moment in wanted.created]
    if wanted.starting_after is not None:
        where.append("(created, seq) < (SELECT created, seq FROM intents WHERE id = ?)")
        values.append(wanted.starting_after)
    if wanted.customer is not None:
        where.append("json_extract(CAST(doc AS TEXT), '$.customer') = ?")
        values.append(wanted.customer)
    condition = " AND ".join(where) or "true"
    rows = db.execute(
        f"SELECT doc FROM intents WHERE {condition} ORDER BY created DESC, seq DESC LIMIT ?",
        (*values, wanted.limit + 1),
    )
    return [Intent(**orjson.loads(doc)) for (doc,) in rows]


def put_charge(db: sqlite3.Connection, charge: Charge) -> None:
    """Insert a charge, or replace it by id."""
    db.execute(
        "INSERT INTO charges (id, intent, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (charge.id, charge.intent, orjson.dumps(charge)),
    )


def get_charge(db: sqlite3.Connection, charge: str | None) -> Charge | None:
    """A charge by id; None if there is none."""
    row = db.execute("SELECT doc FROM charges WHERE id = ?", (charge,)).fetchone()
    return None if row is None else Charge(**orjson.loads(row[0]))


def add_movement(db: sqlite3.Connection, charge: Charge, movement: Movement, at: float) -> None:
    """Append a movement of money at this time (Unix seconds)."""
    db.execute(
        "INSERT INTO movements (intent, charge, kind, amount, at) VALUES (?, ?, ?, ?, ?)",
        (charge.intent, charge.id, movement.kind, movement.amount, at),
    )


def all_payments(db: sqlite3.Connection, metadata: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Every intent that has these values in its metadata, with its charges, movements and refunds, oldest first, in one
    snapshot.
    """
    db.execute("BEGIN")
    refunds = "SELECT r.doc FROM refunds r JOIN charges c ON c.id = r.charge WHERE c.intent = ? ORDER BY r.seq"
    captures = "(SELECT count(*) FROM movements m WHERE m.intent = i.id AND m.kind = 'capture')"
    described = "(SELECT value FROM json_each(CAST(i.doc AS TEXT), '$.metadata') WHERE key = ?) = ?"
    condition = " AND ".join([described] * len(metadata)) or "true"
    values = [part for pair in metadata.items() for part in pair]
    for doc, count in db.execute(f"SELECT doc, {captures} FROM intents i WHERE {condition} ORDER BY seq", values):
        intent = Intent(**orjson.loads(doc))
        moves = db.execute("SELECT kind, amount, charge FROM movements WHERE intent = ? ORDER BY seq", (intent.id,))
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
            "charges": [asdict(charge) for charge in charges_of(db, intent.id)],
            "refunds": [_refund(doc) for (doc,) in db.execute(refunds, (intent.id,))],
        }


def _refund(doc: bytes) -> dict[str, Any]:
    refund = orjson.loads(doc)
    return {name: refund[name] for name in ("id", "amount", "status", "charge", "metadata")}


def event_counts(db: sqlite3.Connection) -> dict[str, int]:
    """The number of events by outcome: pending, delivered, lost, given up."""
    rows = db.execute("SELECT coalesce(outcome, 'pending'), count(*) FROM events GROUP BY 1")
    return {"pending": 0, "delivered": 0, "lost": 0, "given up": 0} | dict(rows)


def charges_of(db: sqlite3.Connection, intent: str) -> Iterator[Charge]:
    """All charges of an intent, oldest first."""
    rows = db.execute("SELECT doc FROM charges WHERE intent = ? ORDER BY seq", (intent,))
    return (Charge(**orjson.loads(doc)) for (doc,) in rows)


def list_charges(db: sqlite3.Connection, wanted: Listing, intent: str | None) -> list[Charge]:
    """Charges of one intent or of all, newest first; one more than the limit if there are more."""
    rows = db.execute(
        """
        SELECT doc FROM charges WHERE (?1 IS NULL OR intent = ?1)
          AND (?2 IS NULL OR seq < (SELECT seq FROM charges WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3
        """,
        (intent, wanted.starting_after, wanted.limit + 1),
    )
    return [Charge(**orjson.loads(doc)) for (doc,) in rows]


def list_events(db: sqlite3.Connection, wanted: Listing, kinds: list[str]) -> list[dict[str, Any]]:
    """Snapshot events of some types or of all, newest first; one more than the limit if there are more."""
    rows = db.execute(
        """
        SELECT payload FROM events WHERE json_extract(CAST(payload AS TEXT), '$.object') = 'event'
          AND (?1 = '[]' OR json_extract(CAST(payload AS TEXT), '$.type') IN (SELECT value FROM json_each(?1)))
          AND (?2 IS NULL OR seq < (SELECT seq FROM events WHERE id = ?2)) ORDER BY seq DESC LIMIT ?3
        """,
        (orjson.dumps(kinds).decode(), wanted.starting_after, wanted.limit + 1),
    )
    return [orjson.loads(payload) for (payload,) in rows]
