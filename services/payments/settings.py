"""Settings of payments, beside those of every service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from chassis.config import Settings
from chassis.mail import MailSettings
from chassis.web import Email
from payments.domain.payment import Method
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

ORDER_NUMBER = "{number}"
"""Stands for the order's number in BANK_TRANSFER_INSTRUCTIONS."""

Mode = Literal["live", "test"]


class PaymentsSettings(MailSettings):
    """How Stripe, or a double of it, is reached, and who is told of what."""

    # The key that this service calls Stripe with: sk_live_..., sk_test_..., or a restricted one.
    stripe_secret_key: SecretStr
    # The key that browsers use: pk_...
    stripe_publishable_key: str = Field(min_length=1)
    # What Stripe's webhooks are signed with: whsec_...; two with a comma while it is being changed.
    stripe_webhook_secret: SecretStr
    # The address of a double; empty: Stripe itself.
    stripe_api_base: str = ""
    # The page where a double is paid; empty: Stripe itself.
    stripe_pay_url: str = ""
    # The script with which a page shows the card form; empty: Stripe's own, or the double's.
    stripe_script_url: str = Field(default="", max_length=2000)
    # acct_...; only where the webhook destination gets events of more accounts than the key's own.
    stripe_account: str = Field(default="", pattern=r"^(acct_\w+)?$")
    # All calls a second, over all replicas: what Stripe allows the account. 0: as many as come (the double's default).
    stripe_calls_per_second: int | None = Field(default=None, ge=0, le=10_000)
    # Whether Stripe sends the shopper a receipt of its own when the money is taken.
    stripe_receipts: bool = False
    # What follows the shop's name on a card's statement.
    stripe_statement_suffix: str = ""
    # Who gets mails about disputes, refunds made at Stripe, and faults that keep shoppers from paying. Empty: no mails.
    staff_email: Email | None = None
    # The ways to pay that the shop offers, with commas: card, bank_transfer, cash.
    payment_methods: Annotated[list[Method], NoDecode] = Field(default=["card"], min_length=1)
    # What a shopper does to pay by bank transfer: whose account, and which one. {number} stands for the order's number.
    bank_transfer_instructions: str = Field(default="", max_length=2000)
    # How many cards may be declined for an order: then no more are tried.
    declines_per_order: int = Field(default=10, ge=1, le=1000)
    # How many cards may be declined from one address within an hour: then no more are tried from it.
    declines_per_address: int = Field(default=30, ge=1, le=100_000)
    # Where the shop's days begin and end, for the daily report: a name of the IANA database, such as Europe/Berlin.
    time_zone: str = Field(default="UTC", max_length=100)
    # The shop's default currency, for `python -m payments.doctor` alone.
    currency: str = "EUR"
    # All currencies that the shop sells in, likewise.
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

    @field_validator("payment_methods", mode="before")
    @classmethod
    def _with_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip())) or ["card"]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError("TIME_ZONE is no name of the IANA database, such as Europe/Berlin")
        return value

    @model_validator(mode="after")
    def _transfers_need_instructions(self) -> Self:
        if "bank_transfer" in self.payment_methods and not self.bank_transfer_instructions.strip():
            raise ValueError("PAYMENT_METHODS has bank_transfer: say in BANK_TRANSFER_INSTRUCTIONS how to pay by it")
        return self

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


@cache
def _zones() -> set[str]:
    return available_timezones()
