"""The events of the book and what became of their delivery: all SQL over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    import sqlite3


class Due(NamedTuple):
    """An event that is to be sent. `payload` is sent as it is; `created` is Unix seconds."""

    id: str
    created: float
    payload: bytes
    attempts: int


def add(book: sqlite3.Connection, event: str, payload: dict[str, Any], now: float, due: float, *, lost: bool) -> None:
    """A lost event is written, so that the book tells of it, and never sent."""
    book.execute(
        "INSERT INTO events (id, created, payload, due, outcome) VALUES (?, ?, ?, ?, ?)",
        (event, now, orjson.dumps(payload), due, "lost" if lost else None),
    )


def due(book: sqlite3.Connection, now: float, limit: int) -> list[Due]:
    rows = book.execute(
        "SELECT id, created, payload, attempts FROM events WHERE outcome IS NULL AND due <= ? ORDER BY due LIMIT ?",
        (now, limit),
    )
    return [Due(*row) for row in rows]


def next_due(book: sqlite3.Connection, now: float) -> float | None:
    """When the first event falls due that is not due yet."""
    row = book.execute("SELECT min(due) FROM events WHERE outcome IS NULL AND due > ?", (now,)).fetchone()
    moment: float | None = row[0]
    return moment


def settle(book: sqlite3.Connection, event: str, outcome: str) -> None:
    book.execute("UPDATE events SET outcome = ?, attempts = attempts + 1 WHERE id = ?", (outcome, event))


def postpone(book: sqlite3.Connection, event: str, until: float) -> None:
    book.execute("UPDATE events SET due = ?, attempts = attempts + 1 WHERE id = ?", (until, event))
