"""What is answered to staff about a service itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from chassis.ops import chain_parts
from chassis.ops.audit_lines import AuditLine
from chassis.web import Model


class AuditLineOut(Model):
    """A line of the audit log."""

    id: UUID
    occurred_at: datetime = Field(description="When it was done, in UTC")
    action: str = Field(description="What was done", examples=["stock.set"])
    outcome: Literal["success", "failure", "denied", "limited"] = Field(
        description="`denied`: the right was missing; `limited`: a limit refused it", examples=["success"]
    )
    object: str | None = Field(description="What it was done to", examples=["variant:TIDE-4"])
    actor_id: UUID | None = Field(description="The account or API key that did it; null: nobody was signed in")
    roles: list[str] = Field(description="Its roles then", examples=[["merchandiser"]])
    session_id: UUID | None = Field(description="Its session")
    ip: str | None = Field(description="The address that the request came from", examples=["203.0.113.7"])
    request_id: str | None = Field(description="Of the request, as in the logs", examples=["01JDXEXAMPLE"])
    before: dict[str, Any] | None = Field(description="The fields that changed, before", examples=[{"on_hand": 3}])
    after: dict[str, Any] | None = Field(
        description="The same after it, or what was asked for", examples=[{"on_hand": 5}]
    )
    chain: chain_parts.State = Field(
        description="Whether it is as it was written, by its place in the chain of hashes; `not-yet`: it has none yet, "
        "which takes some seconds",
        examples=["as-written"],
    )

    @classmethod
    def of(cls, line: AuditLine, state: chain_parts.State) -> Self:
        """The API's form of a line."""
        return cls.model_validate({**{name: getattr(line, name) for name in line.__struct_fields__}, "chain": state})


class AuditChainPart(Model):
    """A part of the chain of the audit log, looked through."""

    holds: bool = Field(description="Whether nothing is wrong with this part")
    faults: list[str] = Field(
        description="What is wrong, the first 20", examples=[["the line of place 3 is not as it was written"]]
    )
    first: int | None = Field(description="The oldest place that was looked at; null: there is none", examples=[1])
    last: int | None = Field(description="The newest one", examples=[1200])
    head: str | None = Field(description="The newest place of all and its hash", examples=["1200:" + "ab12" * 16])
    next_cursor: str | None = Field(description="For the places before these; null: there are none")

    @classmethod
    def of(
        cls, part: chain_parts.Part | None, faults: list[str], head: chain_parts.Head | None, cursor: str | None
    ) -> Self:
        """The API's form."""
        return cls(
            holds=not faults,
            faults=faults[:20],
            first=part.first if part else None,
            last=part.last if part else None,
            head=f"{head.position}:{head.hash}" if head else None,
            next_cursor=cursor,
        )
