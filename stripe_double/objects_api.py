"""Stripe's calls on charges, refunds, disputes, early fraud warnings and events, under /v1. For servers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.routing import Route

from stripe_double import auth, disputes, objections, params, refunds, store, wire
from stripe_double.answers import Answer
from stripe_double.api import answer_of, change, handler
from stripe_double.errors import StripeError, invalid, missing_parameter, no_such
from stripe_double.fields import Fields

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from stripe_double.api import Call
    from stripe_double.operations import Context
    from stripe_double.params import Listing
    from stripe_double.records import Charge

    Read = Callable[[sqlite3.Connection, Context], Answer]

_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "customer_email_address", "customer_name"),
    *("product_description", "refund_policy", "service_date", "shipping_address", "shipping_carrier", "shipping_date"),
    *("shipping_tracking_number", "uncategorized_text"),
)


async def _read(call: Call, operation: str, act: Read) -> Answer:
    auth.require_secret(public=call.public)
    await call.double.faults.before(operation)
    context = call.context()
    return call.double.book.read(lambda book: answer_of(context, lambda: act(book, context)))


def _name(call: Call) -> str:
    name: str = call.request.path_params["name"]
    return name


def charge_of(book: sqlite3.Connection, name: str, param: str = "charge") -> Charge:
    found = store.get_charge(book, name)
    if found is None:
        raise no_such("charge", name, param)
    return found


def latest_charge(book: sqlite3.Connection, intent: str) -> Charge:
    """Of an intent by its id; 404 where there is none, 400 where nothing was taken."""
    found = store.get_intent(book, intent)
    if found is None:
        raise no_such("payment_intent", intent, "payment_intent")
    charge = store.get_charge(book, found.latest_charge)
    if charge is None or not charge.succeeded:
        raise invalid("payment_intent", f"This PaymentIntent ({intent}) does not have a successful charge to refund.")
    return charge


def _narrowed(book: sqlite3.Connection, fields: Fields) -> list[str] | None:
    """The charges that a list is narrowed to, by `charge` or `payment_intent`; None: all."""
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is not None:
        return [charge_of(book, charge).id]
    return None if intent is None else [each.id for each in store.charges_of(book, intent)]


def _page(found: list[dict[str, Any]], wanted: Listing, url: str) -> Answer:
    more = len(found) > wanted.limit
    return Answer.ok(wire.list_object(url, found[: wanted.limit], has_more=more))


async def refund(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is None and intent is None:
        raise missing_parameter("payment_intent")
    amount, reason = fields.integer("amount", 1), fields.choice("reason", refunds.REASONS)
    metadata = fields.metadata()
    fields.done()

    def act(book: sqlite3.Connection, context: Context) -> Answer:
        of = charge_of(book, charge) if charge else latest_charge(book, intent or "")
        made = refunds.make(book, context, of, amount=amount, reason=reason, metadata=metadata)
        return Answer.ok(refunds.answered(made))

    return await change(call, "refund", act)


async def update_refund(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    metadata = fields.metadata()
    fields.done()

    def act(book: sqlite3.Connection, _: Context) -> Answer:
        found = objections.get(book, "refund", _name(call))
        after = {**found, "metadata": {**found["metadata"], **metadata}}
        objections.put(book, "refund", after)
        return Answer.ok(refunds.answered(after))

    return await change(call, "refund", act)


async def cancel_refund(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(book: sqlite3.Connection, context: Context) -> Answer:
        found = objections.get(book, "refund", _name(call))
        if found["status"] not in {"pending", "requires_action"}:
            raise StripeError(400, f"A refund that is {found['status']} cannot be canceled.")
        return Answer.ok(refunds.answered(refunds.settle(book, context, found, "canceled")))

    return await change(call, "refund", act)


def _retrieving(kind: str, operation: str) -> Callable[[Call], Any]:
    async def retrieve(call: Call) -> Answer:
        Fields(call.form).done()

        def act(book: sqlite3.Connection, _: Context) -> Answer:
            return Answer.ok(refunds.answered(objections.get(book, kind, _name(call))))

        return await _read(call, operation, act)

    retrieve.__name__ = f"retrieve_{kind}"
    return retrieve


def _listing(kind: str, operation: str, url: str) -> Callable[[Call], Any]:
    async def list_all(call: Call) -> Answer:
        def act(book: sqlite3.Connection, _: Context) -> Answer:
            fields = Fields(call.form)
            charges_wanted = _narrowed(book, fields)
            wanted = params.page(fields)
            fields.done()
            found = objections.listed(book, kind, wanted, charges_wanted)
            return _page([refunds.answered(each) for each in found], wanted, url)

        return await _read(call, operation, act)

    list_all.__name__ = f"list_{kind}"
    return list_all


async def retrieve_charge(call: Call) -> Answer:
    Fields(call.form).done()
    return await _read(
        call, "charges", lambda book, _: Answer.ok(wire.charge_object(charge_of(book, _name(call), "id")))
    )


async def list_charges(call: Call) -> Answer:
    def act(book: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        intent = fields.text("payment_intent")
        wanted = params.page(fields)
        fields.done()
        found = store.list_charges(book, wanted, intent)
        return _page([wire.charge_object(each) for each in found], wanted, "/v1/charges")

    return await _read(call, "charges", act)


async def update_dispute(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    nested = fields.nested("evidence")
    given = {name: nested.text(name, longest=20_000) for name in _EVIDENCE} if nested else {}
    if nested is not None:
        nested.done()
    submit = fields.text("submit")
    metadata = fields.metadata()
    fields.done()

    def act(book: sqlite3.Connection, context: Context) -> Answer:
        found = objections.get(book, "dispute", _name(call))
        evidence = {name: text for name, text in given.items() if text}
        after = disputes.answer(book, context, found, evidence=evidence, metadata=metadata, submit=submit != "false")
        return Answer.ok(after)

    return await change(call, "disputes", act)


async def close_dispute(call: Call) -> Answer:
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(book: sqlite3.Connection, context: Context) -> Answer:
        return Answer.ok(disputes.close(book, context, objections.get(book, "dispute", _name(call))))

    return await change(call, "disputes", act)


async def retrieve_event(call: Call) -> Answer:
    Fields(call.form).done()

    def act(book: sqlite3.Connection, _: Context) -> Answer:
        row = book.execute("SELECT payload FROM events WHERE id = ?", (_name(call),)).fetchone()
        if row is None:
            raise no_such("event", _name(call), "id")
        return Answer.ok(orjson.loads(row[0]))

    return await _read(call, "events", act)


async def list_events(call: Call) -> Answer:
    def act(book: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        kind = fields.text("type")
        wanted = params.page(fields)
        fields.done()
        found = store.list_events(book, wanted, kind)
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
