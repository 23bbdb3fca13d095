"""Which currencies the shop sells in, and what shipping costs in each.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Self

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from chassis.limits import public_read
from chassis.values import exponent
from chassis.web import Currency, Model, MoneyModel
from orders.context import Ctx
from orders.settings import OrdersSettings

router = APIRouter(prefix="/api/v1/checkout", tags=["checkout"], dependencies=[Depends(public_read)])


class SoldIn(Model):
    """A currency that the shop sells in, and what shipping costs in it."""

    currency: Currency
    exponent: int = Field(description="Decimal places of its minor unit: 2 where 2500 are 25.00", examples=[2])
    shipping_rate: MoneyModel = Field(
        description="Of an order in which something is shipped", examples=[{"amount": 500, "currency": "EUR"}]
    )
    free_from: MoneyModel | None = Field(
        description="The subtotal from which on shipping is free; null: never",
        examples=[{"amount": 10000, "currency": "EUR"}],
    )


class CheckoutSettings(Model):
    """The currencies that the shop sells in; the default first."""

    default_currency: Currency
    currencies: list[SoldIn]

    @classmethod
    def of(cls, settings: OrdersSettings) -> Self:
        """The API's form of the settings."""
        first = settings.currency
        return cls(
            default_currency=first,
            currencies=[_sold_in(settings, code) for code in sorted(settings.sold_in, key=lambda code: code != first)],
        )


def _sold_in(settings: OrdersSettings, currency: str) -> SoldIn:
    shipping = settings.shipping(currency, ships=True)
    free_from = shipping.free_from
    return SoldIn(
        currency=currency,
        exponent=exponent(currency),
        shipping_rate=MoneyModel(amount=shipping.flat_rate, currency=currency),
        free_from=None if free_from is None else MoneyModel(amount=free_from, currency=currency),
    )


@router.get("/settings", operation_id="read_checkout_settings", summary="Currencies and what shipping costs")
async def checkout_settings(ctx: Ctx, response: Response) -> CheckoutSettings:
    """What the shop sells in, and what shipping costs in each currency. It may be kept for a minute."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return CheckoutSettings.of(ctx.settings)
