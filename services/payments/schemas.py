"""What payments takes and answers. Amounts in minor units of the currency."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.schemas import Currency, Model
from payments.domain.ledger import Account, Side
from payments.domain.payment import NO_CURRENCY, Payment, Status
from payments.settings import PaymentsSettings
from payments.store.browsing import Row
from payments.store.ledger import Balance, Line
from payments.store.provider_events import Heard, Outcome
from payments.usecases.find_payment import Whole

MOST = 999_999_999_999
"""Stripe takes twelve digits at most."""

_ID = "0199a5d0-1f3c-7b7a-9d53-0c8f6d2f4a11"
_ORDER = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"
_WHEN = "2026-11-21T09:30:00Z"

PaymentId = Annotated[UUID, Field(examples=[_ID])]
OrderId = Annotated[UUID, Field(examples=[_ORDER])]
Minor = Annotated[int, Field(description="Minor units (cents)", examples=[4200])]
Code = Annotated[str, Field(description="ISO 4217", examples=["EUR"])]
When = Annotated[datetime, Field(examples=[_WHEN])]


def _real(currency: str) -> str:
    if currency == NO_CURRENCY:
        raise PydanticCustomError("currency", "XXX stands for no currency")
    return currency


class PaymentWanted(Model):
    """An order's total, to be held on a card."""

    order_id: OrderId
    amount: Annotated[int, Field(strict=True, ge=1, le=MOST, description="Minor units (cents)", examples=[4200])]
    currency: Annotated[Currency, AfterValidator(_real)]


class PaymentView(Model):
    """An order's payment, for the service orders. `client_secret` and `pay_url` only while it can be paid."""

    payment_id: PaymentId
    order_id: OrderId
    status: Status
    amount: Minor
    currency: Code
    client_secret: str | None
    publishable_key: str
    pay_url: str | None

    @classmethod
    def of(cls, payment: Payment, settings: PaymentsSettings) -> Self:
        secret = payment.payable_secret
        pay_url = None
        if secret and settings.stripe_pay_url:
            pay_url = f"{settings.stripe_pay_url.rstrip('/')}/{payment.intent_id}?client_secret={secret}"
        return cls(
            payment_id=payment.id,
            order_id=payment.order_id,
            status=payment.status,
            amount=payment.amount,
            currency=payment.currency,
            client_secret=secret,
            publishable_key=settings.stripe_publishable_key,
            pay_url=pay_url,
        )


class StatusView(Model):
    """Where a payment is on its way."""

    status: Status


class Configuration(Model):
    """What a browser needs to let a person pay."""

    provider: Literal["stripe", "double"] = Field(
        description="`stripe`: load Stripe.js. `double`: send the person to `pay_url`", examples=["stripe"]
    )
    publishable_key: str = Field(examples=["pk_live_51Abc"])
    pay_url: str | None = Field(description="The double's page; null with Stripe", examples=[None])


class Received(Model):
    received: Literal[True] = True


class PaymentRow(Model):
    """A payment as staff see it."""

    id: PaymentId
    order_id: OrderId
    status: Status = Field(examples=["captured"])
    amount: Minor
    currency: Code
    provider_reference: str | None = Field(description="The intent's id at Stripe", examples=["pi_3QAbc"])
    decline_code: str | None = Field(description="Why the last try was declined, while another may follow")
    decline_message: str | None
    cancel_reason: str | None = Field(examples=[None])
    provider_state_known_at: datetime | None = Field(
        description="When Stripe last told us; null while a call's outcome is unknown", examples=[_WHEN]
    )
    next_check_at: datetime | None = Field(description="When Stripe is asked again; null once settled")
    created_at: When
    updated_at: When
    captured_at: datetime | None = Field(examples=[_WHEN])

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(**_row(row))


class LedgerLine(Model):
    """One side of a ledger transaction."""

    transaction_id: UUID
    kind: str = Field(examples=["capture"])
    occurred_at: When
    account: Account = Field(examples=["provider_receivable"])
    side: Side = Field(examples=["debit"])
    amount: Minor
    currency: Code

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls(**_fields(line))


class ProviderMessage(Model):
    """A webhook that named this payment."""

    id: str = Field(examples=["evt_3QAbc"])
    type: str = Field(examples=["payment_intent.succeeded"])
    received_at: When
    applied_at: datetime | None = Field(examples=[_WHEN])
    outcome: Outcome | None = Field(examples=["applied"])

    @classmethod
    def of(cls, heard: Heard) -> Self:
        return cls(**_fields(heard))


class PaymentDetail(PaymentRow):
    """A payment with its ledger entries and the webhooks about it."""

    ledger: list[LedgerLine]
    history: list[ProviderMessage]

    @classmethod
    def whole(cls, whole: Whole) -> Self:
        return cls(
            **_row(whole.payment),
            ledger=[LedgerLine.of(line) for line in whole.ledger],
            history=[ProviderMessage.of(heard) for heard in whole.history],
        )


class AccountBalance(Model):
    """Sums of an account in a currency. `balance` is debits less credits."""

    account: Account = Field(examples=["provider_receivable"])
    currency: Code
    debits: Minor
    credits: Minor
    balance: Minor

    @classmethod
    def of(cls, balance: Balance) -> Self:
        return cls(**_fields(balance), balance=balance.debits - balance.credits)


class Balances(Model):
    items: list[AccountBalance]


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _row(row: Row) -> dict[str, Any]:
    fields = _fields(row)
    return {"provider_reference": fields.pop("intent_id"), **fields}
