"""The double's own API for actions in Stripe's dashboard or by a bank: refunds, disputes, fraud warnings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from stripe_double.api.control import route
from stripe_double.database import refunds_and_disputes
from stripe_double.double import Double
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.operations import charges, disputes, payment_intents, refunds
from stripe_double.operations.context import Context

Operation = Callable[[sqlite3.Connection, Context, dict[str, Any]], dict[str, Any]]


_REFUND_ENDS = ("succeeded", "failed", "canceled")


def _refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    return refunds.public_object(refunds.create(db, context, charge, amount=wanted.get("amount"), reason=None))


def _end_refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    status = _one_of(wanted, _REFUND_ENDS)
    return refunds.public_object(
        refunds.set_status(db, context, refunds_and_disputes.get(db, "refund", wanted["name"]), status)
    )


def _dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    reason = wanted.get("reason", "fraudulent")
    if reason not in disputes.REASONS:
        raise invalid("reason", f"reason must be one of {', '.join(disputes.REASONS)}.")
    return disputes.open_dispute(db, context, charge, reason=reason, inquiry=wanted.get("inquiry") is True)


def _end_dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    status = _one_of(wanted, disputes.STATUSES)
    return disputes.set_status(db, context, refunds_and_disputes.get(db, "dispute", wanted["name"]), status)


def _warning(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    return disputes.create_warning(db, context, charges.latest_charge(db, str(wanted.get("payment_intent"))))


def _one_of(wanted: dict[str, Any], statuses: tuple[str, ...]) -> str:
    status = wanted.get("status")
    if status not in statuses:
        raise invalid("status", f"status must be one of {', '.join(statuses)}.")
    return str(status)


def _route(path: str, operation: Operation) -> Route:
    async def act(double: Double, wanted: dict[str, Any]) -> dict[str, Any]:
        context = double.context()
        result = await double.database.write(
            lambda db: payment_intents.attempt(context, lambda: operation(db, context, wanted))
        )
        if isinstance(result, StripeError):
            raise result
        double.webhooks.wake()
        return result

    return route(path, act)


ROUTES = [
    _route("/_double/refunds", _refund),
    _route("/_double/refunds/{name}", _end_refund),
    _route("/_double/disputes", _dispute),
    _route("/_double/disputes/{name}", _end_dispute),
    _route("/_double/warnings", _warning),
]
