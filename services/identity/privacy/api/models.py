"""What the endpoints of export and erasure answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model
from identity.privacy.store.erasures import Erasure
from identity.privacy.store.exports import Export

State = Literal["waiting", "blocked", "begun", "erased"]
_STATES = (
    "`waiting`: it can be undone; `blocked`: it is due, and waits until no money is open; `begun`: it is final; "
    "`erased`: the account is gone"
)


class ErasureOut(Model):
    """An erasure of an account that was asked for."""

    id: UUID = Field(description="The erasure's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c11"])
    state: State = Field(description=_STATES, examples=["waiting"])
    asked_at: datetime = Field(description="When it was asked for, in UTC", examples=["2026-11-29T12:00:00Z"])
    due_at: datetime = Field(description="When it begins, in UTC", examples=["2026-12-06T12:00:00Z"])

    @classmethod
    def of(cls, found: Erasure) -> Self:
        """The API's form."""
        state: State = "waiting" if found.blocked_at is None else "blocked"
        if found.begun_at is not None:
            state = "begun" if found.erased_at is None else "erased"
        return cls(id=found.id, state=state, asked_at=found.asked_at, due_at=found.due_at)


class ExportOut(Model):
    """An export of a person's data."""

    id: UUID = Field(description="The export's id", examples=["0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c10"])
    asked_at: datetime = Field(description="When it was asked for, in UTC", examples=["2026-11-29T12:00:00Z"])
    ready_at: datetime | None = Field(
        description="Since when it can be downloaded; null while it is collected", examples=["2026-11-29T12:00:05Z"]
    )
    expires_at: datetime | None = Field(
        description="When it is deleted, 7 days later", examples=["2026-12-06T12:00:05Z"]
    )

    @classmethod
    def of(cls, found: Export) -> Self:
        """The API's form."""
        return cls(id=found.id, asked_at=found.asked_at, ready_at=found.ready_at, expires_at=found.expires_at)


class Exports(Model):
    """Those of the last 7 days, newest first."""

    items: list[ExportOut]
