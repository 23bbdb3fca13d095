"""SQL of the endpoints of webhooks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx
from shop.webhooks.domain.retries import FAILING_AT_MOST, OLD_SECRET

MOST = 20
_COLUMNS = (
    "id, url, title, types, status, off_reason, secret_number, old_secret_until > statement_timestamp() as old_secret,"
    " failing_since, version, created_at, updated_at"
)
# Those who make one wait for each other, so that each finds a free place if there is one.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('webhook_endpoints', 0))"
_ADD = f"""
insert into webhook_endpoints (id, place, url, title, types)
select $1, place, $2, $3, $4 from generate_series(1, {MOST}) as place
where place not in (select e.place from webhook_endpoints e) order by place limit 1
returning {_COLUMNS}
"""
_CHANGE = f"""
update webhook_endpoints set url = $3, title = $4, types = $5, status = $6,
    off_reason = case when $6 = 'on' then null when status = 'off' then off_reason else 'staff' end,
    failing_since = case when $6 = 'on' and status = 'off' then null else failing_since end,
    version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 returning {_COLUMNS}
"""
_ROLL = f"""
update webhook_endpoints set secret_number = secret_number + 1, old_secret_until = statement_timestamp() + $3::interval,
    version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 returning {_COLUMNS}
"""
_OFF = """
update webhook_endpoints set status = 'off', off_reason = $2, version = version + 1, updated_at = statement_timestamp()
where id = $1 and status = 'on'
"""
_COUNT_OFF = "select count(*) from webhook_endpoints where status = 'off' and off_reason <> 'staff'"
_FAILED = """
update webhook_endpoints set failing_since = coalesce(failing_since, statement_timestamp())
where id = $1 returning status = 'on' and failing_since < statement_timestamp() - $2::interval
"""
_WORKED = "update webhook_endpoints set failing_since = null where id = $1 and failing_since is not null"


class Endpoint(msgspec.Struct, frozen=True):
    """An address that is told of events."""

    id: UUID
    url: str
    title: str
    types: list[str]
    status: str
    off_reason: str | None
    secret_number: int
    old_secret: bool | None
    failing_since: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def secret_numbers(self) -> list[int]:
        """Of the secrets that sign now, the newest first."""
        return [self.secret_number, self.secret_number - 1] if self.old_secret else [self.secret_number]


class Wish(msgspec.Struct, frozen=True):
    """What staff want an endpoint to be."""

    url: str
    title: str
    types: list[str]
    status: str = "on"


async def add(tx: WriteTx, endpoint_id: UUID, wish: Wish) -> Endpoint | None:
    """The new endpoint; None where there are as many as there can be."""
    await tx.value(_LOCK)
    return await tx.row(Endpoint, _ADD, endpoint_id, wish.url, wish.title, wish.types)


async def find(tx: ReadTx, endpoint_id: UUID) -> Endpoint | None:
    """One endpoint."""
    return await tx.row(Endpoint, f"select {_COLUMNS} from webhook_endpoints where id = $1", endpoint_id)


async def all_of_them(tx: ReadTx) -> list[Endpoint]:
    """All endpoints, at most MOST."""
    return await tx.rows(Endpoint, f"select {_COLUMNS} from webhook_endpoints order by id")


async def change(tx: WriteTx, endpoint_id: UUID, version: int, wish: Wish) -> Endpoint | None:
    """The endpoint as it is wanted; None where it is not of this version."""
    facts = wish.url, wish.title, wish.types, wish.status
    return await tx.row(Endpoint, _CHANGE, endpoint_id, version, *facts)


async def roll_secret(tx: WriteTx, endpoint_id: UUID, version: int) -> Endpoint | None:
    """The endpoint with another secret, the present one good for a day; None where it is not of this version."""
    return await tx.row(Endpoint, _ROLL, endpoint_id, version, OLD_SECRET)


async def delete(tx: WriteTx, endpoint_id: UUID) -> bool:
    """Delete an endpoint with its log; whether it was there."""
    return await tx.execute("delete from webhook_endpoints where id = $1", endpoint_id) == 1


async def switch_off(tx: WriteTx, endpoint_id: UUID, reason: str) -> bool:
    """Send nothing to it from now on; whether it was on."""
    return await tx.execute(_OFF, endpoint_id, reason) == 1


async def hold(tx: WriteTx, endpoint_id: UUID) -> bool:
    """Whether it is there, and keep it from being deleted until `tx` ends: endpoints are locked before deliveries."""
    return bool(await tx.value("select true from webhook_endpoints where id = $1 for key share", endpoint_id))


async def failed(tx: WriteTx, endpoint_id: UUID) -> bool:
    """Note that it did not take a message; whether it has taken none for too long."""
    return bool(await tx.value(_FAILED, endpoint_id, FAILING_AT_MOST))


async def worked(tx: WriteTx, endpoint_id: UUID) -> None:
    """Note that it took a message."""
    await tx.execute(_WORKED, endpoint_id)


async def count_off(tx: ReportTx) -> int:
    """How many were switched off, and not by staff."""
    count: int = await tx.value(_COUNT_OFF)
    return count
