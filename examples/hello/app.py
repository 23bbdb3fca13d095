"""An example service that counts greetings, with sign-in, a rate limit, a transaction, an event and a job."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import Field

from chassis import outbox
from chassis.auth import CurrentPrincipal
from chassis.config import Settings
from chassis.context import Context, context
from chassis.jobs import JobTable
from chassis.limits import client_ip, limit
from chassis.outbox import EventData
from chassis.service import create_service
from chassis.web import Model, SingleLine

Ctx = Annotated[Context[Settings], Depends(context)]
Name = Annotated[SingleLine, Path(description="Who is greeted", examples=["Ada"])]
router = APIRouter(prefix="/api/v1/greetings", tags=["greetings"])
jobs = JobTable()


class Greeting(Model):
    """A name and the number of its greetings."""

    name: SingleLine = Field(description="Who was greeted", examples=["Ada"])
    count: int = Field(description="How often by now", examples=[1])


class Greeted(EventData, frozen=True):
    """The event of a greeting."""

    type: ClassVar[str] = "greeting.given"
    name: str
    count: int


class Wave(msgspec.Struct, frozen=True):
    """The payload of the job `greetings.wave`."""

    name: str


@jobs.task("greetings.wave")
async def wave(ctx: Context[Any], payload: Wave) -> None:
    """Write a line to the log."""
    ctx.log.info("greetings.waved", name=payload.name)


@router.post("/{name}", status_code=201, dependencies=[Depends(limit("greet", "60/min", by=client_ip, fail="open"))])
async def give_greeting(name: Name, ctx: Ctx, principal: CurrentPrincipal) -> Greeting:
    """Greet a name once more. Count, event and job are written in one transaction."""
    upsert = "insert into greetings (name) values ($1) on conflict (name) do update set count = greetings.count + 1"
    async with ctx.db.write() as tx:
        count = await tx.value(f"{upsert} returning count", name)
        await outbox.publish(tx, "greeting", principal.account_id, count, Greeted(name=name, count=count))
        await ctx.jobs.enqueue(tx, "greetings.wave", Wave(name), delay=timedelta(0))
    return Greeting(name=name, count=count)


app = create_service(__package__, settings=Settings, routers=[router], jobs=jobs)
