"""Make, change and delete ways of shipping."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.pricing.store import methods
from orders.pricing.store.methods import MethodFields, StoredMethod
from orders.pricing.usecases.changing import changed_or_gone, changing, refuse_above

MAX_METHODS = 20
"""Of a zone."""


async def create_method(ctx: OrdersContext, zone_id: UUID, fields: MethodFields) -> StoredMethod:
    """A new method of a zone.

    Raises:
        NotFound: there is no such zone. RuleExists, TooManyRules.
    """
    async with changing(ctx) as tx:
        try:
            method_id = await methods.insert(tx, zone_id, fields)
        except asyncpg.ForeignKeyViolationError:
            raise NotFound("There is no such zone.") from None
        refuse_above(MAX_METHODS, await methods.count(tx, zone_id))
        return await _recorded(tx, "shipping_method.created", method_id, None)


async def replace_method(ctx: OrdersContext, method_id: UUID, version: int, fields: MethodFields) -> StoredMethod:
    """The method as it is then. Orders keep the price that they were placed with.

    Raises:
        NotFound, RuleChanged, RuleExists.
    """
    async with changing(ctx) as tx:
        before = await _method(tx, method_id)
        if not await methods.update(tx, method_id, version, fields):
            raise changed_or_gone(before)
        return await _recorded(tx, "shipping_method.changed", method_id, before)


async def delete_method(ctx: OrdersContext, method_id: UUID, version: int) -> None:
    """Raises NotFound, RuleChanged."""
    async with changing(ctx) as tx:
        before = await _method(tx, method_id)
        if before is None or not await methods.delete(tx, method_id, version):
            raise changed_or_gone(before)
        await audit.record(tx, "shipping_method.deleted", f"shipping_method:{method_id}", before=_told(before))


async def _recorded(tx: WriteTx, action: str, method_id: UUID, before: StoredMethod | None) -> StoredMethod:
    after = await _method(tx, method_id)
    assert after is not None, "this transaction wrote it"  # noqa: S101 -- narrows the type
    told = None if before is None else _told(before)
    await audit.record(tx, action, f"shipping_method:{method_id}", before=told, after=_told(after))
    return after


async def _method(tx: ReadTx, method_id: UUID) -> StoredMethod | None:
    return next(iter(await methods.methods(tx, method_id=method_id)), None)


def _told(method: StoredMethod) -> dict[str, Any]:
    """For the audit log."""
    told: dict[str, Any] = msgspec.to_builtins(method)
    return {name: value for name, value in told.items() if name not in {"id", "version"}}
