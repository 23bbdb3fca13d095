"""Settings of payments, beside those of every service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from chassis.settings import Settings

# The doubles' own are short words.
_WEBHOOK_SECRET = re.compile(r"whsec_\S{24,}")


class PaymentsSettings(Settings):
    """`stripe_api_base` and `stripe_pay_url` name a double; both are empty where it is Stripe itself."""

    stripe_secret_key: SecretStr
    stripe_publishable_key: str = Field(min_length=1)
    stripe_webhook_secret: SecretStr
    stripe_api_base: str = ""
    stripe_pay_url: str = ""

    def unfit_for_production(self) -> Iterator[str]:
        """No double, and no key that moves no money or that others know."""
        yield from super().unfit_for_production()
        if self.stripe_api_base:
            yield "STRIPE_API_BASE names a double of Stripe: leave it empty"
        if self.stripe_pay_url:
            yield "STRIPE_PAY_URL names the page of a double: leave it empty"
        if not self.stripe_secret_key.get_secret_value().startswith(("sk_live_", "rk_live_")):
            yield "STRIPE_SECRET_KEY is no live key: set the one that begins with sk_live_ (or rk_live_)"
        if not self.stripe_publishable_key.startswith("pk_live_"):
            yield "STRIPE_PUBLISHABLE_KEY is no live key: set the one that begins with pk_live_"
        if not all(_WEBHOOK_SECRET.fullmatch(secret) for secret in self.webhook_secrets):
            yield "STRIPE_WEBHOOK_SECRET is none of Stripe's: set the one that begins with whsec_ and goes on for long"

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
