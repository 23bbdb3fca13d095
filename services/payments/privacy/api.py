"""For identity and orders, which lead export and erasure. Everything here may be repeated.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field

from chassis.auth import internal_router
from chassis.db import exports
from chassis.problems import Invalid, responses
from chassis.web import Model, pagination
from chassis.web.pagination import Cursor
from payments.context import Ctx
from payments.privacy import store
from payments.privacy.domain import reasons_of
from payments.privacy.problems import ErasureBlocked
from payments.privacy.usecases.erase_account import erase_account
from payments.privacy.usecases.erase_orders import erase_orders

router = internal_router()
_FIRST = UUID(int=0)
_KNOWN_AT_ONCE = 1_000


class Orders(Model):
    """Orders by their ids."""

    order_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class Copies(Orders):
    """Orders, and where the page begins."""

    after: Cursor | None = None


class ErasureRequest(Model):
    """Identity's id of the erasure."""

    erasure_id: UUID


class OpenMatters(Model):
    """Why something cannot be erased now; none: it can."""

    open: list[str]


class Done(Model):
    """That it is erased."""

    erased: Literal[True] = True


class Copy(Model):
    """Rows by table; `next`: `after` of the next page."""

    tables: dict[str, list[dict[str, Any]]]
    next: str | None

    @classmethod
    def of(cls, page: exports.ExportPage) -> Self:
        """The API's form of a page."""
        return cls(tables=page.tables, next=pagination.encode(page.next) if page.next else None)


class KnownErasure(Model):
    """An account or an order that was erased."""

    subject: UUID
    kind: Literal["account", "order"]
    erased_at: datetime


class KnownErasures(Model):
    """By their subject; `next`: after which the next page begins."""

    erasures: list[KnownErasure]
    next: UUID | None


def _place(after: str | None) -> tuple[str, str] | None:
    if not after:
        return None
    place: tuple[str, str] = pagination.decode(after, tuple[str, str])
    if any("\0" in part for part in place):
        raise Invalid("No page begins there.")
    return place


@router.get("/people/{account_id}", summary="What is kept of an account itself")
async def read(account_id: UUID, ctx: Ctx, after: Annotated[Cursor | None, Query()] = None) -> Copy:
    """Its customer at Stripe. The payments of its orders are in the answer of orders."""
    async with ctx.db.read() as tx:
        return Copy.of(await exports.read(tx, store.OF_ACCOUNT, [account_id], _place(after)))


@router.get("/people/{account_id}/erasure", summary="Why an account cannot be erased now")
async def check(account_id: UUID, ctx: Ctx) -> OpenMatters:  # noqa: ARG001 -- the contract of every service
    """Saved cards can always go; what is open about its orders, orders tells."""
    return OpenMatters(open=[])


@router.post("/people/{account_id}/erasure", summary="Delete the saved cards of an account")
async def erase(account_id: UUID, _wanted: ErasureRequest, ctx: Ctx) -> Done:
    """For good; the customer at Stripe goes within a minute, or as soon as Stripe answers."""
    await erase_account(ctx, account_id)
    return Done()


@router.post("/orders/open-matters", summary="Why the payments of orders cannot be erased now")
async def check_orders(wanted: Orders, ctx: Ctx) -> OpenMatters:
    """In plain sentences."""
    async with ctx.db.read() as tx:
        found = await store.open_payments(tx, wanted.order_ids)
    return OpenMatters(open=[reason for payment in found for reason in reasons_of(payment)])


@router.post("/orders/erasure", summary="Erase the person of orders", responses=responses(ErasureBlocked))
async def erase_payments(wanted: Orders, ctx: Ctx) -> Done:
    """From the payments of all of these orders, or of none."""
    await erase_orders(ctx, wanted.order_ids)
    return Done()


@router.post("/orders/copies", summary="What is kept of the payments of orders")
async def copy(wanted: Copies, ctx: Ctx) -> Copy:
    """1,000 rows a page at most."""
    async with ctx.db.read() as tx:
        return Copy.of(await exports.read(tx, store.OF_ORDERS, [wanted.order_ids], _place(wanted.after)))


@router.get("/erasures", summary="Who was erased")
async def list_erasures(ctx: Ctx, after: Annotated[UUID, Query()] = _FIRST) -> KnownErasures:
    """The last ten years', by subject: for a service whose own list went back in time."""
    async with ctx.db.read() as tx:
        found = await store.after(tx, after, _KNOWN_AT_ONCE)
    shown = [KnownErasure.model_validate(each, from_attributes=True) for each in found]
    return KnownErasures(erasures=shown, next=found[-1].subject if len(found) == _KNOWN_AT_ONCE else None)
