"""The callers of carts and orders: an account, or a guest who holds a token."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Shopper:
    """The owner of a cart. A signed-in caller acts as the account, whatever cart token is sent with it.

    `cart_token`: the hash of a guest's token. `address`: the caller's network address, as limits count it.
    `probe`: the synthetic shopper, known by its token.
    """

    account_id: UUID | None
    cart_token: bytes | None
    address: str
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of an order's endpoints. `order_token`: the hash of a guest's token."""

    account_id: UUID | None
    order_token: bytes | None
