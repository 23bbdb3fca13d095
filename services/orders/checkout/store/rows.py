"""An order as its rows hold it, with its lines and how far it has come."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from orders.checkout.domain import order_states
from orders.checkout.domain.erased import ERASED_EMAIL
from orders.checkout.domain.order_state import State
from orders.checkout.domain.order_states import FulfilmentStatus, Life, PaymentStatus, Progress
from orders.checkout.domain.order_values import Attention, OrderStatus, Payment, Reason, Stock
from orders.payment_methods import CARD, is_manual


class StoredLine(msgspec.Struct, frozen=True):
    """What was sold, as it was at that moment. Amounts in minor units."""

    position: int
    variant_id: UUID
    sku: str
    title: str
    variant_title: str
    slug: str
    image_url: str | None
    unit_price: int
    quantity: int
    total: int
    requires_shipping: bool = True
    product_id: UUID | None = None
    weight_grams: int | None = None
    discount: int = 0
    discounts: list[dict[str, Any]] | None = None
    tax: int = 0
    tax_rate: int = 0
    tax_class: str | None = None
    charged: int | None = None
    tax_title: str | None = None
    treatment: str | None = None

    @property
    def paid(self) -> int:
        """What the shopper pays for the line, tax included."""
        return self.total if self.charged is None else self.charged


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its lines. `expired`: its time to pay is over. `ordered_from`: a hash of the network address, which
    is kept until it is paid or ends.
    """

    id: UUID
    number: str
    account_id: UUID | None
    token_hash: bytes | None
    email: str
    shipping_address: dict[str, Any] | None
    currency: str
    subtotal: int
    shipping: int
    rounding: int = 0
    total: int
    discount: int = 0
    shipping_discount: int = 0
    shipping_tax: int = 0
    shipping_tax_rate: int = 0
    shipping_charged: int | None = None
    tax: int = 0
    tax_added: int = 0
    tax_relief: int = 0
    tax_included: bool = True
    reverse_charge: bool = False
    vat_id: str | None = None
    billing_address: dict[str, Any] | None = None
    locale: str | None = None
    shipping_method: dict[str, Any] | None = None
    payment_method: str = CARD
    ordered_from: bytes | None = None
    status: str
    payment: str
    stock: str
    cancel_reason: str | None
    attention: str | None
    version: int
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    expired: bool
    lines: list[StoredLine]
    progress: Progress = Progress()

    @property
    def shipping_paid(self) -> int:
        """What the shopper pays for shipping, tax included."""
        return self.shipping if self.shipping_charged is None else self.shipping_charged

    @property
    def erased(self) -> bool:
        """Whether its person was erased: nobody is mailed about it."""
        return self.email == ERASED_EMAIL

    @property
    def requires_shipping(self) -> bool:
        """Whether a line is sent to an address."""
        return any(line.requires_shipping for line in self.lines)

    @property
    def state(self) -> State:
        """Its state, for the state machine."""
        own = (self.status, self.payment, self.stock, self.cancel_reason, self.attention)
        return state_of(*own, free=self.total == 0, manual=is_manual(self.payment_method))

    @property
    def hold_seconds(self) -> int:
        """How long there is to pay it, from the moment it was placed."""
        return math.ceil((self.expires_at - self.placed_at).total_seconds())

    @property
    def pieces(self) -> int:
        """How many were ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def refunded(self) -> int:
        """What went back of the total, or is on its way from the provider."""
        return self.progress.refunded

    @property
    def payment_status(self) -> PaymentStatus:
        """How far its money is."""
        return order_states.payment_status(Payment(self.payment), self.total, self.progress)

    @property
    def fulfilment_status(self) -> FulfilmentStatus:
        """How far its pieces are."""
        return order_states.fulfilment_status(self.pieces, self.progress, ships=self.requires_shipping)

    @property
    def life(self) -> Life:
        """Whether it is worked on."""
        return order_states.life(OrderStatus(self.status), self.pieces, self.progress)

    def moved(self, state: State) -> Order:
        """The same order in another state, as far as a caller sees it before reading it again."""
        return msgspec.structs.replace(
            self,
            status=state.status.value,
            payment=state.payment.value,
            stock=state.stock.value,
            cancel_reason=state.reason.value if state.reason else None,
            attention=state.attention.value if state.attention else None,
        )


class HistoryEntry(msgspec.Struct, frozen=True):
    """A row of an order's history."""

    version: int
    kind: str
    at: datetime
    data: dict[str, Any] | None
    actor: UUID | None = None


def state_of(
    status: str, payment: str, stock: str, cancel_reason: str | None, attention: str | None, *, free: bool, manual: bool
) -> State:
    """The state that these columns hold."""
    return State(
        OrderStatus(status),
        Payment(payment),
        Stock(stock),
        Reason(cancel_reason) if cancel_reason else None,
        Attention(attention) if attention else None,
        free,
        manual,
    )


def order_of(**columns: Any) -> Order:
    """An order, made of the columns of COLUMNS."""
    progress = msgspec.convert(columns["progress"] or {}, Progress)
    return Order(**{**columns, "lines": msgspec.convert(columns["lines"], list[StoredLine]), "progress": progress})


# Of an order `o`, without its lines.
OWN_COLUMNS = """
o.id, o.number, o.account_id, o.token_hash, o.email, o.shipping_address, o.currency, o.subtotal, o.shipping, o.rounding,
o.total, o.discount, o.shipping_discount, o.shipping_tax, o.shipping_tax_rate, o.shipping_charged, o.tax, o.tax_added,
o.tax_relief, o.tax_included, o.reverse_charge, o.vat_id, o.billing_address, o.locale, o.shipping_method,
o.payment_method, o.status, o.payment, o.stock, o.cancel_reason, o.attention, o.version, o.placed_at, o.expires_at,
o.paid_at, o.cancelled_at, o.expires_at <= now() as expired
"""
COLUMNS = f"""
{OWN_COLUMNS}, (
    select jsonb_agg(to_jsonb(line) - 'order_id' order by line.position) from order_lines line
    where line.order_id = o.id
) as lines, (
    select to_jsonb(p) || jsonb_build_object('archived', p.archived_at is not null) from order_progress p
    where p.order_id = o.id
) as progress, (select h.address from order_holds h where h.order_id = o.id) as ordered_from
"""
