"""Answers about changes of an order and its mails."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from chassis.web import Model
from orders.checkout import Order, StaffOrderView
from orders.edits.usecases.edit_order import EditedOrder
from orders.edits.usecases.resend_mail import ResentKind


class EditedOrderView(StaffOrderView):
    """An order after a change of its addresses."""

    invoice_kept: str | None = Field(
        description="The number of its invoice, which was written before and is not changed; null where there is none "
        "yet: then it is written with the new data",
        examples=[None],
    )

    @classmethod
    def edited(cls, found: EditedOrder) -> Self:
        """The API's form of a changed order."""
        shown = StaffOrderView.of(found.order).model_dump()
        return cls.model_validate({**shown, "invoice_kept": found.invoice})


class MailAgainView(Model):
    """A mail that is sent in a moment."""

    kind: ResentKind = Field(examples=["payment_link"])
    email: str = Field(examples=["ada@example.com"])

    @classmethod
    def of(cls, order: Order, kind: ResentKind) -> Self:
        """The API's form of a mail that was asked for."""
        return cls(kind=kind, email=order.email)
