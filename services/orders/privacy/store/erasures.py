"""Whose data were erased, and which orders a person has."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.privacy.domain.person import Person

Kind = Literal["account", "order"]
ANY_REPEATED = "exists (select from erasures where repeat_until > now())"
"""Whether an erasure is young enough to be repeated."""
# What was under way when it was done is done by then.
_AGAIN = "now() + interval '2 days'"
_NOTE = """
insert into erasures (subject, kind, erasure_id) select unnest($1::uuid[]), $2, $3 order by 1
on conflict (subject) do nothing
"""
_OF_PERSON = """
select coalesce(array_agg(id order by id), '{}') from (
    select o.id from orders o where o.account_id = $1 and o.erased_at is null and o.id > $3
    union select o.id from orders o where o.id = any($2::uuid[]) and o.erased_at is null and o.id > $3
    order by id limit $4
) as found
"""
# Of a guest's order: all orders without an account that were placed with its e-mail address.
_SAME_ADDRESS = """
select coalesce(array_agg(id order by id), '{}') from (
    select o.id from order_search mine join order_search s on s.email = mine.email join orders o on o.id = s.order_id
    where mine.order_id = $1 and o.account_id is null and o.erased_at is null order by o.id limit $2
) as found
"""
_ERASED = """
select coalesce(array_agg(id order by id), '{}') from (
    select o.id from orders o where o.erased_at is not null and o.id > $1 order by o.id limit $2
) as found
"""


class Erasure(msgspec.Struct, frozen=True):
    """An account, or a guest's order, that was erased."""

    subject: UUID
    kind: Kind
    erased_at: datetime


async def note(tx: WriteTx, subjects: list[UUID], kind: Kind, erasure_id: UUID | None = None) -> None:
    """Keep that they are erased; what is kept already stays."""
    await tx.execute(_NOTE, subjects, kind, erasure_id)


async def after(tx: ReadTx, last: UUID, most: int) -> list[Erasure]:
    """All erasures, by their subject."""
    sql = "select subject, kind, erased_at from erasures where subject > $1 order by subject limit $2"
    return await tx.rows(Erasure, sql, last, most)


async def repeated(tx: ReadTx, last: UUID, most: int) -> list[Erasure]:
    """Those that are still repeated, by their subject."""
    sql = """
    select subject, kind, erased_at from erasures where repeat_until > now() and subject > $1 order by subject limit $2
    """
    return await tx.rows(Erasure, sql, last, most)


async def repeat_longer(tx: WriteTx, subject: UUID) -> None:
    """Repeat one for two more days: something of it was left."""
    await tx.execute(f"update erasures set repeat_until = {_AGAIN} where subject = $1", subject)


async def repeat_all(tx: WriteTx, most: int) -> int:
    """Have erasures repeated that are not; how many."""
    sql = f"""
    update erasures set repeat_until = {_AGAIN} where subject in (
        select subject from erasures where repeat_until <= now() order by subject limit $1 for update skip locked
    )
    """
    return await tx.execute(sql, most)


async def forget(tx: WriteTx, most: int) -> int:
    """Delete what is older than ten years; how many."""
    sql = """
    delete from erasures where subject in (
        select subject from erasures where erased_at < now() - interval '10 years' order by erased_at limit $1
        for update skip locked
    )
    """
    return await tx.execute(sql, most)


async def orders_of(tx: ReadTx, person: Person, last: UUID, most: int) -> list[UUID]:
    """The next of a person's orders that are not erased, by id."""
    found: list[UUID] = await tx.value(_OF_PERSON, *person.asked, last, most)
    return found


async def same_address(tx: ReadTx, order_id: UUID, most: int) -> list[UUID]:
    """The orders of guests with the e-mail address of this one, which is among them, unless it is erased."""
    found: list[UUID] = await tx.value(_SAME_ADDRESS, order_id, most)
    return found


async def erased_orders(tx: ReadTx, last: UUID, most: int) -> list[UUID]:
    """The next orders whose person was erased, by id."""
    found: list[UUID] = await tx.value(_ERASED, last, most)
    return found
