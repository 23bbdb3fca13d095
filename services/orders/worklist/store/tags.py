"""SQL of tags: the names that there are, and which order has which."""

from __future__ import annotations

from uuid import UUID

from chassis.db import ReadTx, WriteTx

# Names in all, and tags of one order.
MOST_NAMES, MOST = 1_000, 25
_LOCK = "select pg_advisory_xact_lock(hashtextextended('order_tag_names', 0))"
_KNOWN = "select tag from order_tag_names where tag = any($1) order by tag for key share"
_NAME = f"""
insert into order_tag_names (tag, place)
select new.tag, free.place from (
    select tag, row_number() over (order by tag) as turn from unnest($1::text[]) as tag
    where tag not in (select n.tag from order_tag_names n)
) as new join (
    select place, row_number() over (order by place) as turn from generate_series(1, {MOST_NAMES}) as place
    where place not in (select n.place from order_tag_names n)
) as free using (turn)
"""
# Names that an order is about to get are locked by whoever gives them, and passed over.
_UNUSED = """
select tag from order_tag_names n where not exists (select from order_tags t where t.tag = n.tag)
order by tag limit 100 for update skip locked
"""
_FORGET = """
delete from order_tag_names n where tag = any($1) and not exists (select from order_tags t where t.tag = n.tag)
"""
_ADD = f"""
insert into order_tags (order_id, tag, place, added_by, added_at)
select $1, new.tag, free.place, $3, statement_timestamp() from (
    select tag, row_number() over (order by tag) as turn from unnest($2::text[]) as tag
) as new join (
    select place, row_number() over (order by place) as turn from generate_series(1, {MOST}) as place
    where place not in (select t.place from order_tags t where t.order_id = $1)
) as free using (turn)
"""


async def of_order(tx: ReadTx, order_id: UUID) -> list[str]:
    """The tags of an order, by name."""
    found: list[str] = await tx.value(
        "select array(select tag from order_tags where order_id = $1 order by tag)", order_id
    )
    return found


async def names(tx: ReadTx) -> list[str]:
    """All names that orders have."""
    sql = """
    select array(select tag from order_tag_names n
        where exists (select from order_tags t where t.tag = n.tag) order by tag)
    """
    found: list[str] = await tx.value(sql)
    return found


async def keep_names(tx: WriteTx, wanted: list[str]) -> bool:
    """Have these names, until `tx` ends; False where there would be too many. What no order has makes room."""
    if await _count(tx, wanted) == len(wanted):
        return True
    await tx.value(_LOCK)
    await tx.execute(_NAME, wanted)
    if await _count(tx, wanted) == len(wanted):
        return True
    # Two statements: the second sees the orders that got one of them until the first had it locked.
    unused: list[str] = [tag for tag in await tx.rows(_tag, _UNUSED) if tag not in wanted]
    await tx.execute(_FORGET, unused)
    await tx.execute(_NAME, wanted)
    return await _count(tx, wanted) == len(wanted)


async def _count(tx: WriteTx, wanted: list[str]) -> int:
    return len(await tx.rows(_tag, _KNOWN, wanted))


def _tag(*, tag: str) -> str:
    return tag


async def add(tx: WriteTx, order_id: UUID, added: list[str], added_by: UUID) -> None:
    """Give an order these tags, which it has not. The caller holds its lock, and has the names."""
    await tx.execute(_ADD, order_id, added, added_by)


async def remove(tx: WriteTx, order_id: UUID, removed: list[str]) -> None:
    """Take these tags off an order. The caller holds its lock."""
    await tx.execute("delete from order_tags where order_id = $1 and tag = any($2)", order_id, removed)
