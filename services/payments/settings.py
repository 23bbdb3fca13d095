"""Settings of payments, beside those of every service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from chassis.settings import Settings

STRIPE_SCRIPT = "https://js.stripe.com/endive/stripe.js"
"""Of the version that goes with the SDK's API version. Source: https://docs.stripe.com/sdks/stripejs-versioning."""
_SCRIPTS = re.compile(r"https://js\.stripe\.com/(v3/?|(v3|[a-z]+)/stripe\.js)")
# The doubles' own are short words.
_WEBHOOK_SECRET = re.compile(r"whsec_\S{24,}")


class PaymentsSettings(Settings):
    """`stripe_api_base` and `stripe_pay_url` name a double; both are empty where it is Stripe itself.

    `stripe_script_url` is the script with which a page shows the card form; empty is Stripe's own, or the double's.
    """

    stripe_secret_key: SecretStr
    stripe_publishable_key: str = Field(min_length=1)
    stripe_webhook_secret: SecretStr
    stripe_api_base: str = ""
    stripe_pay_url: str = ""
    stripe_script_url: str = Field(default="", max_length=2000)

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

    @model_validator(mode="after")
    def _script_of_the_provider(self) -> Self:
        """A page that runs another's script gives that one every card typed there."""
        url = self.stripe_script_url
        if url and self.provider == "stripe" and not _SCRIPTS.fullmatch(url):
            raise ValueError(f"STRIPE_SCRIPT_URL is not one of Stripe's: leave it empty, or set {STRIPE_SCRIPT}")
        if url and self.provider == "double" and not re.fullmatch(r"https?://[!-~]+", url):
            raise ValueError("STRIPE_SCRIPT_URL is the http(s) address of the double's stripe.js, or empty")
        if url and self.provider == "double" and _SCRIPTS.fullmatch(url):
            raise ValueError("STRIPE_SCRIPT_URL is Stripe's, and STRIPE_API_BASE names a double: leave one of them out")
        return self

    @property
    def script_url(self) -> str:
        """The script that a page loads to show the card form."""
        own = f"{self.stripe_api_base.rstrip('/')}/js/stripe.js" if self.stripe_api_base else STRIPE_SCRIPT
        return self.stripe_script_url or own

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Each of these is good: two while a secret is being changed."""
        return tuple(_split(self.stripe_webhook_secret))

    @property
    def provider(self) -> Literal["stripe", "double"]:
        """What a browser has to know: "stripe" takes cards, "double" play money; both are paid by `script_url`."""
        return "double" if self.stripe_api_base else "stripe"


def _split(secrets: SecretStr) -> list[str]:
    return [part.strip() for part in secrets.get_secret_value().split(",") if part.strip()]
