"""Stripe's calls on the account, its webhook endpoint, its event destination and its country."""

from __future__ import annotations

from typing import Any

from starlette.routing import Route

from stripe_double.api.calls import Call, handler
from stripe_double.objects import currencies, serialization
from stripe_double.objects.errors import no_such
from stripe_double.protocol import auth
from stripe_double.protocol.answers import Answer
from stripe_double.protocol.fields import Fields
from stripe_double.webhooks.destination import Destination

ACCOUNT = "acct_1Double0000000000"
ENDPOINT = "we_1Double0000000000"
DESTINATION = "ed_1Double0000000000"
_CREATED = 1_760_000_000


async def retrieve_account(call: Call) -> Answer:
    """`GET /v1/account`: its capabilities; inactive while the fault `account_inactive` is on."""
    await _check_call(call)
    able = not call.double.faults.account_inactive
    return Answer.ok(
        {
            "id": ACCOUNT,
            "object": "account",
            "capabilities": {"card_payments": "active" if able else "inactive", "transfers": "active"},
            "charges_enabled": able,
            "country": "DE",
            "created": _CREATED,
            "default_currency": "eur",
            "details_submitted": True,
            "payouts_enabled": True,
            "settings": {
                "card_payments": {"statement_descriptor_prefix": "DOUBLE"},
                "payments": {"statement_descriptor": "STRIPE DOUBLE"},
            },
            "type": "standard",
        }
    )


async def list_endpoints(call: Call) -> Answer:
    """`GET /v1/webhook_endpoints`: empty if the destination wants thin events, which the other list shows."""
    await _check_call(call)
    found = _endpoint(call.double.destination)
    return Answer.ok(serialization.list_object("/v1/webhook_endpoints", [found] if found else [], has_more=False))


async def retrieve_endpoint(call: Call) -> Answer:
    """`GET /v1/webhook_endpoints/{id}`: 404 for any id but that of the one endpoint."""
    await _check_call(call)
    found, name = _endpoint(call.double.destination), call.request.path_params["name"]
    if found is None or name != ENDPOINT:
        raise no_such("webhook endpoint", name, "webhook_endpoint")
    return Answer.ok(found)


async def list_destinations(call: Call) -> Answer:
    """`GET /v2/core/event_destinations`, in the list format of API v2."""
    auth.require_secret(public=call.public)
    await call.double.faults.before_operation("account")
    destination = call.double.destination
    data = [_destination(destination)] if destination.url else []
    return Answer.ok({"data": data, "next_page_url": None, "previous_page_url": None})


async def country(call: Call) -> Answer:
    """`GET /v1/country_specs/{country}`: the currencies of Germany, the only country."""
    await _check_call(call)
    name = call.request.path_params["name"]
    if name != "DE":
        raise no_such("country", name, "country")
    known = sorted(currencies.all_supported())
    return Answer.ok(
        {"id": name, "object": "country_spec", "default_currency": "eur", "supported_payment_currencies": known}
    )


async def _check_call(call: Call) -> None:
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    fields.integer("limit", 1, 100)
    fields.done()
    await call.double.faults.before_operation("account")


def _endpoint(destination: Destination) -> dict[str, Any] | None:
    if destination.url is None or destination.payload == "thin":
        return None
    return {
        "id": ENDPOINT,
        "object": "webhook_endpoint",
        "api_version": destination.api_version,
        "application": None,
        "created": _CREATED,
        "description": None,
        "enabled_events": ["*"] if destination.events is None else sorted(destination.events),
        "livemode": False,
        "metadata": {},
        "status": "enabled" if destination.enabled else "disabled",
        "url": destination.url,
    }


def _destination(destination: Destination) -> dict[str, Any]:
    thin = destination.payload == "thin"
    names = ["*"] if destination.events is None else sorted(destination.events)
    return {
        "id": DESTINATION,
        "object": "v2.core.event_destination",
        "created": "2025-10-09T08:53:20.000Z",
        "description": "",
        "enabled_events": [f"v1.{name}" for name in names] if thin and destination.events else names,
        "event_payload": destination.payload,
        "events_from": ["self"],
        "livemode": False,
        "metadata": {},
        "name": "shop",
        "snapshot_api_version": None if thin else destination.api_version,
        "status": "enabled" if destination.enabled else "disabled",
        "status_details": None,
        "type": "webhook_endpoint",
        "updated": "2025-10-09T08:53:20.000Z",
        "webhook_endpoint": {"signing_secret": None, "url": destination.url},
    }


ROUTES = [
    Route("/v1/account", handler(retrieve_account), methods=["GET"]),
    Route("/v1/webhook_endpoints", handler(list_endpoints), methods=["GET"]),
    Route("/v1/webhook_endpoints/{name}", handler(retrieve_endpoint), methods=["GET"]),
    Route("/v1/country_specs/{name}", handler(country), methods=["GET"]),
    Route("/v2/core/event_destinations", handler(list_destinations), methods=["GET"]),
]
