"""Device cookies: a browser in which somebody signed in is known again when passwords are guessed (OWASP, "Slow down
online guessing attacks with device cookies").

A cookie is `<nonce>.<mark>...`: a mark for each account that signed in here, the newest first, being an HMAC of the
nonce, the account's address and its epoch, which stands behind the mark where it is not 0. A password reset begins a
new epoch. Nobody has a mark of an account who never knew its password. It opens nothing: it only decides in whose name
a try is counted.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from identity.domain.signing import signature

# A household's accounts. The one that signed in here longest ago is forgotten first.
MAX_ACCOUNTS = 5
_FORM = re.compile(rf"[A-Za-z0-9_-]{{22}}(\.[A-Za-z0-9_-]{{43}}(~[1-9][0-9]{{0,8}})?){{1,{MAX_ACCOUNTS}}}")


@dataclass(frozen=True)
class Device:
    """What a browser said of itself. `marks` are as it sent them: `knows` tells whether one is good."""

    nonce: str
    marks: tuple[str, ...]

    @property
    def text(self) -> str:
        """The value of its cookie."""
        return ".".join((self.nonce, *self.marks))


def parse(text: str | None) -> Device | None:
    """The device of a cookie of the right form."""
    if text is None or _FORM.fullmatch(text) is None:
        return None
    nonce, *marks = text.split(".")
    return Device(nonce, tuple(marks))


def epoch(key: bytes, device: Device, email: str) -> int | None:
    """In which epoch of the account its owner signed in here; None if never. The account says which one goes on."""
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
