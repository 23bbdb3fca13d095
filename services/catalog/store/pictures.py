"""The state of fetching each picture. All pictures of one address are fetched together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from catalog.events import ChangedProduct
from catalog.store import unnamed
from chassis import jobs
from chassis.db import ReadTx, WriteTx

FETCH = "catalog.fetch_picture"
PictureStatus = Literal["waiting", "failed"]

_OF_ADDRESS = "md5(source_url) = md5($1) and source_url = $1"
_WANTED = f"{_OF_ADDRESS} and digest is null and given_up_at is null"
_CLAIM = f"""
with ours as (
    update media set tries = tries + 1, fetching_until = now() + interval '3 minutes'
    where id in (select id from media where {_WANTED} order by id for update)
      and (fetching_until is null or fetching_until < now())
    returning tries
)
select coalesce((select max(tries) from ours), 0) as tries, exists(select from media where {_WANTED}) as waiting
"""
_KNOWN = f"""
select digest, width, height, widths from media
where {_OF_ADDRESS} and digest is not null and widths is not null and stored_at > now() - interval '1 hour'
order by stored_at desc limit 1
"""
# In the order in which an import locks them.
_LOCK_PRODUCTS = f"""
select id from products where id in (select product_id from media where {_WANTED}) order by slug for no key update
"""
_STORE = f"""
with stored as (
    update media set digest = $2, content_type = 'image/webp', width = $3, height = $4, widths = $5, stored_at = now(),
        fetching_until = null, failure = null, failure_reason = null
    where {_WANTED} returning product_id
)
update products set version = version + 1, updated_at = now() where id in (select product_id from stored)
returning id, slug, version
"""
_FAIL = f"""
update media set failure = $2, failure_reason = $3, fetching_until = null, given_up_at = case when $4 then now() end
where {_WANTED}
"""
_PUT_BACK = f"update media set tries = greatest(tries - 1, 0), fetching_until = null where {_WANTED}"
_ADDRESSES_AGAIN = """
with chosen as (
    select id from media
    where digest is null and id > $1 and ($2::uuid[] is null or id = any($2)) and (given_up_at is not null or tries = 0)
    order by id limit $3 for update
),
again as (
    update media set tries = 0, given_up_at = null, fetching_until = null, failure = null, failure_reason = null
    where id in (select id from chosen) returning id, source_url
)
select coalesce(max(id::text), '') as last, count(*) as pictures,
       coalesce(array_agg(distinct source_url), '{}') as addresses
from again
"""
_LIST = """
select m.id, p.slug as product_slug, p.title as product_title, m.source_url, m.tries, m.failure as code,
       m.failure_reason as reason, m.given_up_at as gave_up_at
from media m join products p on p.id = m.product_id
where m.digest is null and (m.given_up_at is not null) = $1 and ($2::uuid is null or m.id < $2)
order by m.id desc limit $3
"""
_PROGRESS = """
select count(*) filter (where given_up_at is null) as waiting,
       count(*) filter (where given_up_at is null and tries < 2) as fresh,
       coalesce(sum(tries) filter (where given_up_at is null), 0)::bigint as tries,
       count(given_up_at) as failed
from media where digest is null
"""


class FetchPicture(msgspec.Struct, frozen=True):
    """The job of one address."""

    source_url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """tries: how often it was tried, this time included; 0: nothing to do here. waiting: not fetched yet."""

    tries: int
    waiting: bool


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """A stored picture; width and height are those of the largest of `widths`."""

    digest: str
    width: int
    height: int
    widths: list[int]


@dataclass(frozen=True, slots=True)
class MissingPicture:
    """A picture that is not stored. `gave_up_at` None: it is still to be fetched."""

    id: UUID
    product_slug: str
    product_title: str
    source_url: str
    tries: int
    code: str | None
    reason: str | None
    gave_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """waiting: pictures to be fetched; fresh: those of them that were not yet tried twice; tries: of all of them;
    failed: given up.
    """

    waiting: int
    fresh: int
    tries: int
    failed: int


@dataclass(frozen=True, slots=True)
class _Again:
    last: str
    pictures: int
    addresses: list[str]


async def enqueue(tx: WriteTx, addresses: Sequence[str]) -> None:
    """Have these addresses fetched once `tx` has committed."""
    await jobs.enqueue_many(tx, FETCH, [FetchPicture(address) for address in dict.fromkeys(addresses)])


async def claim(tx: WriteTx, address: str) -> Claim:
    """Claim the pictures of an address for three minutes, unless another process has them."""
    found = await tx.row(Claim, _CLAIM, address)
    assert found is not None  # noqa: S101 -- an aggregate has a row
    return found


async def known(tx: ReadTx, address: str) -> FetchedPicture | None:
    """The picture of the address, if it was fetched less than an hour ago."""
    return await tx.row(FetchedPicture, _KNOWN, address)


async def store(tx: WriteTx, address: str, picture: FetchedPicture) -> list[ChangedProduct] | None:
    """Set it for all products with this address. None: its objects are being deleted; store it under another digest."""
    if not await unnamed.lock_digest(tx, picture.digest):
        return None
    await tx.execute(_LOCK_PRODUCTS, address)
    row = (picture.digest, picture.width, picture.height, picture.widths)
    return await tx.rows(ChangedProduct, _STORE, address, *row)


async def fail(tx: WriteTx, address: str, code: str, reason: str, *, for_good: bool) -> None:
    """Record the failure; `for_good`: it is fetched again only on request."""
    await tx.execute(_FAIL, address, code, reason[:500], for_good)


async def undo_claim(tx: WriteTx, address: str) -> None:
    """End a claim and do not count the try: the failure was not the picture's."""
    await tx.execute(_PUT_BACK, address)


async def again(tx: WriteTx, after: UUID, ids: Sequence[UUID] | None, most: int) -> tuple[int, UUID | None]:
    """Fetch failed and never tried pictures again, at most `most` of those with an id above `after`.

    How many, and the last of them.
    """
    found = await tx.row(_Again, _ADDRESSES_AGAIN, after, ids, most)
    if found is None or not found.pictures:
        return 0, None
    await enqueue(tx, found.addresses)
    return found.pictures, UUID(found.last)


async def missing(tx: ReadTx, status: PictureStatus, *, before: UUID | None, limit: int) -> list[MissingPicture]:
    """Failed or waiting pictures, the newest first."""
    return await tx.rows(MissingPicture, _LIST, status == "failed", before, limit)


async def progress(tx: ReadTx) -> Progress:
    """The numbers of waiting and failed pictures."""
    found = await tx.row(Progress, _PROGRESS)
    assert found is not None  # noqa: S101 -- an aggregate has a row
    return found
