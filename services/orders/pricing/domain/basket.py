"""What is to be priced, and what discounts take off it. Amounts are minor units of `Wanted.currency`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

STANDARD = "standard"
# Of articles that are never taxed: the catalog says so.
NOT_TAXED = "none"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many pieces of a variant, at the catalog's price of today."""

    variant_id: UUID
    product_id: UUID | None
    product_type: str
    collections: tuple[UUID, ...]
    quantity: int
    unit_price: int
    weight_grams: int = 0
    requires_shipping: bool = True
    tax_class: str = STANDARD

    @property
    def listed(self) -> int:
        """What its pieces cost by the list, before any discount."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Destination:
    """Where it goes; of an order that is not shipped, where the customer is. `country`: ISO 3166-1 alpha-2."""

    country: str
    region: str | None = None
    postal_code: str | None = None

    @classmethod
    def of(cls, address: Mapping[str, Any] | None) -> Destination | None:
        """Of an address as it is stored."""
        return None if address is None else cls(address["country"], address.get("region"), address.get("postal_code"))


@dataclass(frozen=True, slots=True)
class VatNumber:
    """A VAT number whose form was checked. `country`: ISO 3166-1 (GR, not EL); `number`: plain, with its prefix."""

    country: str
    number: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shopper wants to have priced. `customer`: a hash that tells customers apart."""

    lines: tuple[BasketLine, ...]
    currency: str
    destination: Destination | None = None
    method_id: UUID | None = None
    codes: tuple[str, ...] = ()
    customer: bytes | None = None
    vat: VatNumber | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a discount takes off one line, or off shipping. `code`: None where it is automatic."""

    discount_id: UUID
    title: str
    code: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """What a discount takes off in all: lines and shipping."""

    discount_id: UUID
    title: str
    code: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class RejectedCode:
    """A code that does not count. `reason`: for programs, kebab-case; `message`: for the shopper."""

    code: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class DiscountUse:
    """What is counted once the order is placed. `code`: None where the discount is automatic."""

    discount_id: UUID
    code: str | None
    customer: bytes | None


@dataclass(frozen=True, slots=True)
class Used:
    """How often a discount was used: in all, and by the customer of `Wanted`."""

    total: int = 0
    by_customer: int = 0


NEVER_USED: Mapping[UUID, Used] = {}


@dataclass(frozen=True, slots=True)
class ShippingCharge:
    """What shipping costs by the list. `free`: nothing is left to take off."""

    amount: int
    method_id: UUID | None = None

    @property
    def free(self) -> bool:
        """Whether it costs nothing."""
        return self.amount == 0


@dataclass(frozen=True, slots=True)
class Discounted:
    """What discounts take off. `lines`: for each line, in the order given, what falls on it.

    The amounts of a line never exceed what it costs by the list, nor those of shipping what shipping costs.
    """

    lines: tuple[tuple[Allocation, ...], ...]
    shipping: tuple[Allocation, ...] = ()
    applied: tuple[AppliedDiscount, ...] = ()
    rejected: tuple[RejectedCode, ...] = ()
    uses: tuple[DiscountUse, ...] = ()
