"""Requests and answers about links to orders."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from chassis.web import Email, Model
from orders.addresses import folded
from orders.checkout import number_as_typed

OrderNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    BeforeValidator(lambda value: folded(value) if isinstance(value, str) else value),
    AfterValidator(number_as_typed),
    Field(description="In any case, with or without its dash", examples=["M-7F3K9Q"]),
]


class OrderLookup(Model):
    """An order, by what its customer knows of it."""

    number: OrderNumber
    email: Email


class LookupTaken(Model):
    """The same for every request."""

    message: str = "If there is such an order, a link to it is on its way to its e-mail address."


class MailKind(StrEnum):
    """What a mail is about."""

    CONFIRMATION = "confirmation"
    CANCELLED = "cancelled"
    STOCK_LOST = "stock_lost"
    LINK = "link"
    PLACED = "placed"
    PAYMENT_LINK = "payment_link"
    SHIPPED = "shipped"
    REFUNDED = "refunded"
    CANCELLED_BY_SHOP = "cancelled_by_shop"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_RECEIVED = "return_received"
    EMAIL_CHANGED = "email_changed"
    EMAIL_NEW = "email_new"


class MailPreview(Model):
    """A mail about an example."""

    kind: MailKind = Field(examples=["shipped"])
    language: str = Field(examples=["en"])
    subject: str = Field(examples=["Your order M-7F3K9Q is on its way"])
    text: str
    html: str
