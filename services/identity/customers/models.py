"""Requests and answers about notes and groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from chassis.web import Model, Text, VisibleSingleLine
from identity.api.schemas import AccountOut
from identity.customers.store.groups import Group
from identity.customers.store.notes import Note
from identity.store import Account

_BODY = "Prefers a call before delivery"


class NewAccountNote(Model):
    """What staff want to remember about an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": _BODY}]})

    body: Annotated[Text, StringConstraints(max_length=5000)] = Field(
        description="For staff alone; no health, belief or other matter that is nobody's business", examples=[_BODY]
    )


class AccountNote(Model):
    """A note about an account."""

    id: UUID
    body: str = Field(description="What was written", examples=[_BODY])
    author: UUID = Field(description="The account of who wrote it; zeros, once that person is erased")
    written_at: datetime = Field(description="When it was written, in UTC")

    @classmethod
    def of(cls, note: Note) -> Self:
        """The API's form of a note."""
        return cls.model_validate(note, from_attributes=True)


class AccountNotes(Model):
    """At most 100, the newest first."""

    items: list[AccountNote]


class NewGroup(Model):
    """A group of customers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Wholesale", "about": "Buys by the crate"}]})

    name: Annotated[VisibleSingleLine, StringConstraints(max_length=60)] = Field(
        description="Its name, which no other group has", examples=["Wholesale"]
    )
    about: VisibleSingleLine | None = Field(default=None, description="Who is in it", examples=["Buys by the crate"])


class GroupChange(NewGroup):
    """What a group is to be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Wholesale", "about": "Buys by the pallet", "version": 1}]}
    )

    version: Annotated[int, Field(strict=True, ge=1, le=2**53 - 1)] = Field(
        description="The version that was read", examples=[1]
    )


class AccountGroup(Model):
    """A group of customers, to which staff add accounts."""

    id: UUID
    name: str = Field(description="Its name", examples=["Wholesale"])
    about: str | None = Field(description="Who is in it", examples=["Buys by the crate"])
    members: int = Field(description="How many accounts are in it, 10,000 at most", examples=[12])
    version: int = Field(description="Counts its changes", examples=[1])
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, group: Group) -> Self:
        """The API's form of a group."""
        return cls.model_validate(group, from_attributes=True)


class AccountGroups(Model):
    """At most 200, by name."""

    items: list[AccountGroup]


class AccountDetail(AccountOut):
    """An account, as staff see it."""

    groups: list[AccountGroup] = Field(description="The groups that it is in, by name")

    @classmethod
    def shown(cls, account: Account, groups: list[Group]) -> Self:
        """The API's form of an account with its groups."""
        known = AccountOut.of(account).model_dump()
        return cls(**known, groups=[AccountGroup.of(each) for each in groups])
