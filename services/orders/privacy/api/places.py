"""Where a page of an export begins, as a parameter.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from chassis.problems import FieldError, Invalid
from chassis.web import pagination
from chassis.web.pagination import Cursor
from orders.privacy.usecases.export_person import PAYMENTS

_EXAMPLE = pagination.encode(("order_lines", "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02/1"))


async def _place(
    after: Annotated[Cursor | None, Query(description="`next` of the page before", examples=[_EXAMPLE])] = None,
) -> tuple[str, ...] | None:
    """Raises Invalid."""
    if not after:
        return None
    try:
        place: tuple[str, ...] = pagination.decode(after, tuple[str, ...])
        parts = 2
        if place[:1] == (PAYMENTS,):
            parts = len((PAYMENTS, UUID(place[1]), ""))
    except (Invalid, IndexError, ValueError):
        place, parts = (), 2
    if len(place) != parts or any("\0" in part for part in place):
        raise Invalid(errors=[FieldError("query.after", "No page begins there; start without one", "after")])
    return place


After = Annotated[tuple[str, ...] | None, Depends(_place)]
"""In a handler: `after: After`."""
