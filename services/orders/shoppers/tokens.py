"""Secrets that guests hold: a cart's token is drawn, an order's is derived so that a replay gives the same one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

MAX_LENGTH = 100
# How often an order's token can be made anew.
MOST_RENEWALS = 20


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

    def token(self, order_id: UUID, renewal: int = 0) -> str:
        """The token that opens this order for a guest: always the same one, until the order's is made anew."""
        digest = hmac.digest(self.key, order_id.bytes + bytes([renewal] if renewal else []), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def known(self, order_id: UUID, token_hash: bytes | None) -> str | None:
        """The token of an order that keeps this hash; None for a customer's, and where the key was another then."""
        if token_hash is None:
            return None
        # How often it was made anew is stored nowhere: to try all of them takes microseconds.
        tokens = (self.token(order_id, renewal) for renewal in range(MOST_RENEWALS + 1))
        return next((token for token in tokens if hmac.compare_digest(hashed(token), token_hash)), None)
