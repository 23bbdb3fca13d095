"""Idempotency keys, as Stripe keeps them: an answer is stored with its effect and given again to a repeated call.

Answers of calls that began are stored, refusals (402, 400 for a wrong state) too; a malformed call is never stored.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stripe_double.answers import Answer
from stripe_double.errors import invalid, key_in_use, key_reused

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

LONGEST = 255
LIFETIME = 24 * 3600.0
"""Seconds that a key is known for."""


def fingerprint(path: str, body: bytes) -> bytes:
    """Equal for calls of one path with the same parameters, in whatever order they are written."""
    return hashlib.sha256(b"\n".join([path.encode(), *sorted(body.split(b"&"))])).digest()


class InFlight:
    """Keys of the calls that run now in this process, the only one on the book."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def hold(self, key: str | None) -> Iterator[None]:
        """409 while another call holds the key."""
        if key is None:
            yield
            return
        if len(key) > LONGEST:
            raise invalid("idempotency_key", f"Idempotency keys can have up to {LONGEST} characters.")
        if key in self._keys:
            raise key_in_use(key)
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)


def once(
    book: sqlite3.Connection, key: str | None, mark: bytes, request: str, now: float, act: Callable[[], Answer]
) -> Answer:
    """Runs `act` in the caller's transaction unless the key has its answer already."""
    if key is None:
        return act()
    book.execute("DELETE FROM idempotency WHERE key = ? AND created < ?", (key, now - LIFETIME))
    row = book.execute("SELECT fingerprint, status, body, request FROM idempotency WHERE key = ?", (key,)).fetchone()
    if row is None:
        answer = act()
        book.execute(
            "INSERT INTO idempotency (key, fingerprint, status, body, request, created) VALUES (?, ?, ?, ?, ?, ?)",
            (key, mark, answer.status, answer.body, request, now),
        )
        return answer
    if row[0] != mark:
        return Answer.of(key_reused(key))
    return Answer(row[1], row[2], replay_of=row[3])


def keep(book: sqlite3.Connection, key: str | None, answer: Answer) -> None:
    """From now on the key gives this answer: that of a call which took effect and failed after it."""
    book.execute("UPDATE idempotency SET status = ?, body = ? WHERE key = ?", (answer.status, answer.body, key))
