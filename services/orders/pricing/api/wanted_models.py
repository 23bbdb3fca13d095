"""What is to be priced, in requests."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.values import uuid7
from chassis.web import Currency, Model, Quantity, SingleLine
from orders.pricing.api.places import DestinationModel, VatId
from orders.pricing.api.shipping_models import Minor
from orders.pricing.api.tax_models import TaxClass
from orders.pricing.discounts.api.code_models import GivenCodes
from orders.pricing.domain.basket import STANDARD, BasketLine, Wanted
from orders.pricing.domain.vat import vat_number
from orders.quantities import MAX_LINES


class Choices(Model):
    """What a price depends on beside the lines."""

    destination: DestinationModel | None = Field(default=None, description="Where it goes, as far as it is known")
    method_id: UUID | None = Field(
        default=None, description="Of the offered methods; the cheapest to the door if not named", examples=[None]
    )
    codes: GivenCodes = Field(default=[])
    vat_id: VatId | None = Field(default=None, description="Of a business: its VAT number", examples=[None])

    def wanted(self, lines: tuple[BasketLine, ...], currency: str) -> Wanted:
        """What the arithmetic works with."""
        return Wanted(
            lines=lines,
            currency=currency,
            destination=self.destination.destination if self.destination else None,
            method_id=self.method_id,
            codes=tuple(self.codes),
            vat=vat_number(self.vat_id) if self.vat_id else None,
        )


class SampleLine(Model):
    """A line of a sample order."""

    unit_price: Minor = Field(description="Of one piece, in the currency of the order", examples=[2500])
    quantity: Quantity = 1
    tax_class: TaxClass = Field(default=STANDARD, description="As the catalog says of the product")
    weight_grams: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, examples=[300])] = Field(
        default=0, description="Of one piece"
    )
    requires_shipping: bool = True
    product_id: UUID | None = Field(default=None, description="For discounts on products", examples=[None])
    product_type: Annotated[SingleLine | None, Field(description="For discounts on types", examples=["Ranges"])] = None

    @property
    def line(self) -> BasketLine:
        """What the arithmetic works with: of a variant of its own."""
        return BasketLine(
            variant_id=uuid7(),
            product_id=self.product_id,
            product_type=self.product_type or "",
            collections=(),
            quantity=self.quantity,
            unit_price=self.unit_price,
            weight_grams=self.weight_grams,
            requires_shipping=self.requires_shipping,
            tax_class=self.tax_class,
        )


class SampleOrder(Choices):
    """An order that nobody placed."""

    currency: Currency
    lines: list[SampleLine] = Field(min_length=1, max_length=MAX_LINES)

    @property
    def sample(self) -> Wanted:
        """What the arithmetic works with."""
        return self.wanted(tuple(line.line for line in self.lines), self.currency)
