"""SQL of codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MAX_CODES_OF_ONE = 100_000
"""As the check `discounts_code_count` has it."""

# The discount's row is locked, so that nobody else adds to it meanwhile.
_ADD = """
with added as (
    insert into discount_codes (code, discount_id, once, batch)
    select code, $1, $3, $4 from unnest($2::text[]) as new (code) order by code
    on conflict (code) do nothing returning code
), counted as (
    update discounts set code_count = code_count + (select count(*) from added), updated_at = now()
    where id = $1 and exists (select from added)
)
select coalesce(array_agg(code), '{}') from added
"""
_OTHERS = """
select coalesce(array_agg(code order by code), '{}') from discount_codes where code = any($2) and discount_id <> $1
"""
_BATCH = "select count(*) from discount_codes where discount_id = $1 and batch = $2"
_PAGE = """
select c.code, c.once, c.disabled, c.batch, c.created_at, c.once and exists (
    select from discount_uses u where u.code = c.code and u.once and u.state = 'taken'
) as spent
from discount_codes c
where c.discount_id = $1 and c.code > $2 and ($4::uuid is null or c.batch = $4) order by c.code limit $3
"""
_DISABLE = "update discount_codes set disabled = $3 where discount_id = $1 and code = $2"


class StoredCode(msgspec.Struct, frozen=True):
    """A code. `spent`: it is good for one order, which was placed."""

    code: str
    once: bool
    disabled: bool
    spent: bool
    batch: UUID | None
    created_at: datetime


async def add(tx: WriteTx, discount_id: UUID, codes: Sequence[str], *, once: bool, batch: UUID | None) -> set[str]:
    """Give a discount, whose row is locked by `tx`, these codes; those of them that were free.

    Raises:
        asyncpg.CheckViolationError: `discounts_code_count`, it would have too many.
    """
    return set(await tx.value(_ADD, discount_id, codes, once, batch))


async def of_others(tx: ReadTx, discount_id: UUID, codes: Sequence[str]) -> list[str]:
    """Those of these codes that another discount has."""
    found: list[str] = await tx.value(_OTHERS, discount_id, codes)
    return found


async def drawn(tx: ReadTx, discount_id: UUID, batch: UUID) -> int:
    """How many codes a request drew."""
    return int(await tx.value(_BATCH, discount_id, batch))


async def page(tx: ReadTx, discount_id: UUID, after: str, limit: int, batch: UUID | None = None) -> list[StoredCode]:
    """Codes of a discount after this one, in the order of their signs."""
    return await tx.rows(StoredCode, _PAGE, discount_id, after, limit, batch)


async def disable(tx: WriteTx, discount_id: UUID, code: str, *, disabled: bool) -> bool:
    """Whether the discount has this code, which is now so."""
    return bool(await tx.execute(_DISABLE, discount_id, code, disabled))
