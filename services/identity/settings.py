"""Settings of identity alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from chassis.config import NewShopSettings
from chassis.limits import rate
from chassis.mail import MailSettings


class IdentitySettings(MailSettings, NewShopSettings):
    """Lifetimes in seconds."""

    # The file of 32 random bytes that encrypt the keys in the database.
    key_encryption_key_file: Path
    # False, for a store without a mail server: an account needs no link that was mailed to its address.
    accounts_confirmed_by_mail: bool = True
    # The services at which an access token is valid.
    audiences: list[str] = Field(default_factory=lambda: ["identity", "catalog", "orders", "payments"])
    # How long a refresh token may be shown again after it was replaced, by another tab of the same browser.
    refresh_grace_seconds: int = Field(default=10, ge=0, le=60)
    # A customer's session ends when it was not used for so long.
    customer_idle_seconds: int = 14 * 86_400
    # A customer's session ends after so long in any case.
    customer_absolute_seconds: int = 60 * 86_400
    # A session of staff ends when it was not used for so long.
    staff_idle_seconds: int = 30 * 60
    # A session of staff ends after so long in any case.
    staff_absolute_seconds: int = 12 * 3_600
    # True: staff have their rights only in sessions that have shown a second factor. Without one they may set one up.
    staff_second_factor: bool = False
    # The oldest session ends when there are more.
    sessions_per_account: int = Field(default=20, ge=1)
    # Memory of a password's hash, in KiB.
    argon2_memory_kib: int = Field(default=19_456, ge=19_456)
    # Passes of a password's hash over its memory.
    argon2_time_cost: int = Field(default=2, ge=2)
    # Hashes that may wait; with more, signing in is a 503.
    password_queue: int = Field(default=32, ge=1)
    # A new key signs access tokens every so many days.
    signing_key_days: int = Field(default=30, ge=2)
    # Registrations of one address.
    register_address_limit: str = "1000/h"
    # Registrations of one address in a day.
    register_address_day_limit: str = "3000/d"
    # Tries to sign in from one address, by those who did not sign in there before.
    sign_in_address_limit: str = "1200/h"

    @field_validator("register_address_limit", "register_address_day_limit", "sign_in_address_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)
