"""Where a service keeps what it keeps: its database, Valkey, and the cache and the limits that stand on Valkey.

A service whose service.yaml names no database has none of what stands on one: no migrations, jobs, events, feed,
audit log, nor ended sessions.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import Scope

from chassis import auth, telemetry
from chassis.auth import Principal
from chassis.cache import Cache, Valkey
from chassis.config import CommonSettings, ServiceSpec, Settings
from chassis.db import Database
from chassis.limits import Limiter

_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Storage:
    """Opened, and not connected yet."""

    db: Database
    valkey: Valkey
    cache: Cache
    limiter: Limiter


class NoDatabase(Database):
    """In the place of a database that a service does not have: whoever uses it is told so."""

    def __init__(self, service: str) -> None:
        super().__init__("", name=service)

    def _missing(self) -> NoReturn:
        raise RuntimeError(f"{self._name} has no database: its service.yaml names none")

    async def connect(self) -> None:
        """Raises RuntimeError, as all that follows."""
        self._missing()

    def read(self) -> NoReturn:
        """See `connect`."""
        self._missing()

    def report(self) -> NoReturn:
        """See `connect`."""
        self._missing()

    def write(self) -> NoReturn:
        """See `connect`."""
        self._missing()

    def write_one(self) -> NoReturn:
        """See `connect`."""
        self._missing()

    async def dedicated(self) -> NoReturn:
        """See `connect`."""
        self._missing()

    def pool_state(self) -> dict[str, tuple[int, int, int]]:
        """For the metrics: no pools."""
        return {}


def opened(
    spec: ServiceSpec, settings: CommonSettings, key: ec.EllipticCurvePrivateKey, stack: AsyncExitStack
) -> Storage:
    """The storage of a service, which `stack` closes."""
    db = _database(spec, settings)
    stack.push_async_callback(db.close)
    valkey = Valkey(settings.valkey_url.get_secret_value() if settings.valkey_url else None)
    stack.push_async_callback(valkey.aclose)
    secret = auth.secret_of(key, "rate limits")
    limiter = Limiter(valkey, spec.name, secret=secret, trusted_proxies=settings.trusted_proxies)
    return Storage(db, valkey, Cache(valkey, spec.name), limiter)


def _database(spec: ServiceSpec, settings: CommonSettings) -> Database:
    if not spec.database:
        return NoDatabase(spec.name)
    if not isinstance(settings, Settings):
        raise TypeError(f"{spec.name} has a database: its settings are a class of chassis.config.Settings")
    reader = settings.database_reader_url
    return Database(
        settings.database_url.get_secret_value(),
        name=spec.name,
        size=settings.database_pool_size,
        statement_cache=settings.database_statement_cache,
        followed=bool(spec.followed_by or settings.followed_by),
        followed_outside=bool(settings.followed_by),
        reader_url=reader.get_secret_value() if reader else None,
        lock_seconds=settings.database_lock_seconds,
    )


def check(spec: ServiceSpec, **needing: object) -> None:
    """Refuse what stands on a database in a service that has none: of `needing`, what it has; and to follow others.

    Raises:
        ValueError: names what.
    """
    wrong = [name for name, its in {**needing, "follows": spec.follows}.items() if its]
    if wrong and not spec.database:
        raise ValueError(f"{spec.name} has no database, which {' and '.join(wrong)} need: name one in its service.yaml")


async def log_denial(_scope: Scope, who: Principal, _needed: str) -> None:
    """In the place of the audit log (chassis.audit.Denials): a line of the log."""
    _log.warning("authorisation.denied", account_id=who.account_id)
