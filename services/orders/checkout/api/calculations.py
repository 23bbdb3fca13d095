"""What an order would cost, before it is placed.

Without `from __future__ import annotations`: FastAPI reads the annotations of the handlers.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from chassis.problems import Invalid, Unavailable, responses
from chassis.web import Currency
from orders import problems
from orders.checkout.api.requests import WantedLine
from orders.checkout.usecases.calculate_checkout import calculate_checkout
from orders.context import Ctx
from orders.pricing import Calculation, Choices, discounts
from orders.quantities import MAX_LINES, VariantQuantity
from orders.shoppers import CART, CART_ADDRESS, CODE_MISSES, MISSES, CurrentShopper

router = APIRouter(prefix="/api/v1/checkout", tags=["checkout"])


class CalculationRequest(Choices):
    """What is to be priced; without `lines`, the cart."""

    lines: Annotated[list[WantedLine] | None, Field(min_length=1, max_length=MAX_LINES)] = None
    currency: Currency | None = Field(
        default=None, description="One that the shop sells in; the cart's, or the shop's default, if not named"
    )

    @property
    def asked(self) -> list[VariantQuantity] | None:
        """What the use case works with."""
        return [VariantQuantity(line.variant_id, line.quantity) for line in self.lines] if self.lines else None


@router.post(
    "/calculations",
    summary="What an order would cost",
    operation_id="calculate_checkout",
    dependencies=[CART_ADDRESS, CART, MISSES, CODE_MISSES],
    responses=responses(
        *(problems.CartNotFound, problems.CartEmpty, problems.CartOrdered, problems.UnknownVariant),
        *(Invalid, Unavailable),
    ),
)
async def calculate(wanted: CalculationRequest, ctx: Ctx, shopper: CurrentShopper) -> Calculation:
    """Of the given lines, or of the cart: ways of shipping, discounts, taxes and the total. Nothing is written or held.

    What is not known yet may be left out: without a destination the tax is that of the shop's place.
    """
    who = str(shopper.account_id or shopper.address)
    if wanted.codes:
        discounts.may_try(ctx, who)
    found = await calculate_checkout(ctx, shopper, wanted.asked, wanted.currency, wanted.wanted((), ""))
    await discounts.count_misses(ctx, who, found.rejected)
    return Calculation.of(found)
