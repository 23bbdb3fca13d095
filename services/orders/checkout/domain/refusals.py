"""Why an order that was written has ended at once, as the answer to its request says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.problems import FieldError, Problem
from orders.checkout.domain.order_state import Fact
from orders.problems import OutOfStock, PaymentMethodNotOffered, PaymentRefused, TooManyDeclines


def refusal_of(fact: Fact, data: dict[str, Any] | None, methods: Sequence[str]) -> Problem:
    """`fact`: out_of_stock or payment_refused, with the data of its entry in the history; `methods`: the shop's."""
    told = data or {}
    if fact is Fact.OUT_OF_STOCK:
        return OutOfStock("Order less of it, or leave it out.", lines=told.get("lines", []))
    reason = told.get("reason")
    if reason == TooManyDeclines.type:
        return TooManyDeclines("Too many cards were declined from where you are. Try again in an hour.")
    if reason == PaymentMethodNotOffered.type:
        return not_offered(methods)
    return PaymentRefused("The payment provider does not take this order's total. Order more, or less.")


def not_offered(methods: Sequence[str]) -> PaymentMethodNotOffered:
    """The refusal of a way to pay that is none of the shop's."""
    error = FieldError("payment_method", f"One of {', '.join(methods)}", PaymentMethodNotOffered.type)
    return PaymentMethodNotOffered("Choose another way to pay, and order with a new key.", errors=[error])
