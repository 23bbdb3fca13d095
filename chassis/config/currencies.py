"""The currencies that the shop sells in: one setting of all its services."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.config.settings import CommonSettings
from chassis.problems import FieldError, Invalid
from chassis.values import sellable


class CurrencySettings(CommonSettings):
    """The currencies that the shop sells in."""

    # The default currency.
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    # All that the shop sells in, the default among them, such as EUR,HUF; just the default if not given.
    currencies: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("currencies", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        return value

    @model_validator(mode="after")
    def _can_be_sold_in(self) -> Self:
        wrong = [code for code in self.sold_in if not sellable(code)]
        if wrong:
            name = "CURRENCIES" if self.currencies else "CURRENCY"
            raise ValueError(f"{name} names {', '.join(wrong)[:60]}, in which no shop can sell: use codes such as EUR")
        if self.currency not in self.sold_in:
            raise ValueError(f"CURRENCIES must contain the shop's default, CURRENCY={self.currency}")
        return self

    @property
    def sold_in(self) -> tuple[str, ...]:
        """All currencies that the shop sells in."""
        return self.currencies or (self.currency,)

    def still_sold(self, currency: str) -> str:
        """A currency chosen some time ago, or the default where the shop no longer sells in it."""
        return currency if currency in self.sold_in else self.currency

    def sold(self, wanted: str | None, field: str) -> str:
        """The currency that a client has chosen, or the default where it has chosen none.

        Raises:
            Invalid: the shop does not sell in it; the field and the currencies are named.
        """
        if wanted is None:
            return self.currency
        if wanted not in self.sold_in:
            message = f"This shop sells in {', '.join(self.sold_in)}"
            errors = [FieldError(field, message, "not-sold-in")]
            raise Invalid(f"{message}, not in {wanted}.", errors=errors, currencies=list(self.sold_in))
        return wanted
