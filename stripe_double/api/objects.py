"""Stripe's calls on charges, refunds, disputes, early fraud warnings and events under /v1, with the secret key."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import orjson
from starlette.routing import Route

from stripe_double.api.calls import Call, answer_of, change, handler
from stripe_double.database import payments, refunds_and_disputes
from stripe_double.objects import serialization
from stripe_double.objects.errors import StripeError, missing_parameter, no_such
from stripe_double.operations import charges, disputes, refunds
from stripe_double.operations.context import Context
from stripe_double.protocol import auth, params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.params import Listing

Read = Callable[[sqlite3.Connection, Context], Answer]


_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "customer_email_address", "customer_name"),
    *("product_description", "refund_policy", "service_date", "shipping_address", "shipping_carrier", "shipping_date"),
    *("shipping_tracking_number", "uncategorized_text"),
)


async def _read(call: Call, operation: str, act: Read) -> Answer:
    auth.require_secret(public=call.public)
    await call.double.faults.before_operation(operation)
    context = call.context()
    return call.double.database.read(lambda db: answer_of(context, lambda: act(db, context)))


def _name(call: Call) -> str:
    name: str = call.request.path_params["name"]
    return name


def _narrowed(db: sqlite3.Connection, fields: Fields) -> list[str] | None:
    """The ids of the charges that a list is filtered by; None for all."""
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is not None:
        return [charges.charge_of(db, charge).id]
    return None if intent is None else [each.id for each in payments.charges_of(db, intent)]


def _page(found: list[dict[str, Any]], wanted: Listing, url: str) -> Answer:
    more = len(found) > wanted.limit
    return Answer.ok(serialization.list_object(url, found[: wanted.limit], has_more=more))


async def refund(call: Call) -> Answer:
    """`POST /v1/refunds`: of a charge, or of an intent's latest charge."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is None and intent is None:
        raise missing_parameter("payment_intent")
    amount, reason = fields.integer("amount", 1), fields.choice("reason", refunds.REASONS)
    metadata = fields.metadata()
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        of = charges.charge_of(db, charge) if charge else charges.latest_charge(db, intent or "")
        made = refunds.create(db, context, of, amount=amount, reason=reason, metadata=metadata)
        return Answer.ok(refunds.public_object(made))

    return await change(call, "refund", act)


async def update_refund(call: Call) -> Answer:
    """`POST /v1/refunds/{id}`: adds metadata."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    metadata = fields.metadata()
    fields.done()

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        found = refunds_and_disputes.get(db, "refund", _name(call))
        after = {**found, "metadata": {**found["metadata"], **metadata}}
        refunds_and_disputes.put(db, "refund", after)
        return Answer.ok(refunds.public_object(after))

    return await change(call, "refund", act)


async def cancel_refund(call: Call) -> Answer:
    """`POST /v1/refunds/{id}/cancel`: 400 unless it is pending."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = refunds_and_disputes.get(db, "refund", _name(call))
        if found["status"] not in {"pending", "requires_action"}:
            raise StripeError(400, f"A refund that is {found['status']} cannot be canceled.")
        return Answer.ok(refunds.public_object(refunds.set_status(db, context, found, "canceled")))

    return await change(call, "refund", act)


def _retrieving(kind: str, operation: str) -> Callable[[Call], Any]:
    async def retrieve(call: Call) -> Answer:
        Fields(call.form).done()

        def act(db: sqlite3.Connection, _: Context) -> Answer:
            return Answer.ok(refunds.public_object(refunds_and_disputes.get(db, kind, _name(call))))

        return await _read(call, operation, act)

    retrieve.__name__ = f"retrieve_{kind}"
    return retrieve


def _listing(kind: str, operation: str, url: str) -> Callable[[Call], Any]:
    async def list_all(call: Call) -> Answer:
        def act(db: sqlite3.Connection, _: Context) -> Answer:
            fields = Fields(call.form)
            charges_wanted = _narrowed(db, fields)
            wanted = params.page(fields)
            fields.done()
            found = refunds_and_disputes.listed(db, kind, wanted, charges_wanted)
            return _page([refunds.public_object(each) for each in found], wanted, url)

        return await _read(call, operation, act)

    list_all.__name__ = f"list_{kind}"
    return list_all


async def retrieve_charge(call: Call) -> Answer:
    """`GET /v1/charges/{id}`."""
    Fields(call.form).done()
    return await _read(
        call, "charges", lambda db, _: Answer.ok(serialization.charge_object(charges.charge_of(db, _name(call), "id")))
    )


async def list_charges(call: Call) -> Answer:
    """`GET /v1/charges`."""

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        intent = fields.text("payment_intent")
        wanted = params.page(fields)
        fields.done()
        found = payments.list_charges(db, wanted, intent)
        return _page([serialization.charge_object(each) for each in found], wanted, "/v1/charges")

    return await _read(call, "charges", act)


async def update_dispute(call: Call) -> Answer:
    """`POST /v1/disputes/{id}`: adds evidence, and submits it unless `submit=false`."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    nested = fields.nested("evidence")
    given = {name: nested.text(name, longest=20_000) for name in _EVIDENCE} if nested else {}
    if nested is not None:
        nested.done()
    submit = fields.text("submit")
    metadata = fields.metadata()
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = refunds_and_disputes.get(db, "dispute", _name(call))
        evidence = {name: text for name, text in given.items() if text}
        after = disputes.submit_evidence(
            db, context, found, evidence=evidence, metadata=metadata, submit=submit != "false"
        )
        return Answer.ok(after)

    return await change(call, "disputes", act)


async def close_dispute(call: Call) -> Answer:
    """`POST /v1/disputes/{id}/close`: the dispute is lost."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        return Answer.ok(disputes.close(db, context, refunds_and_disputes.get(db, "dispute", _name(call))))

    return await change(call, "disputes", act)


async def retrieve_event(call: Call) -> Answer:
    """`GET /v1/events/{id}`."""
    Fields(call.form).done()

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        row = db.execute("SELECT payload FROM events WHERE id = ?", (_name(call),)).fetchone()
        if row is None:
            raise no_such("event", _name(call), "id")
        return Answer.ok(orjson.loads(row[0]))

    return await _read(call, "events", act)


async def list_events(call: Call) -> Answer:
    """`GET /v1/events`."""

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        kind = fields.text("type")
        wanted = params.page(fields)
        fields.done()
        found = payments.list_events(db, wanted, kind)
        return _page(found, wanted, "/v1/events")

    return await _read(call, "events", act)


def _both(path: str, kind: str, operation: str) -> list[Route]:
    return [
        Route(path, handler(_listing(kind, operation, path)), methods=["GET"]),
        Route(f"{path}/{{name}}", handler(_retrieving(kind, operation)), methods=["GET"]),
    ]


ROUTES = [
    Route("/v1/refunds", handler(refund), methods=["POST"]),
    Route("/v1/refunds/{name}", handler(update_refund), methods=["POST"]),
    Route("/v1/refunds/{name}/cancel", handler(cancel_refund), methods=["POST"]),
    *_both("/v1/refunds", "refund", "refunds"),
    Route("/v1/disputes/{name}", handler(update_dispute), methods=["POST"]),
    Route("/v1/disputes/{name}/close", handler(close_dispute), methods=["POST"]),
    *_both("/v1/disputes", "dispute", "disputes"),
    *_both("/v1/radar/early_fraud_warnings", "early_fraud_warning", "warnings"),
    Route("/v1/charges", handler(list_charges), methods=["GET"]),
    Route("/v1/charges/{name}", handler(retrieve_charge), methods=["GET"]),
    Route("/v1/events", handler(list_events), methods=["GET"]),
    Route("/v1/events/{name}", handler(retrieve_event), methods=["GET"]),
]
