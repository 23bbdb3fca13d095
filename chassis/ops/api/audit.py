"""The audit log of a service, for staff.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, StringConstraints
from pydantic_core import PydanticCustomError

from chassis import audit
from chassis.auth import require
from chassis.context import Context, context
from chassis.ops import chain_parts
from chassis.ops.api.models import AuditChainPart, AuditLineOut
from chassis.ops.audit_lines import FIRST_YEAR, LAST_YEAR, Wanted, search
from chassis.problems import FieldError, Invalid, responses
from chassis.web import Cursor, Page, Paged, SingleLine, pagination

Ctx = Annotated[Context[Any], Depends(context)]
_MOMENT = "2026-11-28T12:00:00Z"


def _reckonable(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("year", f"A time of a year from {FIRST_YEAR} to {LAST_YEAR}")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_reckonable)]
Actor = Annotated[
    UUID | None, Query(description="Done by this account or API key", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c0a"])
]
Object = Annotated[
    Annotated[SingleLine, StringConstraints(max_length=300)] | None,
    Query(description="Done to it, exactly", examples=["variant:TIDE-4"]),
]
Action = Annotated[
    Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9_.]*$")] | None,
    Query(description="What was done, exactly", examples=["stock.set"]),
]
Since = Annotated[Moment | None, Query(description="Done at this moment or later", examples=[_MOMENT])]
Until = Annotated[Moment | None, Query(description="Done before this moment", examples=[_MOMENT])]


async def list_lines(
    ctx: Ctx,
    page: Paged,
    actor: Actor = None,
    object: Object = None,  # noqa: A002 -- the name of the parameter
    action: Action = None,
    since: Since = None,
    until: Until = None,
) -> Page[AuditLineOut]:
    """The newest first, for 400 days. `chain` says of each line whether it is as it was written. The reading is a line
    of the log, too.
    """
    before = pagination.decode(page.cursor, tuple[UUID])[0] if page.cursor else None
    wanted = Wanted(actor=actor, object=object, action=action, since=since, until=until, before=before)
    try:
        async with ctx.db.write() as tx:
            found = await search(tx, wanted, page.limit + 1)
            shown = found[: page.limit]
            states = await chain_parts.states(tx, [line.id for line in shown])
            await audit.record(tx, "audit.read", after={"asked": wanted.told(), "lines": len(shown)})
    except asyncpg.QueryCanceledError:
        wrong = FieldError("query.since", "It took too long: ask for a shorter time", "too-long")
        raise Invalid("Ask for a shorter time by `since` and `until`.", errors=[wrong]) from None
    cursor = pagination.encode((shown[-1].id,)) if len(found) > page.limit else None
    # One that was deleted for its age meanwhile has no state.
    items = [AuditLineOut.of(line, states[line.id]) for line in shown if line.id in states]
    return Page(items=items, next_cursor=cursor)


async def read_chain(
    ctx: Ctx,
    cursor: Annotated[Cursor | None, Query(description="`next_cursor` of the answer before, for older lines")] = None,
) -> AuditChainPart:
    """Computes the hashes of the newest 2,000 lines anew, or of the 2,000 before the cursor. A line that is
    older than an hour, among the newest, and has no hash is a fault, too.

    Whoever owns the database can compute all hashes anew: compare `head` with a line `audit.chained` of the logs, by
    `python -m chassis.ops audit-chain --head`.
    """
    async with ctx.db.read() as tx:
        head = await chain_parts.head(tx)
        faults = [] if cursor else await chain_parts.unchained(tx)
        last = pagination.decode(cursor, tuple[int])[0] if cursor else head.position if head else 0
        known = head is not None and 1 <= last <= head.position
        part = await chain_parts.part(tx, last) if known else None
    if part is None:
        return AuditChainPart.of(None, faults, head, None)
    earlier = pagination.encode((part.first - 1,)) if part.earlier else None
    return AuditChainPart.of(part, [*faults, *part.faults], head, earlier)


def router(service: str) -> APIRouter:
    """The audit log of this service."""
    made = APIRouter(
        prefix=f"/api/v1/admin/audit/{service}",
        tags=["staff: audit log"],
        dependencies=[Depends(require("audit:read"))],
        responses=responses(Invalid),
    )
    made.add_api_route("", list_lines, name=f"list_{service}_audit_lines", summary=f"List the audit log of {service}")
    made.add_api_route(
        "/chain", read_chain, name=f"read_{service}_audit_chain", summary=f"Verify the audit log of {service}"
    )
    return made
