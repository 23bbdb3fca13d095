"""Bodies of requests and answers about API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from chassis.web import Model, VisibleSingleLine
from shop.keys.rights import FOR_KEYS
from shop.keys.store import Key

_SCOPES = ["catalog:read", "orders:read"]


def _grantable(value: str) -> str:
    if value not in FOR_KEYS:
        raise PydanticCustomError("unknown_scope", "An API key cannot have this right")
    return value


Scope = Annotated[str, Field(max_length=40), AfterValidator(_grantable)]
Title = Annotated[VisibleSingleLine, Field(max_length=100)]


class NewApiKey(Model):
    """A key that is to be made."""

    title: Title = Field(description="What it is for", examples=["Warehouse"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=50)] = Field(
        description="What it may do: some of what you may do yourself", examples=[_SCOPES]
    )
    expires_at: AwareDatetime | None = Field(
        default=None, description="Until when it is good; null: until it is ended", examples=["2027-12-31T00:00:00Z"]
    )


class ApiKeyView(Model):
    """What is known of a key."""

    id: UUID
    title: str = Field(description="What it is for", examples=["Warehouse"])
    beginning: str = Field(description="Its first characters, to tell it by", examples=["mk_examp"])
    scopes: list[str] = Field(description="What it may do", examples=[_SCOPES])
    made_by: UUID = Field(description="The account that made it")
    created_at: datetime
    expires_at: datetime | None = Field(description="Until when it is good; null: until it is ended", examples=[None])
    last_used_at: datetime | None = Field(description="When it was used last, to the minute; null: never")
    ended_at: datetime | None = Field(description="When it ended; null: it is good", examples=[None])

    @classmethod
    def of(cls, key: Key) -> Self:
        """The API's form of a key."""
        return cls.model_validate(key, from_attributes=True)


class MadeApiKey(ApiKeyView):
    """A key, the one time that it is shown."""

    key: str = Field(
        description="The secret, which is shown this once: send it as a bearer token",
        examples=["mk_exampleexampleexampleexampleexampleexamplee"],
    )

    @classmethod
    def shown(cls, key: Key, secret: str) -> Self:
        """The API's form of a key that was made."""
        return cls(**ApiKeyView.of(key).model_dump(), key=secret)
