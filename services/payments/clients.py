"""What a use case works with here: the service's context and the payment provider of this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends

from chassis.context import Context, context
from payments.provider import PaymentProvider
from payments.provider.over_stripe import StripeProvider
from payments.settings import PaymentsSettings

PaymentsContext = Context[PaymentsSettings]
Ctx = Annotated[PaymentsContext, Depends(context)]
"""In a handler: `ctx: Ctx`."""


@asynccontextmanager
async def provider_open(ctx: PaymentsContext) -> AsyncIterator[None]:
    """Around the service's life: its one client of the provider."""
    provider = StripeProvider(ctx.settings.stripe_secret_key.get_secret_value(), ctx.settings.stripe_api_base)
    ctx.extras[StripeProvider] = provider
    try:
        yield
    finally:
        await provider.close()


def provider_of(ctx: PaymentsContext) -> PaymentProvider:
    return ctx.get(StripeProvider)
