"""Refresh tokens: their form, and what using one means.

A token is `<session>.<generation>.<secret>`, the secret being an HMAC of the rest under a key outside the database. So
a child need not be stored to be given a second time, and a made-up token is recognised without the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from identity.domain.signing import signature

_FORM = re.compile(r"([0-9a-f]{32})\.([0-9]{1,15})\.([A-Za-z0-9_-]{43})")

Verdict = Literal["rotate", "replay", "reuse", "ended"]


@dataclass(frozen=True)
class RefreshToken:
    """A genuine token, however old: its secret was right."""

    session_id: UUID
    generation: int
    text: str

    @property
    def hash(self) -> bytes:
        """SHA-256 of the token, which is what is stored."""
        return hashlib.sha256(self.text.encode()).digest()


def make(key: bytes, session_id: UUID, generation: int) -> RefreshToken:
    """The token of a session's generation: always the same one."""
    claim = f"{session_id.hex}.{generation}"
    return RefreshToken(session_id, generation, f"{claim}.{signature(key, claim)}")


def parse(key: bytes, text: str) -> RefreshToken | None:
    """The token, or None where it is not genuine."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    token = make(key, UUID(match[1]), int(match[2]))
    return token if hmac.compare_digest(token.text, text) else None


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state of a session, by which a token is judged. Times are the database's."""

    generation: int
    current_hash: bytes
    parent_hash: bytes | None
    rotated_at: datetime
    ended: bool
    expired: bool
    now: datetime


def judge(token: RefreshToken, session: SessionState, grace: timedelta) -> Verdict:
    """What using `token` now means.

    "replay" gives the same child again: for the direct parent alone, for a short while, while the child is unused.
    (A used child is itself a parent by then.) It may be given any number of times: fifty requests of one page that all
    find their access token run out are no theft. "reuse" is the use of an older token: the session has to end.
    """
    if session.ended or session.expired:
        return "ended"
    if token.hash == session.current_hash:
        return "rotate"
    in_grace = grace > timedelta(0) and session.now - session.rotated_at <= grace
    if token.hash == session.parent_hash and in_grace:
        return "replay"
    return "reuse"
