"""Random ids in Stripe's format: a prefix, then letters and digits."""

from __future__ import annotations

import secrets
from base64 import b64encode


def new(prefix: str) -> str:
    """`prefix` and 24 random letters and digits (about 142 bits)."""
    return prefix + b64encode(secrets.token_bytes(18), altchars=b"7Q").decode("ascii")
