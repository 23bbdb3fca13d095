"""The double's own API for actions in Stripe's dashboard or by a bank: refunds, disputes, fraud warnings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stripe_double.api.control import secret_only
from stripe_double.database import refunds_and_disputes
from stripe_double.double import double_of
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.operations import charges, disputes, payment_intents, refunds
from stripe_double.operations.context import Context
from stripe_double.protocol.http import read_body

Act = Callable[[sqlite3.Connection, Context, dict[str, Any], str], dict[str, Any]]


_REFUND_ENDS = ("succeeded", "failed", "canceled")


def _refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any], _: str) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    return refunds.public_object(refunds.create(db, context, charge, amount=wanted.get("amount"), reason=None))


def _end_refund(db: sqlite3.Connection, context: Context, wanted: dict[str, Any], name: str) -> dict[str, Any]:
    status = _one_of(wanted, _REFUND_ENDS)
    return refunds.public_object(refunds.set_status(db, context, refunds_and_disputes.get(db, "refund", name), status))


def _dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any], _: str) -> dict[str, Any]:
    charge = charges.latest_charge(db, str(wanted.get("payment_intent")))
    reason = wanted.get("reason", "fraudulent")
    if reason not in disputes.REASONS:
        raise invalid("reason", f"reason must be one of {', '.join(disputes.REASONS)}.")
    return disputes.open_dispute(db, context, charge, reason=reason, inquiry=wanted.get("inquiry") is True)


def _end_dispute(db: sqlite3.Connection, context: Context, wanted: dict[str, Any], name: str) -> dict[str, Any]:
    status = _one_of(wanted, disputes.STATUSES)
    return disputes.set_status(db, context, refunds_and_disputes.get(db, "dispute", name), status)


def _warning(db: sqlite3.Connection, context: Context, wanted: dict[str, Any], _: str) -> dict[str, Any]:
    return disputes.create_warning(db, context, charges.latest_charge(db, str(wanted.get("payment_intent"))))


def _one_of(wanted: dict[str, Any], statuses: tuple[str, ...]) -> str:
    status = wanted.get("status")
    if status not in statuses:
        raise invalid("status", f"status must be one of {', '.join(statuses)}.")
    return str(status)


def _doing(act: Act) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        double = double_of(request)
        try:
            wanted = orjson.loads(await read_body(request))
        except orjson.JSONDecodeError:
            wanted = None
        if not isinstance(wanted, dict):
            raise StripeError(400, "The body must be a JSON object.")
        context, name = double.context(), request.path_params.get("name", "")
        result = await double.database.write(
            lambda db: payment_intents.attempt(context, lambda: act(db, context, wanted, name))
        )
        if isinstance(result, StripeError):
            raise result
        double.webhooks.wake()
        return JSONResponse(result)

    return secret_only(handle)


ROUTES = [
    Route("/_double/refunds", _doing(_refund), methods=["POST"]),
    Route("/_double/refunds/{name}", _doing(_end_refund), methods=["POST"]),
    Route("/_double/disputes", _doing(_dispute), methods=["POST"]),
    Route("/_double/disputes/{name}", _doing(_end_dispute), methods=["POST"]),
    Route("/_double/warnings", _doing(_warning), methods=["POST"]),
]
