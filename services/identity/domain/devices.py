"""Device cookies: they tell a browser in which the owner signed in from others that guess passwords (OWASP, "Slow down
online guessing attacks with device cookies").

A cookie is `<nonce>.<mark>...`: a mark for each account that signed in here, the newest first, being an HMAC of the
nonce, the account's address and its epoch, which follows the mark where it is not 0. A password reset begins a
new epoch. Only a client that knew the password of an account has a mark of it. A cookie grants no access: it only
decides by which key a try is counted.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from identity.domain.signing import signature

# The accounts of a household. The one that signed in longest ago is removed first.
MAX_ACCOUNTS = 5
_FORM = re.compile(rf"[A-Za-z0-9_-]{{22}}(\.[A-Za-z0-9_-]{{43}}(~[1-9][0-9]{{0,8}})?){{1,{MAX_ACCOUNTS}}}")


@dataclass(frozen=True)
class Device:
    """A parsed device cookie. `marks` are as the browser sent them: `epoch` verifies them."""

    nonce: str
    marks: tuple[str, ...]

    @property
    def text(self) -> str:
        """The value of its cookie."""
        return ".".join((self.nonce, *self.marks))


def parse(text: str | None) -> Device | None:
    """The device; None where the cookie has another form."""
    if text is None or _FORM.fullmatch(text) is None:
        return None
    nonce, *marks = text.split(".")
    return Device(nonce, tuple(marks))


def epoch(key: bytes, device: Device, email: str) -> int | None:
    """The epoch of the account in which its owner signed in here; None if never. It may be an old one."""
    for mark in device.marks:
        number = int(mark.partition("~")[2] or 0)
        if hmac.compare_digest(mark, _mark(key, device.nonce, email, number)):
            return number
    return None


def remember(key: bytes, device: Device | None, email: str, number: int) -> Device:
    """The device, a new one if there was none, after the owner of this address has signed in here in that epoch."""
    nonce = device.nonce if device else secrets.token_urlsafe(16)
    others = [one for one in device.marks if epoch(key, Device(nonce, (one,)), email) is None] if device else []
    return Device(nonce, (_mark(key, nonce, email, number), *others)[:MAX_ACCOUNTS])


def _mark(key: bytes, nonce: str, email: str, number: int) -> str:
    return f"{signature(key, f'{nonce} {email} {number}')}~{number}" if number else signature(key, f"{nonce} {email}")
