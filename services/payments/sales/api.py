"""For the service shop, which makes figures of it.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import Query, Response

from chassis.auth import internal_router
from payments.context import Ctx
from payments.sales import store

router = internal_router()
NOBODY = UUID(int=0)


@router.get("/sales", summary="What was booked for orders")
async def sales(ctx: Ctx, after: UUID = NOBODY, limit: Annotated[int, Query(ge=1, le=500)] = 200) -> Response:
    """Of so many orders with ids behind `after`, in their order; `last` is where to go on, and null at the end."""
    async with ctx.db.read() as tx:
        page = await store.booked(tx, after, limit)
    return Response(msgspec.json.encode(page), media_type="application/json")
