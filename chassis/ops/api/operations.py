"""Work of a service that has stopped, how far it lags, and its limits that refused: for staff.

The same functions do it as for `python -m chassis.ops`; here each change is a line of the audit log.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from chassis import audit, inbox, jobs
from chassis.auth import StepUpRequired, require, require_recent
from chassis.context import Context, context
from chassis.db import limits_hit
from chassis.inbox import lag
from chassis.ops import held
from chassis.ops.api.operations_models import OperationsOut, Producer, Redriven, Redriving, Released, Releasing
from chassis.problems import FieldError, Invalid, NotFound, responses

Ctx = Annotated[Context[Any], Depends(context)]
EventId = Annotated[
    str,
    Path(max_length=100, pattern=r"^[0-9A-Za-z._:-]+$", description="The event's id, as listed", examples=["912.1"]),
]
JobId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The job's id, as listed", examples=[900_000_000_001])]
Whose = Annotated[
    Producer | None,
    Query(description="Who published it; needed where two services have one of this id", examples=["payments"]),
]
MOST_LIMITS = 100


async def read_operations(ctx: Ctx) -> OperationsOut:
    """What waits for a person, the oldest first and 200 of each at most; what is tried again by itself is counted.

    Limits are those that refused within the last 24 hours; a refusal is counted within 10 seconds.
    """
    async with ctx.db.read() as tx:
        found = await held.look(tx)
        feeds = await lag.look(tx, ctx.spec.follows)
        limits = await limits_hit.of_a_day(tx, MOST_LIMITS)
    return OperationsOut.of(found, feeds, limits)


async def redrive_events(body: Redriving, ctx: Ctx) -> Redriven:
    """Tries events again that were given up: the oldest of each thing that they are about, then its others."""
    async with ctx.db.write() as tx:
        count = await inbox.redrive(tx, body.producer, body.only)
        if count:
            await audit.record(tx, "events.redriven", after={**body.model_dump(exclude_none=True), "count": count})
    return Redriven(redriven=count)


async def release_jobs(body: Releasing, ctx: Ctx) -> Released:
    """Does jobs that are held, as if they had not been tried."""
    async with ctx.db.write() as tx:
        count = await jobs.release(tx, body.name, body.job)
        if count:
            await audit.record(tx, "jobs.released", after={**body.model_dump(exclude_none=True), "count": count})
    return Released(released=count)


async def delete_event(event_id: EventId, ctx: Ctx, producer: Whose = None) -> None:
    """It never takes effect here, and cannot be restored. The next event of the same thing is tried."""
    async with ctx.db.write() as tx:
        try:
            gone = await inbox.discard(tx, event_id, producer)
        except inbox.ManyProducers as many:
            raise Invalid(errors=[FieldError("query.producer", f"{many}.", "ambiguous")]) from None
        if gone is None:
            raise NotFound("No such event was given up, or it waits behind an older one.")
        was = {"type": gone.type, "producer": gone.producer, gone.aggregate: gone.aggregate_id, "version": gone.version}
        await audit.record(tx, "event.discarded", f"event:{event_id}", before=was)


async def delete_job(job_id: JobId, ctx: Ctx) -> None:
    """It is never done, and cannot be restored."""
    async with ctx.db.write() as tx:
        name = await jobs.discard(tx, job_id)
        if name is None:
            raise NotFound("No such job is held.")
        await audit.record(tx, "job.discarded", f"job:{job_id}", before={"name": name})


def router(service: str) -> APIRouter:
    """The operations of this service."""
    made = APIRouter(prefix=f"/api/v1/admin/operations/{service}", tags=["staff: operations"])
    made.add_api_route(
        "",
        read_operations,
        name=f"read_{service}_operations",
        summary=f"See what has stopped in {service}",
        dependencies=[Depends(require("operations:read"))],
    )
    _add_again(made, service)
    _add_given_up(made, service)
    return made


def _add_again(made: APIRouter, service: str) -> None:
    told: Any = {"methods": ["POST"], "dependencies": [Depends(require("operations:write"))]}
    events, jobs_ = f"redrive_{service}_events", f"release_{service}_jobs"
    made.add_api_route("/redrives", redrive_events, name=events, summary=f"Try events again in {service}", **told)
    made.add_api_route("/releases", release_jobs, name=jobs_, summary=f"Try held jobs of {service} again", **told)


def _add_given_up(made: APIRouter, service: str) -> None:
    """What cannot be undone asks for a person, and not for an API key."""
    told: Any = {
        "methods": ["DELETE"],
        "status_code": 204,
        "responses": responses(Invalid, NotFound, StepUpRequired),
        "dependencies": [Depends(require_recent("operations:write"))],
    }
    event, job = f"delete_{service}_event", f"delete_{service}_job"
    made.add_api_route("/events/{event_id}", delete_event, name=event, summary=f"Give up an event in {service}", **told)
    made.add_api_route("/jobs/{job_id}", delete_job, name=job, summary=f"Give up a held job of {service}", **told)
