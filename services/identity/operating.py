"""What the commands of operators share: validating an address and a password, and opening identity's database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from pydantic import TypeAdapter, ValidationError

from chassis.config import WrongSettings, read_settings
from chassis.db import UNREACHABLE, Database
from chassis.web import Email, Model, PersonName
from identity.api.schemas import Password
from identity.domain.passwords import weakness
from identity.hashing import PasswordHasher
from identity.settings import IdentitySettings

T = TypeVar("T")


class AccountInput(Model):
    """What an operator types."""

    email: Email
    password: Password
    name: PersonName | None = None


def checked(email: str, password: str, name: str | None = None) -> AccountInput:
    """The input, if it is valid. Else it ends the command with a message that names the field."""
    try:
        typed = AccountInput(email=email, name=name, password=password)
    except ValidationError as wrong:
        sys.exit("; ".join(f"{error['loc'][0]}: {error['msg']}" for error in wrong.errors()))
    reason = weakness(typed.password, typed.email)
    if reason is not None:
        sys.exit(f"password: {reason}")
    return typed


def address(email: str) -> str:
    """The address as accounts have it, if it is one. Else it ends the command with a message."""
    try:
        return TypeAdapter(Email).validate_python(email)
    except ValidationError as wrong:
        sys.exit("; ".join(f"email: {error['msg']}" for error in wrong.errors()))


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[tuple[Database, PasswordHasher]]:
    """The database that the settings name, and a hasher; `name` is the name of the connection in PostgreSQL.

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
    """The result of the work. Ends the command with a message where settings are wrong or the database is away."""
    try:
        return asyncio.run(work)
    except UNREACHABLE as error:
        sys.exit(f"The database of identity does not answer. Try again when it does. ({error})")
    except (WrongSettings, OSError, ValueError, asyncpg.PostgresError) as error:
        sys.exit(str(error))
