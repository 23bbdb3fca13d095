"""The database of each service and its roles: owner (migrates), runtime (changes rows), auditor (checks the books).

`ensure` is what a laptop and a cluster run (chassis.db.bootstrap). Its administrator needs CREATEROLE and CREATEDB and
no more: PostgreSQL 16 or newer. What is done inside a database is done by its owner, with the owner's own password.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import asyncpg
import msgspec

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Printable ASCII without blanks: what every client and server takes as the same bytes.
_PASSWORD = re.compile(r"[!-~]{8,}")
_LOCK = 0x726F6C65  # any constant, the same for all who make roles
_LOCK_WAIT = "60s"
_ITERATIONS = 4096  # PostgreSQL's own number
# The same order of text on every machine, which no upgrade of the operating system changes below an index.
_DATABASE = "template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8'"
AUDITOR_CONNECTIONS = 3


class RolesError(RuntimeError):
    """The roles cannot be made; the message says why and what to do."""


class Login(msgspec.Struct, frozen=True):
    """A role's URL, with its password and its database."""

    url: str
    role: str
    password: str
    database: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Raises RolesError: no role, no password, no database, or names that are not plain."""
        parts = urlsplit(url)
        role, password, database = (unquote(part or "") for part in (parts.username, parts.password, parts.path[1:]))
        for name in (role, database):
            if not _NAME.fullmatch(name):
                raise RolesError(f"{name!r} is not a plain name for a role or a database: a-z, 0-9 and _, at most 63")
        if not _PASSWORD.fullmatch(password):
            raise RolesError(f"The password of {role} must be 8 or more printable ASCII characters without blanks")
        return cls(url, role, password, database)


class ServiceRoles(msgspec.Struct, frozen=True):
    """The three roles of one database."""

    owner: Login
    runtime: Login
    auditor: Login

    @classmethod
    def of(cls, owner: str, runtime: str, auditor: str) -> Self:
        """From the URL of each. Raises RolesError: they are not of one database, or not three roles."""
        made = cls(*map(Login.of, (owner, runtime, auditor)))
        if len({login.database for login in made.logins}) > 1 or len({login.role for login in made.logins}) < 3:
            raise RolesError(f"{made.owner.database}: owner, runtime and auditor must be three roles of one database")
        return made

    @property
    def logins(self) -> tuple[Login, Login, Login]:
        """The three."""
        return self.owner, self.runtime, self.auditor


async def ensure(administrator: str, services: Iterable[ServiceRoles]) -> None:
    """Create or update roles, passwords, databases and grants. Idempotent; safe at the same time, and to kill.

    Raises:
        RolesError: a role or a right is not what it must be.
        asyncpg.PostgresError, OSError: the server refused, or cannot be reached.
    """
    async with _locked(administrator) as connection:
        for service in services:
            for login in service.logins:
                await _ensure_role(connection, login)
            if await connection.fetchval("select pg_has_role(current_user, 'pg_monitor', 'MEMBER WITH ADMIN OPTION')"):
                # Statistics of all sessions and tables, for the exporter of metrics: of no row in them.
                await connection.execute(f"grant pg_monitor to {service.auditor.role}")
            await connection.execute(
                f"alter role {service.auditor.role} connection limit {AUDITOR_CONNECTIONS};"
                f"alter role {service.auditor.role} set default_transaction_read_only = on;"
            )
            await _ensure_database(connection, service.owner)
            await _ensure_grants(service)
            for login in (service.runtime, service.auditor):
                await (await _connect(login.url)).close()  # its secret opens its database


async def _connect(url: str) -> asyncpg.Connection[Any]:
    return await asyncpg.connect(url, timeout=30, command_timeout=120, statement_cache_size=0)


@asynccontextmanager
async def _locked(administrator: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await _connect(administrator)
    try:
        await connection.execute(f"set lock_timeout = '{_LOCK_WAIT}'")
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        yield connection
    except asyncpg.LockNotAvailableError as error:
        raise RolesError("Another run has been making roles for a minute: wait for it, and run this again") from error
    finally:
        await connection.close()


async def _ensure_role(connection: asyncpg.Connection[Any], login: Login) -> None:
    privileges = "select rolsuper or rolreplication or rolbypassrls from pg_roles where rolname = $1"
    privileged = await connection.fetchval(privileges, login.role)
    if privileged:
        raise RolesError(
            f"The role {login.role} is a superuser, replicates or bypasses row security: take that from it"
        )
    if privileged is None:
        await connection.execute(f"create role {login.role}")
    rights = "login nocreatedb nocreaterole"
    await connection.execute(f"alter role {login.role} {rights} password '{verifier(login.password)}'")


async def _ensure_database(connection: asyncpg.Connection[Any], owner: Login) -> None:
    by = "select pg_get_userbyid(datdba) from pg_database where datname = $1"
    owned = await connection.fetchval(by, owner.database)
    if owned is None:
        # To give a database away, one must be able to become its owner; a superuser is.
        if not await connection.fetchval("select pg_has_role(current_user, $1, 'SET')", owner.role):
            await connection.execute(f"grant {owner.role} to current_user with inherit false, set true")
        await connection.execute(f"create database {owner.database} owner {owner.role} {_DATABASE}")
    elif owned != owner.role:
        raise RolesError(f"The database {owner.database} belongs to {owned}, not to {owner.role}")


async def _ensure_grants(service: ServiceRoles) -> None:
    database, runtime, auditor = service.owner.database, service.runtime.role, service.auditor.role
    connection = await _connect(service.owner.url)
    try:
        # One transaction: nobody is shut out in between.
        await connection.execute(
            f"revoke all on database {database} from public, {runtime}, {auditor};"
            f"grant connect on database {database} to {runtime}, {auditor};"
            f"revoke all on schema public from public, {runtime}, {auditor};"
            f"grant usage on schema public to {runtime}, {auditor};"
        )
    finally:
        await connection.close()


def grants_of_runtime(role: str) -> str:
    """What the runtime role may do with all that the owner will make: rows, never a table."""
    _plain(role)
    return (
        f"grant usage on schema public to {role};"
        f"alter default privileges in schema public grant select, insert, update, delete on tables to {role};"
        f"alter default privileges in schema public grant usage, select on sequences to {role};"
        f"alter default privileges in schema public grant execute on functions to {role};"
    )


def grants_of_auditor(role: str, tables: Sequence[str]) -> str:
    """What the auditor may read: these tables, or of `a (b c)` two columns, and no other."""
    _plain(role)
    reads = ""
    for table in tables:
        name, _, columns = table.removesuffix(")").partition(" (")
        for each in (name, *columns.split()):
            _plain(each)
        named = f" ({', '.join(columns.split())})" if columns else ""
        reads += f"grant select{named} on {name} to {role};"
    return f"grant usage on schema public to {role};revoke all on all tables in schema public from {role};{reads}"


def _plain(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise RolesError(f"{name!r} is not a plain name")


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL keeps of a password (RFC 5803): sent instead of it, so that no log can hold it."""
    salt = os.urandom(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    texts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{texts[0]}${texts[1]}:{texts[2]}"
