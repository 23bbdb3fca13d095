"""Where browsers of shoppers who agreed tell how the pages felt."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from catalog.api.schemas.browsing import MOST, Measurements
from catalog.usecases.count_measurements import count_measurements
from chassis.limits import client_ip, limit
from chassis.problems import FieldError, Invalid, responses

router = APIRouter(tags=["catalog"])


@router.post(
    "/api/v1/measurements",
    status_code=204,
    summary="Tell how pages felt",
    operation_id="record_measurements",
    dependencies=[Depends(limit("measurements", "1200/min", by=client_ip))],
    responses=responses(Invalid),
)
async def record_measurements(sent: Measurements) -> None:
    """For browsers of shoppers who agreed to it. Everything is a name of a closed set, or a number: it is added to
    counters, and nothing is kept of who sent it.
    """
    entries = len(sent.vitals) + len(sent.steps) + len(sent.errors)
    if not 1 <= entries <= MOST:
        wrong = FieldError("body", f"Send 1 to {MOST} entries in `vitals`, `steps` and `errors` together", "entries")
        raise Invalid("See `errors` for each field.", errors=[wrong])
    count_measurements(
        [(each.vital, each.page, each.value) for each in sent.vitals],
        [(each.step, each.way) for each in sent.steps],
        [(each.page, each.kind) for each in sent.errors],
    )
