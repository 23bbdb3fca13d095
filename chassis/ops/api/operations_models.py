"""What is asked and answered about work of a service that has stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from chassis.db.limits_hit import LimitHit
from chassis.inbox.lag import Follow
from chassis.ops.held import Held
from chassis.web import Model, SingleLine

Producer = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
TaskName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$", max_length=100)]
_ERROR = "ValueError: no such variant"


class HeldJobOut(Model):
    """A job that is not tried any more."""

    id: int = Field(description="Its number, for its release", examples=[900_000_000_001])
    name: str = Field(description="The kind of work", examples=["orders.confirm"])
    tries: int = Field(description="How often it was tried", examples=[8])
    error: str | None = Field(description="How it failed last", examples=[_ERROR])
    since: datetime = Field(description="When it was given up")


class HeldEventOut(Model):
    """The first event about a thing that is not tried any more."""

    id: str = Field(description="Its place in the producer's log", examples=["912.1"])
    producer: str = Field(description="The service that published it", examples=["payments"])
    type: str = Field(description="The event's name", examples=["payment.captured"])
    aggregate: str = Field(description="The kind of thing that it is about", examples=["payment"])
    aggregate_id: UUID = Field(description="The id of that thing")
    version: int = Field(description="Counts the events about it", examples=[2])
    state: Literal["dead", "held"] = Field(
        description="`dead`: given up; `held`: it lost the event before it, and waits", examples=["dead"]
    )
    tries: int = Field(description="How often it was tried", examples=[8])
    error: str | None = Field(description="How it failed last", examples=[_ERROR])
    since: datetime = Field(description="When it was set aside")
    behind: int = Field(description="Later events about the same thing, which wait", examples=[1])


class StoppedOut(Model):
    """A service that is not followed any more."""

    producer: str = Field(description="The service", examples=["payments"])
    reason: str = Field(description="Why", examples=["its log is another one"])
    since: datetime = Field(description="When it was followed last")


class FeedOut(Model):
    """How far another service is followed."""

    producer: str = Field(description="The service", examples=["identity"])
    lag_seconds: float | None = Field(
        description="The age of the oldest fact that may not have taken effect; null: not known yet", examples=[0.0]
    )
    halted: bool = Field(description="Whether it waits for a decision: see `stopped`")
    dead_letters: int = Field(description="Its events that were given up, and those behind them", examples=[0])


class LimitHitOut(Model):
    """A limit that refused requests."""

    name: str = Field(description="The limit's name, as in `RateLimit`", examples=["sign-in"])
    this_hour: int = Field(description="How often it refused since the hour began", examples=[3])
    last_day: int = Field(description="How often it refused within the last 24 hours", examples=[12])
    last_at: datetime = Field(description="When the last refusal was counted")


class OperationsOut(Model):
    """What of a service waits for a person, and how it does."""

    jobs: list[HeldJobOut] = Field(description="Jobs that are held")
    events: list[HeldEventOut] = Field(description="Events that were given up")
    stopped: list[StoppedOut] = Field(description="Services that are not followed any more")
    jobs_held: int = Field(description="How many jobs are held in all", examples=[0])
    events_held: int = Field(description="How many events were given up or wait, in all", examples=[0])
    jobs_tried_again: int = Field(description="Jobs that failed and are tried again by themselves", examples=[0])
    events_tried_again: int = Field(description="Events that failed and are tried again by themselves", examples=[0])
    feeds: list[FeedOut] = Field(description="The services that it follows")
    limits: list[LimitHitOut] = Field(description="Limits that refused within 24 hours, the busiest first")

    @classmethod
    def of(cls, held: Held, feeds: Sequence[Follow], limits: Sequence[LimitHit]) -> Self:
        """The API's form."""
        return cls(
            jobs=[HeldJobOut.model_validate(each, from_attributes=True) for each in held.jobs],
            events=[HeldEventOut.model_validate(each, from_attributes=True) for each in held.events],
            stopped=[StoppedOut.model_validate(each, from_attributes=True) for each in held.stopped],
            jobs_held=held.counts.jobs,
            events_held=held.counts.events,
            jobs_tried_again=held.counts.jobs_tried_again,
            events_tried_again=held.counts.events_tried_again,
            feeds=[_feed(each) for each in feeds],
            limits=[LimitHitOut.model_validate(each, from_attributes=True) for each in limits],
        )


def _feed(follow: Follow) -> FeedOut:
    lag = None if follow.seconds is None else max(follow.seconds, 0.0)
    return FeedOut(producer=follow.producer, lag_seconds=lag, halted=follow.halted, dead_letters=follow.dead)


class Redriving(Model):
    """Which events to try again; without any field: all that were given up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"producer": "identity"}]})

    producer: Producer | None = Field(default=None, description="Only those of this service", examples=["identity"])
    only: Annotated[SingleLine, StringConstraints(max_length=100)] | None = Field(
        default=None,
        description="Only those about the thing with this id, or with the event of this id",
        examples=[None],
    )


class Redriven(Model):
    """What was set going again."""

    redriven: int = Field(description="Things whose events are tried again", examples=[1])


class Releasing(Model):
    """Which jobs to do after all; without any field: all that are held."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "orders.confirm"}]})

    name: TaskName | None = Field(default=None, description="Only those of this kind", examples=["orders.confirm"])
    job: Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)] | None = Field(
        default=None, description="Only this one", examples=[None]
    )


class Released(Model):
    """What was released."""

    released: int = Field(description="Jobs that are tried again", examples=[1])
