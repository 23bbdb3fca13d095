"""An application that shows codes, and what its owner signs in with."""

from __future__ import annotations

import base64
import time

from identity.second_factor.domain import totp
from identity.tests.conftest import PASSWORD

MINE = "/api/v1/accounts/me/second-factor"
WISH = {"email": "ada@example.com", "password": PASSWORD}


class Telephone:
    """An application with the secret. Each code of it is another one: it goes on to the next half minute."""

    def __init__(self, secret: str) -> None:
        self.secret = base64.b32decode(secret)
        self.step = int(time.time()) // totp.SECONDS - 1
        self.recovery_codes: list[str] = []
        self.account_id = ""

    def code(self) -> str:
        """A code that was not used."""
        self.step = max(self.step, int(time.time()) // totp.SECONDS - 1)
        code = totp.code_at(self.secret, self.step)
        self.step += 1
        return code

    def wrong(self) -> str:
        """A code that is good at no moment near now."""
        now = int(time.time()) // totp.SECONDS
        good = {totp.code_at(self.secret, now + each) for each in range(-3, 4)}
        return next(f"{number:06d}" for number in range(10) if f"{number:06d}" not in good)
