"""The double's own API for what a dashboard or a bank does: refunds, disputes, fraud warnings, payouts, fees."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from stripe_double.api.control import route
from stripe_double.database import documents
from stripe_double.double import Double
from stripe_double.objects import currencies
from stripe_double.objects.errors import StripeError, invalid, missing_parameter
from stripe_double.operations import balance, charges, disputes, payment_intents, payouts, refunds
from stripe_double.operations.context import Context

MAX_AMOUNT = 999_999_999_999
Operation = Callable[[sqlite3.Connection, Context, dict[str, Any]], dict[str, Any]]


_REFUND_REASONS = {"failed": refunds.FAILURES, "pending": ("processing", "insufficient_funds", "charge_pending")}


def _refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    amount, reason = _amount(wanted), wanted.get("reason")
    if reason not in {None, *refunds.REASONS}:
        raise invalid("reason", f"reason must be one of {', '.join(refunds.REASONS)}.")
    return documents.public(refunds.create(db, context, charge, amount=amount, reason=reason))


def _end_refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    status, why = _one_of(wanted, refunds.STATUSES), wanted.get("reason")
    if why not in {None, *_REFUND_REASONS.get(status, ())}:
        raise invalid("reason", f"reason must be one of {', '.join(_REFUND_REASONS.get(status, ()))}.")
    refund = documents.get(db, "refund", wanted["name"])
    return documents.public(refunds.set_status(db, context, refund, status, why))


def _dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    reason = wanted.get("reason", "fraudulent")
    if reason not in disputes.REASONS:
        raise invalid("reason", f"reason must be one of {', '.join(disputes.REASONS)}.")
    amount = _amount(wanted)
    opened = disputes.open_dispute(
        db, context, charge, reason=reason, inquiry=wanted.get("inquiry") is True, amount=amount
    )
    return documents.public(opened)


def _end_dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    status = _one_of(wanted, disputes.STATUSES)
    return documents.public(disputes.set_status(db, context, documents.get(db, "dispute", wanted["name"]), status))


def _warning(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    return disputes.create_warning(db, context, charges.latest_charge(db, str(wanted.get("payment_intent"))))


def _payout(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    return documents.public(payouts.pay_out(db, context, currencies.supported(str(wanted.get("currency", "eur")))))


def _end_payout(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    status, failure = _one_of(wanted, payouts.STATUSES), wanted.get("failure_code", "could_not_process")
    if failure not in payouts.FAILURES:
        raise invalid("failure_code", f"failure_code must be one of {', '.join(payouts.FAILURES)}.")
    payout = documents.get(db, "payout", wanted["name"])
    return documents.public(payouts.set_status(db, context, payout, status, failure))


def _fee(db: sqlite3.Connection, context: Context, wanted: dict[str, Any]) -> dict[str, Any]:
    amount = _amount(wanted)
    if amount is None:
        raise missing_parameter("amount")
    currency = currencies.supported(str(wanted.get("currency", "eur")))
    return balance.billed(db, context, amount, currency, str(wanted.get("description", "Radar (2026-11)"))[:200])


def _amount(wanted: dict[str, Any]) -> int | None:
    amount: Any = wanted.get("amount")
    if amount is not None and (type(amount) is not int or not 1 <= amount <= MAX_AMOUNT):
        raise invalid("amount", f"amount must be a JSON integer from 1 to {MAX_AMOUNT}.")
    return None if amount is None else int(amount)


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
    _route("/_double/payouts", _payout),
    _route("/_double/payouts/{name}", _end_payout),
    _route("/_double/fees", _fee),
]
