"""What happens where an account would get an address that another one has: the database refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from identity.problems import EmailTaken


@contextmanager
def refused(advice: str) -> Iterator[None]:
    """Refuse it within the block, which has the whole transaction.

    Raises:
        EmailTaken: with this advice.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name != "accounts_email_once":
            raise
        raise EmailTaken(advice) from None
