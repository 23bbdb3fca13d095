"""For other services: sessions of saved cards, and the deletion of an account's customer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from chassis.auth import internal_router
from chassis.problems import responses
from chassis.web import Model
from payments.context import Ctx
from payments.customers.problems import CustomerDeleted, CustomerNotAvailable
from payments.customers.usecases.delete_customer import delete_customer
from payments.customers.usecases.open_session import open_session
from payments.problems import PaymentNotAvailable, PaymentNotReady, ProviderUnavailable

router = internal_router()


class Consent(Model):
    """That the account's owner wants cards to be saved and shown again."""

    consent: Literal[True] = Field(description="Nothing is saved without it", examples=[True])


class SessionView(Model):
    """What the card form needs to show and save cards."""

    client_secret: str = Field(description="For this browser alone", examples=["cuss_secret_abc"])
    expires_at: datetime = Field(examples=["2026-11-29T10:00:00Z"])


class DeletionView(Model):
    """That the customer goes."""

    deleted: Literal[True] = True


@router.post(
    "/customers/{account_id}/sessions",
    summary="Open a session of saved cards",
    responses=responses(
        *(CustomerDeleted, CustomerNotAvailable, PaymentNotReady, PaymentNotAvailable, ProviderUnavailable)
    ),
)
async def session(account_id: UUID, _consent: Consent, ctx: Ctx) -> SessionView:
    """Makes the account's one customer at the provider if there is none. A payment that names the account has it."""
    secret, until = await open_session(ctx, account_id)
    return SessionView(client_secret=secret, expires_at=until)


@router.delete("/customers/{account_id}", summary="Delete an account's saved cards", status_code=202)
async def delete(account_id: UUID, ctx: Ctx) -> DeletionView:
    """For good, and committed when answered; the provider deletes it within a minute or as soon as it answers."""
    await delete_customer(ctx, account_id)
    return DeletionView()
