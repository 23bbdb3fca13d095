"""Verifies the signature of a webhook: an HMAC over its time and body.

Stripe's library does not do this here: it accepts any future time and raises on characters beyond ASCII.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from typing import NamedTuple

TOLERANCE_SECONDS = 300
AHEAD_SECONDS = 60
"""How far Stripe's clock may be ahead of ours."""
LONGEST_HEADER = 1_000
_TIME = re.compile(r"[0-9]{1,12}")


class _Signed(NamedTuple):
    """A header's time as it was signed, and its MACs."""

    at: str
    macs: list[bytes]


def signed_by(body: bytes, header: str | None, secrets: Iterable[str]) -> int | None:
    """The place of the first of the secrets that signed this body, at most 5 minutes ago and 1 minute ahead; None if
    none did. While a secret is being changed, the provider signs with both.
    """
    signed = _parsed(header or "")
    if signed is None or not -AHEAD_SECONDS <= time.time() - int(signed.at) <= TOLERANCE_SECONDS:
        return None
    payload = signed.at.encode() + b"." + body
    made = (place for place, secret in enumerate(secrets) if _made_by(secret, payload, signed.macs))
    return next(made, None)


def _parsed(header: str) -> _Signed | None:
    """Of "t=1700000000,v1=<hex>,v1=<hex>,v0=..."; None of anything else."""
    if len(header) > LONGEST_HEADER:
        return None
    fields = [field.partition("=")[::2] for field in header.split(",")]
    times = [value for name, value in fields if name == "t"]
    macs = [value.encode("utf-8", "replace") for name, value in fields if name == "v1"]
    if len(times) != 1 or not macs or _TIME.fullmatch(times[0]) is None:
        return None
    return _Signed(times[0], macs)


def _made_by(secret: str, payload: bytes, macs: list[bytes]) -> bool:
    expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest().encode()
    return any(hmac.compare_digest(expected, mac) for mac in macs)
