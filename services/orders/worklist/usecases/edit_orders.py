"""Edit several orders at once: give and take tags, put away or take out. Each is edited wholly or not at all."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import Problem
from orders.checkout import Order, append_event, find_order, lock_order
from orders.context import OrdersContext
from orders.refunds import OrderNotArchivable, check_archivable, put_away
from orders.worklist.domain.tags import TagChange, change
from orders.worklist.problems import TooManyTags
from orders.worklist.store import tags

Outcome = Literal["changed", "unchanged", "refused", "not_found"]


class Edit(msgspec.Struct, frozen=True):
    """What is to be done. `archived` None: that stays as it is."""

    add_tags: list[str]
    remove_tags: list[str]
    archived: bool | None


class Edited(msgspec.Struct, frozen=True):
    """What became of one order, or would become."""

    order_id: UUID
    outcome: Outcome
    number: str | None = None
    tags: list[str] = []
    archived: bool | None = None
    problem: str | None = None


async def edit_orders(ctx: OrdersContext, order_ids: list[UUID], edit: Edit, staff_id: UUID) -> list[Edited]:
    """One order after another, each in a transaction of its own: repeated, it goes on where it ended."""
    return [await _edited(ctx, order_id, edit, staff_id) for order_id in order_ids]


async def preview_edit(ctx: OrdersContext, order_ids: list[UUID], edit: Edit) -> list[Edited]:
    """What the edit would do to these orders as they are now; nothing is written."""
    async with ctx.db.read() as tx:
        return [await _foreseen(tx, order_id, edit) for order_id in order_ids]


async def _edited(ctx: OrdersContext, order_id: UUID, edit: Edit, staff_id: UUID) -> Edited:
    order: Order | None = None
    try:
        async with ctx.db.write() as tx:
            order = await lock_order(tx, order_id)
            if order is None:
                return Edited(order_id, "not_found")
            tagged = await _tag(tx, order_id, edit, staff_id)
            moved = edit.archived is not None and await put_away(tx, order, staff_id, away=edit.archived)
    except (TooManyTags, OrderNotArchivable) as refusal:
        return _refused(order_id, order, refusal)
    outcome: Outcome = "changed" if moved or tagged.added or tagged.removed else "unchanged"
    return _answer(order, edit, tagged, outcome)


async def _tag(tx: WriteTx, order_id: UUID, edit: Edit, staff_id: UUID) -> TagChange:
    """Raises TooManyTags."""
    wanted = change(await tags.of_order(tx, order_id), edit.add_tags, edit.remove_tags)
    _check(wanted)
    if wanted.added and not await tags.keep_names(tx, wanted.added):
        raise TooManyTags(f"A shop has {tags.MOST_NAMES} different tags at most.", limit=tags.MOST_NAMES)
    if wanted.removed:
        await tags.remove(tx, order_id, wanted.removed)
    if wanted.added:
        await tags.add(tx, order_id, wanted.added, staff_id)
    if wanted.added or wanted.removed:
        told = {"added": wanted.added, "removed": wanted.removed}
        await append_event(tx, order_id, "tags_changed", told, actor=staff_id)
        await audit.record(tx, "order.tags_changed", f"order:{order_id}", after=told)
    return wanted


async def _foreseen(tx: ReadTx, order_id: UUID, edit: Edit) -> Edited:
    order = await find_order(tx, order_id)
    if order is None:
        return Edited(order_id, "not_found")
    wanted = change(await tags.of_order(tx, order_id), edit.add_tags, edit.remove_tags)
    moves = edit.archived is not None and order.progress.archived != edit.archived
    try:
        _check(wanted)
        if edit.archived is not None:
            check_archivable(order)
    except (TooManyTags, OrderNotArchivable) as refusal:
        return _refused(order_id, order, refusal)
    return _answer(order, edit, wanted, "changed" if moves or wanted.added or wanted.removed else "unchanged")


def _check(wanted: TagChange) -> None:
    if not wanted.fits:
        raise TooManyTags(f"An order has {tags.MOST} tags at most.", limit=tags.MOST)


def _refused(order_id: UUID, order: Order | None, refusal: Problem) -> Edited:
    return Edited(order_id, "refused", order.number if order else None, problem=refusal.type)


def _answer(order: Order, edit: Edit, tagged: TagChange, outcome: Outcome) -> Edited:
    archived = order.progress.archived if edit.archived is None else edit.archived
    return Edited(order.id, outcome, order.number, tagged.after, archived)
