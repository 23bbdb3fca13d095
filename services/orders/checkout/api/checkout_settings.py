"""What a checkout page needs: currencies, what shipping costs in each, ways to pay, and the form of an address.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Any, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from chassis.cache import respond
from chassis.limits import public_read
from chassis.values import exponent
from chassis.web import Currency, Model, MoneyModel
from orders.addresses import ENCODED, Countries
from orders.context import Ctx
from orders.payment_methods import Method
from orders.pricing import KeptRules
from orders.settings import OrdersSettings

router = APIRouter(prefix="/api/v1/checkout", tags=["checkout"], dependencies=[Depends(public_read)])

CACHE_CONTROL = "public, max-age=3600"
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As `If-None-Match` says it is"}}


class SoldIn(Model):
    """A currency that the shop sells in, and what shipping costs in it."""

    currency: Currency
    exponent: int = Field(description="Decimal places of its minor unit: 2 where 2500 are 25.00", examples=[2])
    shipping_rate: MoneyModel | None = Field(
        description="Of an order in which something is shipped; null where that depends on the address",
        examples=[{"amount": 500, "currency": "EUR"}],
    )
    free_from: MoneyModel | None = Field(
        description="The subtotal from which on shipping is free; null: never, or by the address",
        examples=[{"amount": 10000, "currency": "EUR"}],
    )


class CheckoutSettings(Model):
    """The currencies that the shop sells in, the default first; and its ways to pay."""

    default_currency: Currency
    currencies: list[SoldIn]
    shipping_by_address: bool = Field(
        description="Whether shipping depends on the address: POST /api/v1/checkout/calculations tells",
        examples=[False],
    )
    payment_methods: list[Method] = Field(description="What an order may name", examples=[["card", "bank_transfer"]])

    @classmethod
    def of(cls, settings: OrdersSettings, *, by_address: bool) -> Self:
        """The API's form of the settings."""
        first = settings.currency
        return cls(
            default_currency=first,
            currencies=[
                _sold_in(settings, code, by_address=by_address)
                for code in sorted(settings.sold_in, key=lambda code: code != first)
            ],
            shipping_by_address=by_address,
            payment_methods=settings.payment_methods,
        )


def _sold_in(settings: OrdersSettings, currency: str, *, by_address: bool) -> SoldIn:
    shipping = settings.shipping(currency)
    rate, free_from = (None, None) if by_address else (shipping.flat_rate, shipping.free_from)
    return SoldIn(
        currency=currency,
        exponent=exponent(currency),
        shipping_rate=None if rate is None else MoneyModel(amount=rate, currency=currency),
        free_from=None if free_from is None else MoneyModel(amount=free_from, currency=currency),
    )


@router.get("/settings", operation_id="read_checkout_settings", summary="Currencies, shipping and ways to pay")
async def checkout_settings(ctx: Ctx, response: Response) -> CheckoutSettings:
    """What the shop sells in, what shipping costs in each currency, and how it is paid. It may be kept for a minute."""
    response.headers["Cache-Control"] = "public, max-age=60"
    rules, _ = await ctx.get(KeptRules).of_now(ctx, look=True)
    return CheckoutSettings.of(ctx.settings, by_address=bool(rules.shipping.zones))


@router.get(
    "/countries",
    summary="What an address is made of in each country",
    response_model=Countries,
    responses=_UNCHANGED,
)
async def read_countries(request: Request) -> Response:
    """Which fields, in which order, called what, and which of them are required. Cacheable; carries an ETag."""
    return respond(request, ENCODED, CACHE_CONTROL)
