"""Who the shop is, for the services that write its mails and documents.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

import msgspec
from fastapi import Response

from chassis.auth import internal_router
from shop.context import Ctx
from shop.profile.usecases.tell_profile import tell_profile

router = internal_router()


@router.get("/shop-profile")
async def read_shop_profile(ctx: Ctx) -> Response:
    """What the shop's people have set of it."""
    return Response(msgspec.json.encode(await tell_profile(ctx)), media_type="application/json")
