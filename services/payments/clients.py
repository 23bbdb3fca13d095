"""What a use case works with here: the service's context and the payment provider of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from chassis.mail import SmtpSender
from payments.provider import PaymentProvider
from payments.provider.budget import Budget
from payments.provider.stripe_provider import StripeProvider
from payments.settings import PaymentsSettings

PaymentsContext = Context[PaymentsSettings]
Ctx = Annotated[PaymentsContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""


@asynccontextmanager
async def provider_open(ctx: PaymentsContext) -> AsyncIterator[None]:
    """Around the service's life: its one client of the provider, and of the mail server."""
    settings = ctx.settings
    budget = Budget(ctx.limiter, settings.calls_per_second)
    provider = StripeProvider(
        settings.stripe_secret_key.get_secret_value(),
        settings.stripe_api_base,
        budget,
        suffix=settings.stripe_statement_suffix,
    )
    ctx.extras[StripeProvider] = provider
    try:
        async with SmtpSender(settings.smtp_url) as ctx.extras[SmtpSender]:
            yield
    finally:
        await provider.close()


def provider_of(ctx: PaymentsContext) -> PaymentProvider:
    return ctx.get(StripeProvider)
