"""Recovery codes: 80 random bits each, for who has lost the application."""

from __future__ import annotations

import base64
import hmac
import secrets

COUNT = 10
LENGTH = 16


def draw() -> list[str]:
    """COUNT new codes, in groups of four characters of base32."""
    return [_grouped(base64.b32encode(secrets.token_bytes(10)).decode()) for _ in range(COUNT)]


def plain(typed: str) -> str:
    """The code without spaces and hyphens, in upper case."""
    return typed.replace(" ", "").replace("-", "").upper()


def hashed(key: bytes, account_id: str, code: str) -> bytes:
    """How it is stored: an HMAC, so that the database alone does not tell which codes there are."""
    return hmac.digest(key, f"{account_id} {plain(code)}".encode(), "sha256")


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))
