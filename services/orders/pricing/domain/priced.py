"""What came of pricing: lines, shipping, tax and sums. Amounts are minor units; rates are millionths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from orders.pricing.domain.basket import Allocation, AppliedDiscount, BasketLine, DiscountUse, RejectedCode

Treatment = Literal["taxed", "zero", "exempt", "reverse_charge", "outside", "untaxed"]
"""Why a line has the tax that it has.

taxed: at a rate above zero. zero: at a rate of zero. exempt: a law frees it. reverse_charge: the business that buys
owes the tax. outside: it leaves the shop's tax area. untaxed: no rule is about it.
"""
MethodKind = Literal["delivery", "pickup"]
ShippingProblem = Literal["destination-needed", "no-method", "method-not-offered"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Days from the order to the door."""

    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class Method:
    """A way to have an order shipped, or to fetch it, and what it costs by the list. `id`: None: the flat rate."""

    id: UUID | None
    title: str
    kind: MethodKind
    price: int
    zone: str | None = None
    estimate: Estimate | None = None
    # Of a pickup: where, as the shop writes it.
    pickup_at: str | None = None


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The part of an amount that is taxed at one rate: what is charged for it is `net` and `tax`, after discounts."""

    rate: int
    title: str
    treatment: Treatment
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with all that falls on it. `relief`: tax that its listed price holds and nobody owes.

    charged = line.listed - discount - relief + tax, the tax only where it comes on top.
    """

    line: BasketLine
    discount: int
    allocations: tuple[Allocation, ...]
    tax: int
    tax_rate: int
    tax_title: str
    treatment: Treatment
    relief: int
    charged: int


@dataclass(frozen=True, slots=True)
class Priced:
    """What an order costs, and why.

    total = subtotal - discount + shipping - shipping_discount - tax_relief + tax_added + rounding
          = the sum of `charged` + shipping_charged + rounding.
    """

    currency: str
    lines: tuple[PricedLine, ...]
    subtotal: int
    discount: int
    shipping: int
    shipping_discount: int
    shipping_tax: int
    # Of shipping that is taxed at several rates: their mean by value; `shipping_taxes` has each.
    shipping_tax_rate: int
    shipping_charged: int
    tax: int
    tax_added: int
    tax_relief: int
    tax_included: bool
    reverse_charge: bool
    rounding: int
    total: int
    requires_shipping: bool
    method: Method | None = None
    methods: tuple[Method, ...] = ()
    shipping_problem: ShippingProblem | None = None
    shipping_taxes: tuple[TaxShare, ...] = ()
    # All of the order by rate, shipping included: what an invoice lists.
    taxes: tuple[TaxShare, ...] = ()
    discounts: tuple[AppliedDiscount, ...] = ()
    shipping_allocations: tuple[Allocation, ...] = ()
    rejected: tuple[RejectedCode, ...] = ()
    uses: tuple[DiscountUse, ...] = ()
