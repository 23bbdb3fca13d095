"""By what orders of one account are told from those of others: a keyed hash, from which nobody learns the account."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

_BYTES = 16


class Buyers:
    """Of this shop: the hashes follow from its key, so they are the same in all processes and after a restore."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"mercat buyers", hashlib.sha256)

    def of(self, account_id: UUID | None) -> bytes | None:
        """The hash of an account; None of a guest."""
        if account_id is None:
            return None
        return hmac.digest(self._key, account_id.bytes, hashlib.sha256)[:_BYTES]
