"""Codes of RFC 6238 as every application makes them: HMAC-SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
# A code of the step before and of the next one is taken, too: telephones' clocks are a little wrong.
_DRIFT = 1
# Codes at whose wrongness the waiting begins, and its longest, in minutes.
_FREE_FAILURES = 5
_LONGEST_WAIT = 1440


def new_secret() -> bytes:
    """20 random bytes, as RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of a step, which is Unix time divided by 30 seconds."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, now: float, last_step: int) -> int | None:
    """The step whose code this is, if it is a present one and later than the last that was taken; else None."""
    present = int(now) // SECONDS
    steps = range(max(present - _DRIFT, last_step + 1), present + _DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return right[0] if right else None


def wait_minutes(failures: int) -> int:
    """For how long no code is taken after so many wrong ones in a row: twice as long each time, a day at most."""
    beyond = failures - _FREE_FAILURES
    return 0 if beyond < 0 else min(1 << min(beyond, 16), _LONGEST_WAIT)


def uri(secret: bytes, *, issuer: str, email: str) -> str:
    """The address that a QR code shows, by which an application takes the secret."""
    label = quote(f"{issuer}:{email}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': as_text(secret), 'issuer': issuer})}"


def as_text(secret: bytes) -> str:
    """The secret in base32, for who types it."""
    return base64.b32encode(secret).decode().rstrip("=")
