"""What an operator's commands share: an address and a password that are checked, and identity's database opened."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from pydantic import ValidationError

from chassis.config import WrongSettings, read_settings
from chassis.db import UNREACHABLE, Database
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.schemas import SignUp
from identity.settings import IdentitySettings

T = TypeVar("T")


def checked(email: str, password: str, name: str | None = None) -> SignUp:
    """The wish, if it can be. Ends the command with what is wrong where it cannot."""
    try:
        wish = SignUp(email=email, name=name, password=password)
    except ValidationError as wrong:
        sys.exit("; ".join(f"{error['loc'][0]}: {error['msg']}" for error in wrong.errors()))
    reason = weakness(wish.password, wish.email)
    if reason is not None:
        sys.exit(f"password: {reason}")
    return wish


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[tuple[Database, PasswordHasher]]:
    """The database that the settings name, and what makes hashes; `name` is what PostgreSQL calls the connection.

    Raises:
        WrongSettings, and whatever connecting raises.
    """
    settings = read_settings(IdentitySettings)
    db = Database(settings.database_url.get_secret_value(), name=name, size=1)
    await db.connect()
    hasher = PasswordHasher(memory_kib=settings.argon2_memory_kib, time_cost=settings.argon2_time_cost, queue=1)
    try:
        yield db, hasher
    finally:
        hasher.close()
        await db.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives. Ends the command with a message where settings or the database are in the way."""
    try:
        return asyncio.run(work)
    except UNREACHABLE as error:
        sys.exit(f"The database of identity does not answer. Try again when it does. ({error})")
    except (WrongSettings, OSError, asyncpg.PostgresError) as error:
        sys.exit(str(error))
