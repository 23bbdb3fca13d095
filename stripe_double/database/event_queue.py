"""SQL for events and their delivery."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson


class Due(NamedTuple):
    """An event to send. `payload` is the request body; `created` is Unix seconds."""

    id: str
    created: float
    payload: bytes
    attempts: int


def add(db: sqlite3.Connection, event: str, payload: dict[str, Any], now: float, due: float, *, lost: bool) -> None:
    """Insert an event. A lost one is stored but never sent."""
    db.execute(
        "INSERT INTO events (id, created, payload, due, outcome) VALUES (?, ?, ?, ?, ?)",
        (event, now, orjson.dumps(payload), due, "lost" if lost else None),
    )


def due(db: sqlite3.Connection, now: float, limit: int) -> list[Due]:
    """Up to `limit` events that are due and have no outcome, in the order of their due times."""
    rows = db.execute(
        "SELECT id, created, payload, attempts FROM events WHERE outcome IS NULL AND due <= ? ORDER BY due LIMIT ?",
        (now, limit),
    )
    return [Due(*row) for row in rows]


def next_due(db: sqlite3.Connection, now: float) -> float | None:
    """The earliest due time after now; None if there is none."""
    row = db.execute("SELECT min(due) FROM events WHERE outcome IS NULL AND due > ?", (now,)).fetchone()
    moment: float | None = row[0]
    return moment


def settle(db: sqlite3.Connection, event: str, outcome: str) -> None:
    """Record the outcome of an event's delivery."""
    db.execute("UPDATE events SET outcome = ?, attempts = attempts + 1 WHERE id = ?", (outcome, event))


def postpone(db: sqlite3.Connection, event: str, until: float) -> None:
    """Record a failed attempt and the time of the next."""
    db.execute("UPDATE events SET due = ?, attempts = attempts + 1 WHERE id = ?", (until, event))
