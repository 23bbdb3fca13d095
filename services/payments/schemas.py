"""The API models of answers. Amounts are objects; only to other services they are numbers beside a `currency`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from pydantic import Field

from chassis.web import Model, MoneyModel, SignedMoney
from payments.domain.attention import Attention
from payments.domain.case import Kind
from payments.domain.ledger import Account, Side
from payments.domain.ledger import Kind as Entered
from payments.domain.payment import Method, Payment, PaymentStatus
from payments.settings import ORDER_NUMBER, PaymentsSettings
from payments.store.ledger import Balance
from payments.store.provider_events import Outcome
from payments.usecases.find_payment import PaymentRecord

_ID = "0199a5d0-1f3c-7b7a-9d53-0c8f6d2f4a11"
_ORDER = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"
_WHEN = "2026-11-21T09:30:00Z"

PaymentId = Annotated[UUID, Field(examples=[_ID])]
OrderId = Annotated[UUID, Field(examples=[_ORDER])]
Minor = Annotated[int, Field(description="Minor units (cents)", examples=[4200])]
Code = Annotated[str, Field(description="ISO 4217", examples=["EUR"])]
When = Annotated[datetime, Field(examples=[_WHEN])]


class PaymentView(Model):
    """An order's payment, for the service orders. `client_secret` and `pay_url` only while it can be paid."""

    payment_id: PaymentId
    order_id: OrderId
    status: PaymentStatus
    amount: Minor
    currency: Code
    client_secret: str | None
    publishable_key: str
    pay_url: str | None
    available: bool = Field(default=True, description="False: our set-up keeps it from being paid; staff know")
    method: Method = Field(default="card", description="How it is paid")
    instructions: str | None = Field(
        default=None, description="What the shopper does to pay by bank transfer, while it is not paid", examples=[None]
    )

    @classmethod
    def of(cls, payment: Payment, settings: PaymentsSettings) -> Self:
        """The API's form of a payment, for orders."""
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
            available=payment.attention != "misconfigured",
            method=payment.method,
            instructions=_instructions(payment, settings),
        )


def _instructions(payment: Payment, settings: PaymentsSettings) -> str | None:
    """The shop's own text, with the order's number in it."""
    if payment.method != "bank_transfer" or payment.settled:
        return None
    number = (payment.details or {}).get("number") or ""
    return settings.bank_transfer_instructions.replace(ORDER_NUMBER, number).strip() or None


class StatusView(Model):
    """The status of a payment."""

    status: PaymentStatus


class Configuration(Model):
    """What a browser needs to let a person pay."""

    provider: Literal["stripe", "double"] = Field(
        description="`stripe`: real cards. `double`: test cards, and no money moves", examples=["double"]
    )
    script_url: str = Field(
        description="The script to load for the card form: Stripe.js, or the double's script with the same calls",
        examples=["http://localhost:8005/js/stripe.js"],
    )
    publishable_key: str = Field(examples=["pk_live_51Abc"])
    pay_url: str | None = Field(
        description="A page of the double's to send a person to instead; null with Stripe", examples=[None]
    )
    methods: list[Method] = Field(description="The ways to pay that this shop offers", examples=[["card"]])


class Received(Model):
    """The answer to a webhook."""

    received: Literal[True] = True


class _RowModel(Model):
    """A model of the same fields as a row of the database, with an amount and its currency as money."""

    @classmethod
    def of(cls, row: msgspec.Struct) -> Self:
        """The API's form of a row."""
        return cls(**_fields(row))


class PaymentRow(_RowModel):
    """A payment as staff see it."""

    id: PaymentId
    order_id: OrderId
    method: Method = Field(description="How it is paid", examples=["card"])
    status: PaymentStatus = Field(examples=["captured"])
    amount: MoneyModel
    provider_reference: str | None = Field(description="The intent's id at Stripe", examples=["pi_3QAbc"])
    decline_code: str | None = Field(description="Why the last try was declined, while another may follow")
    decline_message: str | None
    cancel_reason: str | None = Field(examples=[None])
    provider_state_known_at: datetime | None = Field(
        description="When Stripe last told us; null while a call's outcome is unknown", examples=[_WHEN]
    )
    next_check_at: datetime | None = Field(description="When Stripe is asked again; null once settled")
    attention: Attention | None = Field(description="Why a person has to look at it", examples=[None])
    attention_detail: str | None = Field(description="What it is, and what to do", examples=[None])
    created_at: When
    updated_at: When
    captured_at: datetime | None = Field(examples=[_WHEN])


class LedgerLine(_RowModel):
    """One side of a ledger transaction."""

    transaction_id: UUID
    kind: Entered = Field(examples=["capture"])
    reference: str | None = Field(description="The refund, dispute or payout; null of a capture", examples=[None])
    occurred_at: When
    account: Account = Field(examples=["provider_receivable"])
    side: Side = Field(examples=["debit"])
    amount: MoneyModel


class ProviderMessage(_RowModel):
    """A webhook that named this payment."""

    id: str = Field(examples=["evt_3QAbc"])
    type: str = Field(examples=["payment_intent.succeeded"])
    received_at: When
    applied_at: datetime | None = Field(examples=[_WHEN])
    outcome: Outcome | None = Field(examples=["applied"])


class CaseView(_RowModel):
    """A refund, dispute or fraud warning after the capture, as it stands at Stripe."""

    id: str = Field(description="At Stripe", examples=["du_1QAbc"])
    kind: Kind = Field(examples=["dispute"])
    status: str = Field(description="In Stripe's words", examples=["needs_response"])
    reason: str | None = Field(examples=["fraudulent"])
    amount: MoneyModel
    due_by: datetime | None = Field(description="When a dispute is lost if not answered", examples=[_WHEN])
    created_at: When
    updated_at: When


class PaymentDetail(PaymentRow):
    """A payment with its ledger entries, what happened to it at Stripe, and the webhooks about it."""

    ledger: list[LedgerLine]
    cases: list[CaseView]
    history: list[ProviderMessage]

    @classmethod
    def whole(cls, record: PaymentRecord) -> Self:
        """The API's form of a payment with all that is known of it."""
        return cls(
            **_fields(record.payment),
            ledger=[LedgerLine.of(line) for line in record.ledger],
            cases=[CaseView.of(case) for case in record.cases],
            history=[ProviderMessage.of(webhook) for webhook in record.history],
        )


class AccountBalance(Model):
    """Sums of an account in a currency. `balance` is debits less credits."""

    account: Account = Field(examples=["provider_receivable"])
    debits: MoneyModel
    credits: MoneyModel
    balance: SignedMoney

    @classmethod
    def of(cls, balance: Balance) -> Self:
        """The API's form of a balance."""
        currency = balance.currency
        return cls(
            account=balance.account,
            debits=MoneyModel(amount=balance.debits, currency=currency),
            credits=MoneyModel(amount=balance.credits, currency=currency),
            balance=SignedMoney(amount=balance.debits - balance.credits, currency=currency),
        )


class Balances(Model):
    """The balances of all accounts, by currency."""

    items: list[AccountBalance]


def _fields(row: msgspec.Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    if "currency" in fields:
        fields["amount"] = MoneyModel(amount=fields["amount"], currency=fields.pop("currency"))
    return fields
