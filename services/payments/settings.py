"""Settings of payments, beside those of every service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from chassis.settings import Settings


class PaymentsSettings(Settings):
    """`stripe_api_base` and `stripe_pay_url` name a double; both are empty where it is Stripe itself."""

    stripe_secret_key: SecretStr
    stripe_publishable_key: str = Field(min_length=1)
    stripe_webhook_secret: SecretStr
    stripe_api_base: str = ""
    stripe_pay_url: str = ""

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _at_least_one(cls, value: SecretStr) -> SecretStr:
        if not any(_split(value)):
            raise ValueError("at least one webhook secret is needed; two, with a comma, while they are being changed")
        return value

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Each of these is good: two while a secret is being changed."""
        return tuple(_split(self.stripe_webhook_secret))

    @property
    def provider(self) -> Literal["stripe", "double"]:
        """What a browser has to know: "stripe" loads Stripe.js, "double" goes to `stripe_pay_url`."""
        return "double" if self.stripe_api_base else "stripe"


def _split(secrets: SecretStr) -> list[str]:
    return [part.strip() for part in secrets.get_secret_value().split(",") if part.strip()]
