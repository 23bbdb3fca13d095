"""Calls to the services that keep something of a person, in the order in which they erase it.

Not asked: catalog and shop, which keep ids of accounts of staff alone (services/identity/tests/privacy/test_tables.py).
Every call may raise chassis.problems.Unavailable: it is made again later.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from chassis.http import ServiceProblem
from identity.context import IdentityContext
from identity.privacy.problems import ErasureBlocked

# Payments first: while a payment is open, nothing of the order is erased either.
SERVICES = ("payments", "orders")
MOST_REASONS = 50
_SECONDS = 20.0


class PersonPage(msgspec.Struct, frozen=True):
    """Rows that a service keeps of a person, by table; `next`: what to ask for next, null at the end."""

    tables: dict[str, list[dict[str, Any]]]
    next: str | int | None = None


class _Open(msgspec.Struct, frozen=True):
    open: list[str]


async def page_of(ctx: IdentityContext, service: str, account_id: UUID, after: str | int | None) -> PersonPage:
    """The rows after a place that the page before named."""
    place = "" if after is None else f"?after={quote(str(after), safe='')}"
    path = f"/internal/people/{account_id}{place}"
    return await ctx.http.call(service, "GET", path, into=PersonPage, timeout=_SECONDS)


async def open_reasons(ctx: IdentityContext, account_id: UUID) -> list[str]:
    """Why the person cannot be erased now, in plain sentences; none: they can."""
    path = f"/internal/people/{account_id}/erasure"
    found = [await ctx.http.call(each, "GET", path, into=_Open, timeout=_SECONDS) for each in SERVICES]
    return [reason for each in found for reason in each.open][:MOST_REASONS]


async def erase_at(ctx: IdentityContext, service: str, account_id: UUID, erasure_id: UUID) -> None:
    """Have a service erase what it keeps of a person. It may be asked again.

    Raises:
        ErasureBlocked: money is open there.
    """
    path, body = f"/internal/people/{account_id}/erasure", {"erasure_id": erasure_id}
    try:
        await ctx.http.call(service, "POST", path, json=body, timeout=_SECONDS)
    except ServiceProblem as refused:
        if refused.type != ErasureBlocked.type:
            raise
        raise ErasureBlocked(reasons=refused.extensions.get("reasons", [])) from refused
