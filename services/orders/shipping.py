"""Settings of shipping: a rate for each currency that the shop sells in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.config import CurrencySettings
from chassis.values import sellable
from chassis.web import Model
from orders.quantities import MAX_TOTAL

Amount = Annotated[int, Field(ge=0, le=MAX_TOTAL)]


@dataclass(frozen=True, slots=True)
class Shipping:
    """A flat rate; free from a subtotal on (None: never). Minor units of one currency."""

    flat_rate: int
    free_from: int | None


class Rate(Model):
    """What shipping costs, and from which subtotal on it is free (left out: never). Minor units of its currency."""

    rate: Amount
    free_from: Amount | None = None


class ShippingSettings(CurrencySettings):
    """What shipping costs, in minor units."""

    # By currency, in minor units: {"EUR": {"rate": 500, "free_from": 10000}}.
    shipping_rates: Annotated[dict[str, Rate], NoDecode] = Field(default_factory=dict)
    # Without SHIPPING_RATES: what shipping costs, in minor units of CURRENCY.
    shipping_flat_rate: int = Field(default=500, ge=0, le=MAX_TOTAL)
    # Without SHIPPING_RATES: the subtotal from which shipping is free; never: leave `free_from` out of SHIPPING_RATES.
    shipping_free_from: int | None = Field(default=10_000, ge=0, le=MAX_TOTAL)

    @field_validator("shipping_rates", mode="before")
    @classmethod
    def _by_currency(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                value = json.loads(value or "{}")
            except ValueError:
                raise ValueError('it must be JSON such as {"EUR": {"rate": 500, "free_from": 10000}}') from None
        wrong = [str(code) for code in value if not sellable(code)] if isinstance(value, dict) else []
        if wrong:
            raise ValueError(f"{', '.join(wrong)[:60]} is no currency that a shop sells in: use codes such as EUR")
        return value

    @model_validator(mode="after")
    def _a_rate_for_each_currency(self) -> Self:
        missing = [code for code in self.sold_in if self._rate(code) is None]
        if missing:
            raise ValueError(
                f"SHIPPING_RATES has no rate for {', '.join(missing)}, which the shop sells in: add "
                f'"{missing[0]}": {{"rate": ...}}, in minor units, or take it out of CURRENCIES'
            )
        return self

    def shipping(self, currency: str) -> Shipping:
        """What an order in a currency that is sold in costs to ship, in a shop without zones."""
        found = self._rate(currency)
        assert found is not None, "each currency that is sold in has a rate"  # noqa: S101 -- narrows the type
        return found

    def _rate(self, currency: str) -> Shipping | None:
        if self.shipping_rates:
            found = self.shipping_rates.get(currency)
            return None if found is None else Shipping(found.rate, found.free_from)
        if currency != self.currency:
            return None
        return Shipping(self.shipping_flat_rate, self.shipping_free_from)
