"""For the service orders: refunds of an order's payment. Everything here may be repeated."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from chassis.auth import internal_router
from chassis.problems import NotFound, responses
from chassis.web import Currency, Model
from payments.context import Ctx
from payments.problems import PaymentNotCaptured, RefundExceeds, RefundMismatch
from payments.refunds.domain.refund import Origin, Reason, Refund, Told
from payments.refunds.usecases.find_refunds import RefundsOfOrder, refunds_of_order
from payments.refunds.usecases.request_refund import Wanted, request_refund
from payments.requests import MOST
from payments.schemas import Code, Minor, When

RefundId = Annotated[UUID, Field(examples=["0199a5d0-2b3c-7d4e-8f50-1a2b3c4d5e6f"])]

router = internal_router()


class RefundRequest(Model):
    """What is to go back of an order's payment. `refund_id` makes a repetition harmless."""

    refund_id: RefundId
    amount: Annotated[int, Field(strict=True, ge=1, le=MOST, description="Minor units (cents)", examples=[1200])]
    currency: Currency
    reason: Annotated[Reason, Field(examples=["requested_by_customer"])]


class RefundState(Model):
    """A refund and how far it is."""

    refund_id: RefundId
    status: Told = Field(
        description="`pending` until the customer's bank has it, also while the provider has not answered",
        examples=["pending"],
    )
    amount: Minor

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The API's form of a refund."""
        return cls(refund_id=refund.id, status=refund.told, amount=refund.amount)


class RefundDetail(RefundState):
    """A refund with what is known of it."""

    origin: Origin = Field(description="`provider`: made in the provider's dashboard", examples=["shop"])
    reason: Reason = Field(examples=["requested_by_customer"])
    accepted: bool = Field(description="Whether the provider has accepted it: it is booked", examples=[True])
    failure: str | None = Field(description="The provider's word for why it failed", examples=[None])
    created_at: When

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The API's form of a refund."""
        return cls(
            refund_id=refund.id,
            status=refund.told,
            amount=refund.amount,
            origin=refund.origin,
            reason=refund.reason,
            accepted=refund.accepted_at is not None,
            failure=refund.failure,
            created_at=refund.created_at,
        )


class RefundSums(Model):
    """A payment's refunds and their sums. `captured` = `refunded` + `pending` + `refundable`."""

    currency: Code
    captured: Minor
    refunded: int = Field(description="What the provider has accepted and did not fail", examples=[1200])
    pending: int = Field(description="What was asked for and is not accepted yet", examples=[0])
    refundable: int = Field(description="What is left", examples=[3000])
    refunds: list[RefundDetail] = Field(description="Oldest first")

    @classmethod
    def of(cls, found: RefundsOfOrder) -> Self:
        """The API's form of a payment's refunds."""
        return cls(
            currency=found.payment.currency,
            captured=found.captured,
            refunded=found.refunded,
            pending=found.pending,
            refundable=found.refundable,
            refunds=[RefundDetail.of(refund) for refund in found.refunds],
        )


@router.post(
    "/payments/{order_id}/refunds",
    summary="Give money back",
    status_code=202,
    responses=responses(NotFound, PaymentNotCaptured, RefundExceeds, RefundMismatch),
)
async def refund(order_id: UUID, wanted: RefundRequest, ctx: Ctx) -> RefundState:
    """Begun before the answer; the events `payment.refunded` and `payment.refund_failed` report how it goes on."""
    asked = Wanted(wanted.refund_id, wanted.amount, wanted.currency, wanted.reason)
    return RefundState.of(await request_refund(ctx, order_id, asked))


@router.get("/payments/{order_id}/refunds", summary="An order's refunds", responses=responses(NotFound))
async def refunds(order_id: UUID, ctx: Ctx) -> RefundSums:
    """Those of the shop, and those made in the provider's dashboard; what of the payment is left."""
    return RefundSums.of(await refunds_of_order(ctx, order_id))
