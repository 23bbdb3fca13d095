"""Settings of shipping: a rate for each currency that the shop sells in."""

from __future__ import annotations

import json
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.config import CurrencySettings
from chassis.values import sellable
from chassis.web import Model
from orders.domain.pricing import MAX_TOTAL, NOTHING_SHIPS, Shipping

Amount = Annotated[int, Field(ge=0, le=MAX_TOTAL)]


class Rate(Model):
    """What shipping costs, and from which subtotal on it is free (left out: never). Minor units of its currency."""

    rate: Amount
    free_from: Amount | None = None


class ShippingSettings(CurrencySettings):
    """`shipping_rates` by currency: {"EUR": {"rate": 500, "free_from": 10000}, "HUF": {"rate": 199000}}. Without them
    `shipping_flat_rate` and `shipping_free_from`, in minor units, are those of `currency`.
    """

    shipping_rates: Annotated[dict[str, Rate], NoDecode] = Field(default_factory=dict)
    shipping_flat_rate: int = Field(default=500, ge=0, le=MAX_TOTAL)
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

    def shipping(self, currency: str, *, ships: bool) -> Shipping:
        """What an order in a currency that is sold in costs to ship; nothing where nothing of it `ships`."""
        found = self._rate(currency) if ships else NOTHING_SHIPS
        assert found is not None, "each currency that is sold in has a rate"  # noqa: S101 -- narrows the type
        return found

    def _rate(self, currency: str) -> Shipping | None:
        if self.shipping_rates:
            found = self.shipping_rates.get(currency)
            return None if found is None else Shipping(found.rate, found.free_from)
        if currency != self.currency:
            return None
        return Shipping(self.shipping_flat_rate, self.shipping_free_from)
