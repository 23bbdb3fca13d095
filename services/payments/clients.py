"""The payment provider and the mail client of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.mail import SmtpSender
from payments.context import PaymentsContext
from payments.provider import PaymentProvider
from payments.provider.budget import Budget
from payments.provider.stripe_provider import StripeProvider


@asynccontextmanager
async def provider_open(ctx: PaymentsContext) -> AsyncIterator[None]:
    """Open the clients of the provider and the mail server while the service runs."""
    settings = ctx.settings
    budget = Budget(ctx.limiter, settings.calls_per_second)
    provider = StripeProvider(
        settings.stripe_secret_key.get_secret_value(),
        settings.stripe_api_base,
        budget,
        suffix=settings.stripe_statement_suffix,
        shop=settings.public_url.rstrip("/"),
    )
    ctx.extras[StripeProvider] = provider
    try:
        async with SmtpSender(settings.smtp_url) as ctx.extras[SmtpSender]:
            yield
    finally:
        await provider.close()


def provider_of(ctx: PaymentsContext) -> PaymentProvider:
    """The payment provider of this process."""
    return ctx.get(StripeProvider)
