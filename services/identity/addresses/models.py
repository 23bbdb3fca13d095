"""Requests and responses of address books: the fields of an address as orders take them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from chassis.web import Model, PersonName, VisibleSingleLine
from identity.addresses.store import Address, Fields


def _absent(value: Any) -> Any:
    """What is left empty in a form is not there."""
    return None if isinstance(value, str) and not value.strip() else value


_Empty = BeforeValidator(_absent)


class AddressFields(Model):
    """Where things are sent, or who is billed. Whether the shop sends there is decided at checkout."""

    country: Annotated[
        str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2", examples=["GB"])
    ]
    name: PersonName
    line1: Annotated[VisibleSingleLine, Field(description="Street and number", examples=["12 St James's Square"])]
    line2: Annotated[VisibleSingleLine | None, _Empty, Field(description="What else is needed", examples=[None])] = None
    city: Annotated[
        Annotated[VisibleSingleLine, Field(max_length=120)] | None,
        _Empty,
        Field(description="Needed in most countries", examples=["London"]),
    ] = None
    postal_code: Annotated[
        Annotated[VisibleSingleLine, Field(max_length=16)] | None,
        _Empty,
        Field(description="Needed where the country has them", examples=["SW1Y 4LE"]),
    ] = None
    region: Annotated[
        VisibleSingleLine | None, _Empty, Field(description="State, province, county, emirate…", examples=[None])
    ] = None
    phone: Annotated[
        Annotated[VisibleSingleLine, Field(max_length=60)] | None,
        _Empty,
        Field(description="For the carrier", examples=["+44 20 7946 0958"]),
    ] = None
    default_shipping: bool = Field(
        default=False, description="Suggested for shipping; no other one is then", examples=[True]
    )
    default_billing: bool = Field(
        default=False, description="Suggested for billing; no other one is then", examples=[False]
    )

    @property
    def fields(self) -> Fields:
        """As they are stored."""
        return Fields(**self.model_dump())


class AddressOut(AddressFields):
    """An address of the book."""

    id: UUID
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, address: Address) -> AddressOut:
        """The API's form of an address. It was checked when it was written, and is not checked again."""
        return cls.model_validate(address, from_attributes=True)


class AddressBook(Model):
    """At most 20, oldest first."""

    items: list[AddressOut]
