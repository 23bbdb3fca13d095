"""Pseudonyms of those who hold stock: keyed hashes of an account or cart, an address and its network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from uuid import UUID

import msgspec

from chassis.web import mailbox_of
from orders.shoppers.shopper import Shopper


class Holder(msgspec.Struct, frozen=True):
    """16 bytes each."""

    holder: bytes
    address: bytes
    network: bytes

    @property
    def parts(self) -> list[bytes]:
        """In the order in which every transaction locks them."""
        return sorted((self.holder, self.address, self.network))


@dataclass(frozen=True)
class Holders:
    """Hashes with a key of this service: who reads the table cannot try all addresses."""

    key: bytes

    def of(self, shopper: Shopper, order_id: UUID) -> Holder:
        """The hashes of a shopper. A guest without a cart counts as a new holder with each order."""
        if shopper.account_id is not None:
            holder = f"account:{shopper.account_id}"
        else:
            holder = f"cart:{shopper.cart_token.hex()}" if shopper.cart_token else f"order:{order_id}"
        address, network = f"address:{shopper.address}", f"network:{wider(shopper.address)}"
        return Holder(self._hashed(holder), self._hashed(address), self._hashed(network))

    def recipient(self, email: str) -> bytes:
        """Of the mailbox behind an e-mail address."""
        return self._hashed(f"email:{mailbox_of(email)}")

    def customer(self, account_id: UUID | None, email: str) -> bytes:
        """Of an account; of a guest that of the mailbox."""
        return self.account(account_id) or self.recipient(email)

    def account(self, account_id: UUID | None) -> bytes | None:
        """As `customer`, where no e-mail address is known yet: None for a guest."""
        return None if account_id is None else self._hashed(f"account:{account_id}")

    def _hashed(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self.key, digest_size=16).digest()


def wider(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 network such as chassis.limits gives it ("2001:db8::/64")."""
    first = ip_address(address.partition("/")[0])
    return str(ip_network((first, 24 if first.version == 4 else 48), strict=False))
