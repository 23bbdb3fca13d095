"""Signatures of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

PREFIX = "whsec_"


def secret(key: bytes, endpoint_id: UUID, number: int) -> bytes:
    """The secret of an endpoint with this number: it follows from a key of this service and is stored nowhere."""
    return hmac.digest(key, b"webhook " + endpoint_id.bytes + number.to_bytes(4, "big"), hashlib.sha256)


def written(of: bytes) -> str:
    """A secret as receivers configure it."""
    return PREFIX + base64.b64encode(of).decode()


def signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: str) -> str:
    """The header `webhook-signature`: one part for each secret, so that a receiver may know either."""
    content = f"{message_id}.{timestamp}.{body}".encode()
    parts = (base64.b64encode(hmac.digest(each, content, hashlib.sha256)).decode() for each in secrets)
    return " ".join(f"v1,{part}" for part in parts)
