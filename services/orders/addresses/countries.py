"""What an address is made of in each country that takes post: ISO 3166-1, and XK (Kosovo).

The facts are in countries.json, which `python -m tools.countries` writes; its docstring names the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter

from chassis.cache import encode
from chassis.web import Model
from orders.addresses.postal_codes import compact_pattern, written

Name = Literal["name", "line1", "line2", "city", "region", "postal_code", "phone"]
PostalCode = Literal["zip", "pin", "eircode", "postal"]
City = Literal["city", "post_town", "district", "suburb"]
Region = Literal[
    "state", "province", "county", "prefecture", "emirate", "area", "department", "island", "parish", "do_si", "oblast"
]


class _Rules(Model):
    fields: list[Name] = Field(
        description="What an address there is made of, in the order in which it is asked for. What is not among them "
        "is taken all the same, and kept",
        examples=[["name", "line1", "line2", "city", "region", "postal_code", "phone"]],
    )
    required: list[Name] = Field(examples=[["name", "line1", "city", "region", "postal_code"]])
    one_of: list[Name] = Field(
        default=[], description="Where it is not empty: at least one of these is needed too", examples=[[]]
    )
    labels: dict[Name, PostalCode | City | Region] = Field(
        description="What people there call these fields; `do_si` is a province or city of Korea",
        examples=[{"city": "city", "region": "state", "postal_code": "zip"}],
    )
    format: list[str] = Field(
        description="The lines of a written address, below the name: %A street, %C city, %S region, %Z postal code",
        examples=[["%A", "%C, %S %Z"]],
    )
    postal_code_pattern: str | None = Field(
        default=None,
        description="A regular expression of the whole code as it is usually written. Spaces, dashes, case and a "
        "country's prefix do not count, and where the code is not required it may be anything",
        examples=[r"(\d{5})(?:[ \-](\d{4}))?"],
    )
    postal_code_example: str | None = Field(default=None, examples=["95014"])


class Country(_Rules):
    """An address of a country."""

    code: str = Field(description="ISO 3166-1 alpha-2", examples=["US"])


class Countries(Model):
    """All countries that an address may name, by code."""

    items: list[Country]


def _read() -> dict[str, Country]:
    rows = TypeAdapter(dict[str, _Rules]).validate_json((Path(__file__).parent / "countries.json").read_bytes())
    return {code: Country(code=code, **rules.model_dump()) for code, rules in rows.items()}


COUNTRIES = _read()
ENCODED = encode(Countries(items=list(COUNTRIES.values())).model_dump_json().encode())
# Only where a code is needed is a wrong one surely wrong: elsewhere people type what they have.
POSTAL_CODES = {
    code: compact_pattern(country.postal_code_pattern)
    for code, country in COUNTRIES.items()
    if country.postal_code_pattern is not None and "postal_code" in country.required
}


def lines_of(address: Mapping[str, str | None]) -> list[str]:
    """A kept address as it is written in its country, below the name and above the country."""
    country = COUNTRIES.get(address.get("country") or "")
    return written(address, country.format if country else ("%A", "%Z %C", "%S"))
