"""What an order costs, in answers. Money stands with its currency; rates are millionths."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from orders.pricing.domain.basket import Allocation, AppliedDiscount
from orders.pricing.domain.priced import Method, MethodKind, Priced, PricedLine, ShippingProblem, TaxShare, Treatment

RateOfTax = Annotated[int, Field(description="Millionths: 190000 is 19 %", examples=[190_000])]
_SUMS = (
    *("subtotal", "discount", "shipping", "shipping_discount", "shipping_tax", "shipping_charged", "tax"),
    *("tax_added", "tax_relief", "rounding", "total"),
)


class ShareOfDiscount(Model):
    """What a discount takes off. `code`: null where it is automatic."""

    discount_id: UUID = Field(description="The discount's id")
    title: str = Field(description="As shoppers see it", examples=["Spring"])
    code: str | None = Field(description="Null where it is automatic", examples=["SPRING"])
    amount: MoneyModel = Field(description="What it takes off")


class RejectedCodeView(Model):
    """A code that does not count."""

    code: str = Field(description="As it was given", examples=["SPRING"])
    reason: str = Field(description="For programs", examples=["unknown"])
    message: str = Field(description="For the shopper")


class LinePrice(Model):
    """A line with what falls on it: `charged` is what is paid for it, tax included."""

    variant_id: UUID
    quantity: int = Field(examples=[1])
    unit_price: MoneyModel
    total: MoneyModel = Field(description="Of all its pieces, by the list")
    discount: MoneyModel = Field(description="What discounts take off it")
    discounts: list[ShareOfDiscount] = Field(description="By discount")
    tax: MoneyModel = Field(description="The tax in `charged`")
    tax_rate: RateOfTax
    tax_treatment: Treatment = Field(description="Why it has this tax", examples=["taxed"])
    charged: MoneyModel = Field(description="What is paid for it")


class MethodOffered(Model):
    """A way of shipping that the order can have. `id`: null where the shop has a flat rate."""

    id: UUID | None
    title: str = Field(description="As shoppers see it; empty for the flat rate", examples=["Parcel"])
    kind: MethodKind = Field(description="Whether it comes to the door or is fetched", examples=["delivery"])
    price: MoneyModel = Field(description="By the list: before discounts, and before tax where that comes on top")
    min_days: int | None = Field(description="From the order to the door, at least; null: not known", examples=[2])
    max_days: int | None = Field(description="From the order to the door, at most; null: not known", examples=[4])
    pickup_at: str | None = Field(description="Of a pickup: where", examples=[None])


class TaxSum(Model):
    """All that is taxed at one rate, shipping included."""

    rate: RateOfTax
    title: str = Field(description="As an invoice shows it", examples=["VAT"])
    treatment: Treatment = Field(description="Why it is this rate", examples=["taxed"])
    net: MoneyModel = Field(description="What is paid for it but for the tax")
    tax: MoneyModel = Field(description="The tax on it")


class Calculation(Model):
    """What an order costs. total = subtotal - discount + shipping - shipping_discount - tax_relief + tax_added +
    rounding. While `shipping_problem` is not null, it cannot be ordered so.
    """

    lines: list[LinePrice]
    currency: Annotated[str, Field(examples=["EUR"])]
    subtotal: MoneyModel
    discount: MoneyModel = Field(description="What discounts take off the lines")
    shipping: MoneyModel = Field(description="By the list")
    shipping_discount: MoneyModel = Field(description="What discounts take off shipping")
    shipping_tax: MoneyModel = Field(description="The tax on shipping")
    shipping_charged: MoneyModel = Field(description="What is paid for shipping, tax included")
    tax: MoneyModel = Field(description="All tax in the total")
    tax_added: MoneyModel = Field(description="The tax that came on top of prices without tax")
    tax_relief: MoneyModel = Field(description="The tax that prices hold and nobody owes: taken off")
    tax_included: bool = Field(description="Whether listed prices hold the tax")
    reverse_charge: bool = Field(description="Whether the business that buys owes the tax itself")
    taxes: list[TaxSum] = Field(description="By rate, the highest first")
    rounding: SignedMoney
    total: MoneyModel = Field(description="What is charged: what an order has to expect")
    requires_shipping: bool = Field(description="Whether anything in it is shipped")
    method_id: UUID | None = Field(description="Of the method that counts; null: the flat rate, or none")
    methods: list[MethodOffered] = Field(description="All that are offered")
    shipping_problem: ShippingProblem | None = Field(
        description="Why it cannot be shipped; null where it can, or need not", examples=[None]
    )
    discounts: list[ShareOfDiscount] = Field(description="All that count, with what they take off lines and shipping")
    rejected_codes: list[RejectedCodeView] = Field(description="Codes that do not count, and why")

    @classmethod
    def of(cls, priced: Priced) -> Self:
        """The API's form of a price."""

        def money(amount: int) -> dict[str, Any]:
            return {"amount": amount, "currency": priced.currency}

        def share(each: Allocation | AppliedDiscount) -> dict[str, Any]:
            return asdict(each) | {"amount": money(each.amount)}

        def line(each: PricedLine) -> dict[str, Any]:
            amounts = {name: money(getattr(each, name)) for name in ("discount", "tax", "charged")}
            return amounts | {
                "variant_id": each.line.variant_id,
                "quantity": each.line.quantity,
                "unit_price": money(each.line.unit_price),
                "total": money(each.line.listed),
                "discounts": [share(part) for part in each.allocations],
                "tax_rate": each.tax_rate,
                "tax_treatment": each.treatment,
            }

        def tax(each: TaxShare) -> dict[str, Any]:
            return asdict(each) | {"net": money(each.net), "tax": money(each.tax)}

        return cls.model_validate(
            {name: money(getattr(priced, name)) for name in _SUMS}
            | {
                "lines": [line(each) for each in priced.lines],
                "currency": priced.currency,
                "tax_included": priced.tax_included,
                "reverse_charge": priced.reverse_charge,
                "taxes": [tax(each) for each in priced.taxes],
                "requires_shipping": priced.requires_shipping,
                "method_id": priced.method and priced.method.id,
                "methods": [_method(each, priced.currency) for each in priced.methods],
                "shipping_problem": priced.shipping_problem,
                "discounts": [share(each) for each in priced.discounts],
                "rejected_codes": [asdict(each) for each in priced.rejected],
            }
        )


def _method(method: Method, currency: str) -> dict[str, Any]:
    return {
        "id": method.id,
        "title": method.title,
        "kind": method.kind,
        "price": {"amount": method.price, "currency": currency},
        "min_days": method.estimate and method.estimate.min_days,
        "max_days": method.estimate and method.estimate.max_days,
        "pickup_at": method.pickup_at,
    }
