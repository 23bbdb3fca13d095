"""Idempotency keys: the answer of a call is stored in its transaction, and a repeated call gets the same answer.

Declines (402) and refusals because of a wrong state (400) are stored too; answers to malformed calls are not.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stripe_double.objects.errors import invalid, key_in_use, key_reused
from stripe_double.protocol.answers import Answer

MAX_KEY_LENGTH = 255
KEY_SECONDS = 24 * 3600.0
"""Seconds until a key expires."""


def fingerprint(path: str, body: bytes) -> bytes:
    """A hash of path and parameters that does not depend on the parameters' order."""
    return hashlib.sha256(b"\n".join([path.encode(), *sorted(body.split(b"&"))])).digest()


class InFlight:
    """The keys of the calls that run now. No other process uses the same database."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    @contextmanager
    def hold(self, key: str | None) -> Iterator[None]:
        """Hold a key for as long as the block runs; 409 if another call holds it."""
        if key is None:
            yield
            return
        if len(key) > MAX_KEY_LENGTH:
            raise invalid("idempotency_key", f"Idempotency keys can have up to {MAX_KEY_LENGTH} characters.")
        if key in self._keys:
            raise key_in_use(key)
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)


def run_once(
    db: sqlite3.Connection, key: str | None, mark: bytes, request: str, now: float, act: Callable[[], Answer]
) -> Answer:
    """The stored answer of the key; without one run `act` in the caller's transaction and store its answer."""
    if key is None:
        return act()
    db.execute("DELETE FROM idempotency WHERE key = ? AND created < ?", (key, now - KEY_SECONDS))
    row = db.execute("SELECT fingerprint, status, body, request FROM idempotency WHERE key = ?", (key,)).fetchone()
    if row is None:
        answer = act()
        db.execute(
            "INSERT INTO idempotency (key, fingerprint, status, body, request, created) VALUES (?, ?, ?, ?, ?, ?)",
            (key, mark, answer.status, answer.body, request, now),
        )
        return answer
    if row[0] != mark:
        return Answer.of(key_reused(key))
    return Answer(row[1], row[2], replay_of=row[3])


def replace_answer(db: sqlite3.Connection, key: str | None, answer: Answer) -> None:
    """Replace the stored answer of a key, for a call that failed after its commit."""
    db.execute("UPDATE idempotency SET status = ?, body = ? WHERE key = ?", (answer.status, answer.body, key))
