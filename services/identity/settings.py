"""Settings of identity alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from chassis.limits import rate
from chassis.mail import MailSettings


class IdentitySettings(MailSettings):
    """Lifetimes in seconds. `key_encryption_key_file` holds 32 random bytes."""

    key_encryption_key_file: Path
    # False, for a store without a mail server: an account needs no link that was mailed to its address.
    accounts_confirmed_by_mail: bool = True
    audiences: list[str] = Field(default_factory=lambda: ["identity", "catalog", "orders", "payments"])
    refresh_grace_seconds: int = Field(default=10, ge=0, le=60)
    customer_idle_seconds: int = 14 * 86_400
    customer_absolute_seconds: int = 60 * 86_400
    staff_idle_seconds: int = 30 * 60
    staff_absolute_seconds: int = 12 * 3_600
    sessions_per_account: int = Field(default=20, ge=1)
    argon2_memory_kib: int = Field(default=19_456, ge=19_456)
    argon2_time_cost: int = Field(default=2, ge=2)
    password_queue: int = Field(default=32, ge=1, description="Hashes that may wait before we answer 503")
    signing_key_days: int = Field(default=30, ge=2)
    # By address, which an office or a carrier may share: docs/limits.md has the reasons.
    register_address_limit: str = "1000/h"
    register_address_day_limit: str = "3000/d"
    sign_in_address_limit: str = "1200/h"

    @field_validator("register_address_limit", "register_address_day_limit", "sign_in_address_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        return rate(value)
