"""Calls to the payment service about what it keeps of orders. Each is safe to repeat.

Every call may raise chassis.problems.Unavailable: its effect is then unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec

from chassis.http import ServiceProblem
from chassis.problems import Unavailable
from orders.context import OrdersContext
from orders.privacy.problems import ErasureBlocked

_SECONDS = 8.0
T = TypeVar("T")


class _Open(msgspec.Struct, frozen=True):
    open: list[str]


class Copy(msgspec.Struct, frozen=True):
    """Rows by table; `next`: where the next page begins."""

    tables: dict[str, list[dict[str, Any]]]
    next: str | None = None


class Known(msgspec.Struct, frozen=True):
    """An account or an order that was erased."""

    subject: UUID
    kind: Literal["account", "order"]
    erased_at: datetime


class KnownPage(msgspec.Struct, frozen=True):
    """Erasures by their subject; `next`: after which the next page begins."""

    erasures: list[Known]
    next: UUID | None = None


class _Done(msgspec.Struct, frozen=True):
    erased: bool


async def open_matters(ctx: OrdersContext, order_ids: Sequence[UUID]) -> list[str]:
    """Why the payments of these orders cannot be erased now: at most 100 orders."""
    return (await _call(ctx, "POST", "/internal/orders/open-matters", _Open, {"order_ids": order_ids})).open


async def erase(ctx: OrdersContext, order_ids: Sequence[UUID]) -> None:
    """Erase the person from the payments of these orders: at most 100. Raises ErasureBlocked."""
    await _call(ctx, "POST", "/internal/orders/erasure", _Done, {"order_ids": order_ids})


async def copy_of(ctx: OrdersContext, order_ids: Sequence[UUID], after: str | None) -> Copy:
    """What is kept of the payments of these orders: at most 100."""
    return await _call(ctx, "POST", "/internal/orders/copies", Copy, {"order_ids": order_ids, "after": after})


async def erasures_after(ctx: OrdersContext, last: UUID | None) -> KnownPage:
    """The erasures that payments knows of."""
    return await _call(ctx, "GET", f"/internal/erasures?after={last}" if last else "/internal/erasures", KnownPage)


async def _call(ctx: OrdersContext, method: str, path: str, into: type[T], body: Any = None) -> T:
    try:
        return await ctx.http.call("payments", method, path, json=body, into=into, timeout=_SECONDS)
    except ServiceProblem as refused:
        if refused.type == ErasureBlocked.type:
            raise ErasureBlocked("See `reasons`.", reasons=refused.extensions.get("reasons", [])) from refused
        raise Unavailable(f"payments refused what it should know: {refused}") from refused
