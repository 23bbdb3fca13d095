"""Stripe's calls on customers, their sessions and payment methods under /v1."""

from __future__ import annotations

import sqlite3
from typing import Any

from starlette.routing import Route

from stripe_double.api.calls import Call, change, handler
from stripe_double.api.reading import both, listing, name_of, page, read, retrieving
from stripe_double.database import documents
from stripe_double.database.documents import Filters
from stripe_double.double import today
from stripe_double.objects import cards
from stripe_double.objects.errors import no_such
from stripe_double.objects.intents import method_of
from stripe_double.operations import customer_sessions, customers, expansion
from stripe_double.operations.context import Context
from stripe_double.protocol import auth, customer_params, params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields


async def create_customer(call: Call) -> Answer:
    """`POST /v1/customers`; `payment_method` is attached."""
    auth.require_secret(public=call.public)
    given, paths = customer_params.customer(call.form)
    method = given.pop("payment_method", None)

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = None if method is None else _method(db, context, method)
        made = customers.create(db, context, given)
        if found is not None:
            customers.attach(db, context, found, made["id"])
        return Answer.ok(expansion.expand(db, context, documents.public(made), paths))

    return await change(call, "customers", act)


async def update_customer(call: Call) -> Answer:
    """`POST /v1/customers/{id}`."""
    auth.require_secret(public=call.public)
    given, paths = customer_params.customer(call.form, changes=True)

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        after = customers.update(db, context, name_of(call), dict(given))
        return Answer.ok(expansion.expand(db, context, documents.public(after), paths))

    return await change(call, "customers", act)


async def delete_customer(call: Call) -> Answer:
    """`DELETE /v1/customers/{id}`: for good, with its payment methods."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()
    return await change(call, "customers", lambda db, context: Answer.ok(customers.delete(db, context, name_of(call))))


async def list_methods_of_customer(call: Call) -> Answer:
    """`GET /v1/customers/{id}/payment_methods`."""

    def act(db: sqlite3.Connection, _: Context) -> Answer:
        fields = Fields(call.form)
        fields.choice("type", ("card",))
        wanted = params.page(fields)
        fields.done()
        of = customers.find(db, name_of(call))["id"]
        found = documents.listed(db, "payment_method", wanted, {"customer": of})
        url = f"/v1/customers/{of}/payment_methods"
        return Answer.ok(page([documents.public(each) for each in found], wanted, url))

    return await read(call, "customers", act)


async def create_session(call: Call) -> Answer:
    """`POST /v1/customer_sessions`."""
    auth.require_secret(public=call.public)
    customer, element = customer_params.session(call.form)
    return await change(
        call,
        "customers",
        lambda db, context: Answer.ok(customer_sessions.create(db, context, customer, element)),
    )


async def create_method(call: Call) -> Answer:
    """`POST /v1/payment_methods`: a card that was typed, with either key."""
    method = customer_params.method(call.form, today())

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        return Answer.ok(documents.public(customers.new_method(db, int(context.now), method)))

    return await change(call, "payment_method", act)


async def attach_method(call: Call) -> Answer:
    """`POST /v1/payment_methods/{id}/attach`; of a test card's id a new payment method is made."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    customer = fields.text("customer", required=True)
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        of = customers.find(db, customer)["id"]
        after = customers.attach(db, context, _method(db, context, name_of(call)), of)
        return Answer.ok(documents.public(after))

    return await change(call, "payment_method", act)


async def detach_method(call: Call) -> Answer:
    """`POST /v1/payment_methods/{id}/detach`."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "payment_method", name_of(call), "payment_method")
        return Answer.ok(documents.public(customers.detach(db, context, found)))

    return await change(call, "payment_method", act)


def _method(db: sqlite3.Connection, context: Context, name: str) -> dict[str, Any]:
    if name.startswith("pm_card_"):
        return customers.new_method(db, int(context.now), method_of(cards.by_name(name)))
    found = documents.find(db, "payment_method", name)
    if found is None:
        raise no_such("PaymentMethod", name, "payment_method")
    return found


def _of_customers(_: sqlite3.Connection, fields: Fields) -> Filters:
    return {"email": fields.text("email"), "deleted": False}


def _of_methods(db: sqlite3.Connection, fields: Fields) -> Filters:
    customer = customers.find(db, fields.text("customer", required=True))["id"]
    return {"customer": customer, "type": fields.choice("type", ("card",))}


_ONE = "/v1/customers/{name}"
_METHOD = "/v1/payment_methods/{name}"
ROUTES = [
    Route("/v1/customers", handler(create_customer), methods=["POST"]),
    Route(_ONE, handler(update_customer), methods=["POST"]),
    Route(_ONE, handler(delete_customer), methods=["DELETE"]),
    *both("/v1/customers", "customer", "customers", _of_customers),
    Route(f"{_ONE}/payment_methods", handler(list_methods_of_customer), methods=["GET"]),
    Route("/v1/customer_sessions", handler(create_session), methods=["POST"]),
    Route("/v1/payment_methods", handler(create_method), methods=["POST"]),
    Route(
        "/v1/payment_methods",
        handler(listing("payment_method", "customers", "/v1/payment_methods", _of_methods)),
        methods=["GET"],
    ),
    Route(_METHOD, handler(retrieving("payment_method", "customers")), methods=["GET"]),
    Route(f"{_METHOD}/attach", handler(attach_method), methods=["POST"]),
    Route(f"{_METHOD}/detach", handler(detach_method), methods=["POST"]),
]
