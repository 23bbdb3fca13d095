"""Identifiers: UUIDv7 (RFC 9562), so that rows made together lie together in an index."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """A UUIDv7 of this moment: 48 bits of Unix milliseconds, 74 random bits.

    The clock is this process's: where the order of ids matters, take them from the database's uuidv7().
    """
    milliseconds = time.time_ns() // 1_000_000
    tail = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return UUID(int=value)
