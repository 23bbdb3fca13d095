"""Secrets that guests hold: a cart's token is drawn, an order's is derived so that a replay gives the same one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

MAX_LENGTH = 100


def draw() -> str:
    """256 random bits for a header."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """What is kept of a token: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token[:MAX_LENGTH].encode("utf-8", "surrogateescape")).digest()


@dataclass(frozen=True)
class OrderTokens:
    """Derives each guest order's token from the order's id and a key of this service."""

    key: bytes

    def token(self, order_id: UUID) -> str:
        """The token that opens this order for a guest: always the same one."""
        digest = hmac.digest(self.key, order_id.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def known(self, order_id: UUID, token_hash: bytes | None) -> str | None:
        """The token of an order that keeps this hash; None for a customer's, and where the key was another then."""
        token = self.token(order_id)
        return token if token_hash is not None and hmac.compare_digest(hashed(token), token_hash) else None
