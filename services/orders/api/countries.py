"""What an address is made of in each country.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from chassis.cache import respond
from chassis.limits import public_read
from orders.countries import ENCODED, Countries

router = APIRouter(prefix="/api/v1/checkout", tags=["checkout"], dependencies=[Depends(public_read)])

CACHE_CONTROL = "public, max-age=3600"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}


@router.get(
    "/countries",
    summary="What an address is made of in each country",
    response_model=Countries,
    responses=_UNCHANGED,
)
async def read_countries(request: Request) -> Response:
    """Which fields, in which order, called what, and which of them are required. Cacheable; carries an ETag."""
    return respond(request, ENCODED, CACHE_CONTROL)
