"""Signatures of tokens and cookies, so that they can be verified without being stored."""

from __future__ import annotations

import base64
import hmac


def signature(key: bytes, claim: str) -> str:
    """HMAC-SHA-256 of the claim, in 43 characters of base64url."""
    return base64.urlsafe_b64encode(hmac.digest(key, claim.encode(), "sha256")).rstrip(b"=").decode()
