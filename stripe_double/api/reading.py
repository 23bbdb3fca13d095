"""What the calls on objects share: reading one or a page of them, filters and expansion."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from stripe_double.api.calls import Call, answer_of, handler
from stripe_double.database import documents, payments
from stripe_double.database.documents import Filters
from stripe_double.objects import serialization
from stripe_double.operations import charges, expansion
from stripe_double.operations.context import Context
from stripe_double.protocol import auth, params
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.params import Listing

Read = Callable[[sqlite3.Connection, Context], Answer]
Narrow = Callable[[sqlite3.Connection, Fields], Filters]
Show = Callable[[Context, dict[str, Any]], dict[str, Any]]


async def read(call: Call, operation: str, act: Read) -> Answer:
    """The answer of a query, with the secret key."""
    auth.require_secret(public=call.public)
    await call.double.faults.before_operation(operation)
    context = call.context()
    return call.double.database.read(lambda db: answer_of(context, lambda: act(db, context)))


def name_of(call: Call) -> str:
    """The object's id in the path."""
    name: str = call.request.path_params["name"]
    return name


def page(found: list[dict[str, Any]], wanted: Listing, url: str) -> dict[str, Any]:
    """The list object of what was found, which may have one more than the limit."""
    more = len(found) > wanted.limit
    return serialization.list_object(url, found[: wanted.limit], has_more=more)


def of_payment(db: sqlite3.Connection, fields: Fields) -> Filters:
    """The filters `charge` and `payment_intent`."""
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    if charge is not None:
        return {"charge": charges.charge_of(db, charge).id}
    return {} if intent is None else {"charge": [each.id for each in payments.charges_of(db, intent)]}


def plain(_: Context, doc: dict[str, Any]) -> dict[str, Any]:
    """The object as it is stored, without the double's own members."""
    return documents.public(doc)


def retrieving(kind: str, operation: str, show: Show = plain) -> Callable[[Call], Any]:
    """`GET .../{name}` of a stored object."""

    async def retrieve(call: Call) -> Answer:
        fields = Fields(call.form)
        paths = fields.items("expand")
        fields.done()

        def act(db: sqlite3.Connection, context: Context) -> Answer:
            found = show(context, documents.get(db, kind, name_of(call)))
            return Answer.ok(expansion.expand(db, context, found, paths))

        return await read(call, operation, act)

    retrieve.__name__ = f"retrieve_{kind}"
    return retrieve


def listing(kind: str, operation: str, url: str, narrow: Narrow, show: Show = plain) -> Callable[[Call], Any]:
    """`GET` of a page of stored objects."""

    async def list_all(call: Call) -> Answer:
        def act(db: sqlite3.Connection, context: Context) -> Answer:
            fields = Fields(call.form)
            filters = narrow(db, fields)
            paths = fields.items("expand")
            wanted = params.page(fields)
            fields.done()
            found = [show(context, each) for each in documents.listed(db, kind, wanted, filters)]
            return Answer.ok(expansion.expand(db, context, page(found, wanted, url), paths))

        return await read(call, operation, act)

    list_all.__name__ = f"list_{kind}"
    return list_all


def both(path: str, kind: str, operation: str, narrow: Narrow = of_payment, show: Show = plain) -> list[Route]:
    """The routes that list objects and retrieve one."""
    return [
        Route(path, handler(listing(kind, operation, path, narrow, show)), methods=["GET"]),
        Route(f"{path}/{{name}}", handler(retrieving(kind, operation, show)), methods=["GET"]),
    ]
