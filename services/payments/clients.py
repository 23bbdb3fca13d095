"""The payment provider and the mail client of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.mail import SmtpSender
from payments.context import PaymentsContext
from payments.provider import PaymentProvider
from payments.provider.balance import BalanceCalls
from payments.provider.budget import Budget
from payments.provider.customers import CustomerCalls
from payments.provider.disputing import DisputeCalls
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


def balance_of(ctx: PaymentsContext) -> BalanceCalls:
    """The provider's calls about the account's balance."""
    return ctx.get(StripeProvider).balance


def customers_of(ctx: PaymentsContext) -> CustomerCalls:
    """The provider's calls about customers."""
    return ctx.get(StripeProvider).customers


def disputes_of(ctx: PaymentsContext) -> DisputeCalls:
    """The provider's calls about disputes."""
    return ctx.get(StripeProvider).disputes


def provider_of(ctx: PaymentsContext) -> PaymentProvider:
    """The payment provider of this process."""
    return ctx.get(StripeProvider)
