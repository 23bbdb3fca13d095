"""The address that an order is shipped to, by the rules of its country. Only what is surely wrong is refused."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chassis.web import Model, PersonName, VisibleSingleLine
from orders.addresses.card_numbers import holds_card_number
from orders.addresses.countries import COUNTRIES, POSTAL_CODES, lines_of
from orders.addresses.postal_codes import folded, is_postal_code

# A number of the world with whatever separates its parts, and the extension behind it: "ext. 12", "x12", ";ext=12".
PHONE = r"^\(?\+?[0-9 ()./-]{4,30}([ ,;]*([eE][xX][tT]([eE][nN][sS][iI][oO][nN]|[nN])?[.:=]?|[xX#]) ?[0-9]{1,11})?$"
_DIGIT = re.compile("[0-9]")
_WORDS = {"postal_code": "postal code"}


def _no_card(value: str) -> str:
    if holds_card_number(value):
        raise PydanticCustomError("card_number", "This looks like a card number: never type one here")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise PydanticCustomError("country", "This is not an ISO 3166-1 alpha-2 code, such as DE")
    return value


def _absent(value: Any) -> Any:
    """What is left empty in a form is not there."""
    return None if isinstance(value, str) and not value.strip() else value


def _folded(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


def _called(value: str) -> str:
    if len(_DIGIT.findall(value)) < 4:
        raise PydanticCustomError("phone", "A phone number has four digits or more")
    return value


Typed = Annotated[VisibleSingleLine, AfterValidator(_no_card)]
_Empty = BeforeValidator(_absent)


class Address(Model):
    """Where it is shipped to. GET /api/v1/checkout/countries says what is needed in which country."""

    country: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z]{2}$"),
        AfterValidator(_country),
        Field(description="ISO 3166-1 alpha-2", examples=["GB"]),
    ]
    name: Annotated[PersonName, AfterValidator(_no_card)]
    line1: Annotated[Typed, Field(examples=["12 St James's Square"])]
    line2: Annotated[Typed | None, _Empty, Field(examples=[None])] = None
    city: Annotated[
        Annotated[Typed, Field(max_length=120)] | None,
        _Empty,
        Field(description="Needed in most countries", examples=["London"], validate_default=True),
    ] = None
    postal_code: Annotated[
        Annotated[Typed, Field(max_length=16)] | None,
        BeforeValidator(_folded),
        _Empty,
        Field(description="Needed where the country has them", examples=["SW1Y 4LE"], validate_default=True),
    ] = None
    region: Annotated[
        Typed | None,
        _Empty,
        Field(description="State, province, county, emirate…", examples=[None], validate_default=True),
    ] = None
    phone: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, pattern=PHONE), AfterValidator(_called)] | None,
        BeforeValidator(_folded),
        _Empty,
        Field(description="With its extension, if it has one", examples=["+44 20 7946 0958"]),
    ] = None

    @field_validator("city", "postal_code", "region")
    @classmethod
    def _as_in_its_country(cls, value: str | None, info: ValidationInfo) -> str | None:
        code, name = info.data.get("country", ""), info.field_name or ""
        country = COUNTRIES.get(code)
        if country is None:
            return value  # what is wrong is the country
        if value is not None:
            if name == "postal_code" and code in POSTAL_CODES and not is_postal_code(value, code, POSTAL_CODES[code]):
                raise PydanticCustomError(
                    "postal-code",
                    "This is no postal code of {country}: there they look like {example}",
                    {"country": code, "example": country.postal_code_example},
                )
        elif name in country.required:
            words = {"country": code, "field": _WORDS.get(name, name)}
            raise PydanticCustomError("missing", "An address in {country} needs a {field}", words)
        elif name in country.one_of and info.data.get("city", "") is None:
            words = {"country": code, "fields": " or ".join(country.one_of)}
            raise PydanticCustomError("missing", "An address in {country} needs a {fields}", words)
        return value


class ShippingAddress(Model):
    """As it was given."""

    name: str
    line1: str
    line2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str
    phone: str | None = None
    lines: list[str] = Field(
        description="As it is written in its country, below the name and above the country",
        examples=[["12 St James's Square", "London", "SW1Y 4LE"]],
    )

    @model_validator(mode="before")
    @classmethod
    def _written(cls, kept: Any) -> Any:
        return {**kept, "lines": lines_of(kept)} if isinstance(kept, dict) else kept
