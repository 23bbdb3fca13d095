"""Stripe's calls on the balance, balance transactions and payouts under /v1, with the secret key."""

from __future__ import annotations

import sqlite3

from starlette.routing import Route

from stripe_double.api.calls import Call, change, handler
from stripe_double.api.reading import both, name_of, read
from stripe_double.database import documents
from stripe_double.database.documents import Filters
from stripe_double.objects import balance, currencies
from stripe_double.objects.errors import StripeError, invalid
from stripe_double.operations import balance as funds
from stripe_double.operations import expansion, payouts
from stripe_double.operations.context import Context
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields

_NOT_MANUAL = "Balance transaction history can only be filtered on automatic transfers, not manual."


async def retrieve_balance(call: Call) -> Answer:
    """`GET /v1/balance`."""
    Fields(call.form).done()
    return await read(call, "balance", lambda db, context: Answer.ok(balance.balance(*funds.amounts(db, context))))


async def create_payout(call: Call) -> Answer:
    """`POST /v1/payouts`: a manual one, of the available funds."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    amount = fields.integer("amount", 1, required=True)
    currency = currencies.supported(fields.text("currency", required=True))
    given = {"description": fields.text("description"), "statement_descriptor": fields.text("statement_descriptor")}
    fields.choice("method", ("standard",))
    fields.choice("source_type", ("card",))
    if fields.text("destination") not in {None, payouts.BANK_ACCOUNT}:
        raise invalid("destination", "No such external account.", "resource_missing")
    metadata, paths = fields.metadata(), fields.items("expand")
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        made = payouts.create(db, context, amount, currency, **given, metadata=metadata)
        return Answer.ok(expansion.expand(db, context, documents.public(made), paths))

    return await change(call, "payout", act)


async def update_payout(call: Call) -> Answer:
    """`POST /v1/payouts/{id}`: adds metadata."""
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    metadata = fields.metadata(changes=True)
    fields.done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "payout", name_of(call))
        return Answer.ok(documents.public(payouts.update(db, context, found, metadata)))

    return await change(call, "payout", act)


async def cancel_payout(call: Call) -> Answer:
    """`POST /v1/payouts/{id}/cancel`: 400 unless it is a manual one that is pending."""
    auth.require_secret(public=call.public)
    Fields(call.form).done()

    def act(db: sqlite3.Connection, context: Context) -> Answer:
        found = documents.get(db, "payout", name_of(call))
        return Answer.ok(documents.public(payouts.cancel(db, context, found)))

    return await change(call, "payout", act)


def _of_transactions(db: sqlite3.Connection, fields: Fields) -> Filters:
    """The filters of balance transactions; those of a payout only for an automatic one."""
    payout = fields.text("payout")
    if payout is not None and not documents.get(db, "payout", payout, "payout")["automatic"]:
        raise StripeError(400, _NOT_MANUAL)
    return {
        "payout": payout,
        **{name: fields.text(name) for name in ("currency", "source", "type")},
    }


def _of_payouts(_: sqlite3.Connection, fields: Fields) -> Filters:
    """The filters of payouts."""
    status = fields.choice("status", ("pending", *payouts.STATUSES))
    return {"status": status, "arrival_date": fields.moments("arrival_date")}


ROUTES = [
    Route("/v1/balance", handler(retrieve_balance), methods=["GET"]),
    *both("/v1/balance_transactions", "balance_transaction", "balance", _of_transactions, funds.shown),
    Route("/v1/payouts", handler(create_payout), methods=["POST"]),
    Route("/v1/payouts/{name}", handler(update_payout), methods=["POST"]),
    Route("/v1/payouts/{name}/cancel", handler(cancel_payout), methods=["POST"]),
    *both("/v1/payouts", "payout", "payouts", _of_payouts),
]
