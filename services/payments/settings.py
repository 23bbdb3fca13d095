"""Settings of payments, beside those of every service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from chassis.config import Settings
from chassis.mail import MailSettings
from chassis.web import Email
from payments.provider.budget import LIVE, SANDBOX

STRIPE_SCRIPT = "https://js.stripe.com/endive/stripe.js"
"""Of the version that goes with the SDK's API version. Source: https://docs.stripe.com/sdks/stripejs-versioning."""
_SCRIPTS = re.compile(r"https://js\.stripe\.com/(v3/?|(v3|[a-z]+)/stripe\.js)")
# The doubles' own are short words.
_WEBHOOK_SECRET = re.compile(r"whsec_\S{24,}")
_KEY = re.compile(r"(?:sk|rk|pk)_(live|test)_")
# Stripe puts the account's prefix (two letters at least) and "* " before it, and has 22 characters for all.
_SUFFIX = re.compile(r"(?=.*[A-Za-z])[ -~]{1,18}")
_NOT_IN_A_SUFFIX = frozenset("<>\\'\"*")

Mode = Literal["live", "test"]


class PaymentsSettings(MailSettings):
    """`stripe_api_base` and `stripe_pay_url` name a double; both are empty where it is Stripe itself.

    `stripe_script_url` is the script with which a page shows the card form; empty is Stripe's own, or the double's.
    """

    stripe_secret_key: SecretStr
    stripe_publishable_key: str = Field(min_length=1)
    stripe_webhook_secret: SecretStr
    stripe_api_base: str = ""
    stripe_pay_url: str = ""
    stripe_script_url: str = Field(default="", max_length=2000)
    # acct_...; only where the webhook destination gets events of more accounts than the key's own.
    stripe_account: str = Field(default="", pattern=r"^(acct_\w+)?$")
    # All calls a second, over all replicas: what Stripe allows the account. 0: as many as come (the double's default).
    stripe_calls_per_second: int | None = Field(default=None, ge=0, le=10_000)
    # Stripe sends the shopper a receipt of its own when the money is taken.
    stripe_receipts: bool = False
    # What follows the shop's name on a card's statement.
    stripe_statement_suffix: str = ""
    # Gets mails about disputes, refunds made at Stripe, and faults that keep shoppers from paying. Empty: no mails.
    staff_email: Email | None = None
    # What the shop sells in, for `python -m payments.doctor` alone.
    currency: str = "EUR"
    currencies: str = ""

    def unfit_for_production(self) -> Iterator[str]:
        """No double, and no key that moves no money or that others know."""
        # Without staff to tell, no mail is sent.
        yield from super().unfit_for_production() if self.staff_email else Settings.unfit_for_production(self)
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

    @field_validator("staff_email", "stripe_calls_per_second", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("stripe_statement_suffix")
    @classmethod
    def _as_stripe_takes_it(cls, value: str) -> str:
        value = value.strip()
        if value and (_SUFFIX.fullmatch(value) is None or _NOT_IN_A_SUFFIX & set(value)):
            raise ValueError(
                "STRIPE_STATEMENT_SUFFIX has 1 to 18 characters of ASCII, a letter among them, none of < > \\ ' \" *"
            )
        return value

    @model_validator(mode="after")
    def _of_one_mode(self) -> Self:
        secret, publishable = self.mode, _mode(self.stripe_publishable_key)
        # nosemgrep: secret-compared -- "live" and "test", not the keys
        if secret and publishable and secret != publishable:
            raise ValueError(
                f"STRIPE_SECRET_KEY is a {secret} key and STRIPE_PUBLISHABLE_KEY a {publishable} one: "
                "take both from the same mode of Stripe's dashboard"
            )
        return self

    @property
    def mode(self) -> Mode | None:
        """What the secret key is for; None where it does not say, as a double's may."""
        return _mode(self.stripe_secret_key.get_secret_value())

    @property
    def calls_per_second(self) -> int:
        """0: as many as come."""
        if self.stripe_calls_per_second is not None:
            return self.stripe_calls_per_second
        if self.stripe_api_base:
            return 0
        return LIVE if self.mode == "live" else SANDBOX

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Each of these is good: two while a secret is being changed."""
        return tuple(_split(self.stripe_webhook_secret))

    @property
    def provider(self) -> Literal["stripe", "double"]:
        """What a browser has to know: "stripe" takes cards, "double" play money; both are paid by `script_url`."""
        return "double" if self.stripe_api_base else "stripe"


def _mode(key: str) -> Mode | None:
    match = _KEY.match(key)
    if match is None:
        return None
    return "live" if match[1] == "live" else "test"


def _split(secrets: SecretStr) -> list[str]:
    return [part.strip() for part in secrets.get_secret_value().split(",") if part.strip()]
