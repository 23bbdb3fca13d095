"""For identity, which leads export and erasure of an account; and for whoever replays erasures after a restore.
Everything here may be repeated.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.auth import internal_router
from chassis.problems import responses
from chassis.web import Model
from orders.context import Ctx
from orders.privacy.api.models import Erased, PersonalData
from orders.privacy.api.places import After
from orders.privacy.domain.person import Person
from orders.privacy.problems import ErasureBlocked
from orders.privacy.store import erasures
from orders.privacy.store.erasures import Kind
from orders.privacy.usecases.erase_person import erase_person
from orders.privacy.usecases.export_person import export_person
from orders.privacy.usecases.open_matters import FIRST, open_matters

router = internal_router()
_KNOWN_AT_ONCE = 1_000


class OpenMatters(Model):
    """Why a person cannot be erased now; none: they can."""

    open: list[str]


class ErasureRequest(Model):
    """Identity's id of the erasure."""

    erasure_id: UUID


class KnownErasure(Model):
    """An account, or a guest's order, that was erased."""

    subject: UUID
    kind: Kind
    erased_at: datetime


class KnownErasures(Model):
    """By their subject; `next`: after which the next page begins."""

    erasures: list[KnownErasure]
    next: UUID | None


@router.get("/people/{account_id}", summary="What is kept of an account")
async def read(account_id: UUID, ctx: Ctx, after: After) -> PersonalData:
    """Of its orders, carts and drafts, and of the payments of its orders; 1,000 rows a page at most."""
    return PersonalData.of(await export_person(ctx, Person(account_id=account_id), after))


@router.get("/people/{account_id}/erasure", summary="Why an account cannot be erased now")
async def check(account_id: UUID, ctx: Ctx) -> OpenMatters:
    """In plain sentences, also of the payments of its orders."""
    return OpenMatters(open=await open_matters(ctx, Person(account_id=account_id)))


@router.post("/people/{account_id}/erasure", summary="Erase an account", responses=responses(ErasureBlocked))
async def erase(account_id: UUID, wanted: ErasureRequest, ctx: Ctx) -> Erased:
    """Order by order: a call that was cut off is sent again, and goes on."""
    return Erased(erased=True, orders=await erase_person(ctx, Person(account_id=account_id), wanted.erasure_id))


@router.get("/erasures", summary="Who was erased")
async def list_erasures(ctx: Ctx, after: Annotated[UUID, Query()] = FIRST) -> KnownErasures:
    """The last ten years', by subject: for a service whose own list went back in time."""
    async with ctx.db.read() as tx:
        found = await erasures.after(tx, after, _KNOWN_AT_ONCE)
    shown = [KnownErasure.model_validate(each, from_attributes=True) for each in found]
    return KnownErasures(erasures=shown, next=found[-1].subject if len(found) == _KNOWN_AT_ONCE else None)
