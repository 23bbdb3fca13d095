"""Places in requests: countries, regions and patterns of postal codes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.web import Model, VisibleSingleLine
from orders.addresses import COUNTRIES, folded
from orders.pricing.domain.basket import Destination
from orders.pricing.domain.places import MAX_PATTERN, WrongPattern, normal_pattern
from orders.pricing.domain.regions import region_code
from orders.pricing.domain.vat import MAX_WRITTEN, WrongVatNumber, vat_number


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise PydanticCustomError("country", "This is not an ISO 3166-1 alpha-2 code, such as DE")
    return value


def _pattern(value: str) -> str:
    try:
        return normal_pattern(folded(value))
    except WrongPattern as wrong:
        raise PydanticCustomError("postal-pattern", "{why}", {"why": str(wrong)}) from None


def _vat(value: str) -> str:
    try:
        return vat_number(folded(value)).number
    except WrongVatNumber as wrong:
        raise PydanticCustomError("vat-number", "{why}", {"why": str(wrong)}) from None


def _absent(value: object) -> object:
    """What is left empty in a form is not there."""
    return None if isinstance(value, str) and not value.strip() else value


Country = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    AfterValidator(_country),
    Field(description="ISO 3166-1 alpha-2", examples=["DE"]),
]
Region = Annotated[
    Annotated[VisibleSingleLine, Field(max_length=80)] | None,
    BeforeValidator(_absent),
    Field(description="State or province, by its code where it has one; null: the whole country", examples=["NY"]),
]
PostalPattern = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_PATTERN),
    AfterValidator(_pattern),
    Field(description="A code, the beginning of codes (`SW1*`) or a range (`1000-1999`)", examples=["1000-1999"]),
]
VatId = Annotated[
    str,
    StringConstraints(min_length=4, max_length=MAX_WRITTEN),
    AfterValidator(_vat),
    Field(
        description="A VAT number with its country's letters; its form and check digits are looked at",
        examples=["DE136695976"],
    ),
]
PostalCode = Annotated[
    Annotated[VisibleSingleLine, Field(max_length=16)] | None,
    BeforeValidator(_absent),
    Field(description="As the country writes it", examples=["10115"]),
]


class DestinationModel(Model):
    """Where an order goes: as much of the address as prices depend on."""

    country: Country
    region: Region = None
    postal_code: PostalCode = None

    @property
    def destination(self) -> Destination:
        """What the arithmetic works with."""
        code = None if self.postal_code is None else folded(self.postal_code)
        return Destination(self.country, self.region, code)


class PlaceModel(Model):
    """A country, or a part of it."""

    country: Country
    region: Region = None
    postal_code: PostalPattern | None = None

    @property
    def region_code(self) -> str:
        """As it is compared: the region's code, empty for the whole country."""
        return region_code(self.country, self.region or "")


def once(places: list[tuple[str, ...]]) -> None:
    """Raises an error of validation where one stands twice."""
    if len(set(places)) < len(places):
        raise PydanticCustomError("twice", "One of them stands twice")
