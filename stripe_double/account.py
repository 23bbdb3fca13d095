"""The account itself, as a shop's own check of its set-up sees it: what it may do, and where its events go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from stripe_double import auth, currencies, wire
from stripe_double.answers import Answer
from stripe_double.api import handler
from stripe_double.errors import no_such
from stripe_double.fields import Fields

if TYPE_CHECKING:
    from stripe_double.api import Call
    from stripe_double.destination import Destination

ACCOUNT = "acct_1Double0000000000"
ENDPOINT = "we_1Double0000000000"
DESTINATION = "ed_1Double0000000000"
_MADE = 1_760_000_000


async def retrieve_account(call: Call) -> Answer:
    await _begun(call)
    able = not call.double.faults.account_inactive
    return Answer.ok(
        {
            "id": ACCOUNT,
            "object": "account",
            "capabilities": {"card_payments": "active" if able else "inactive", "transfers": "active"},
            "charges_enabled": able,
            "country": "DE",
            "created": _MADE,
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
    """Endpoints of snapshot events; a destination of thin events is in the other list alone."""
    await _begun(call)
    found = _endpoint(call.double.destination)
    return Answer.ok(wire.list_object("/v1/webhook_endpoints", [found] if found else [], has_more=False))


async def retrieve_endpoint(call: Call) -> Answer:
    await _begun(call)
    found, name = _endpoint(call.double.destination), call.request.path_params["name"]
    if found is None or name != ENDPOINT:
        raise no_such("webhook endpoint", name, "webhook_endpoint")
    return Answer.ok(found)


async def list_destinations(call: Call) -> Answer:
    """API v2: another form of list."""
    auth.require_secret(public=call.public)
    await call.double.faults.before("account")
    destination = call.double.destination
    data = [_destination(destination)] if destination.url else []
    return Answer.ok({"data": data, "next_page_url": None, "previous_page_url": None})


async def country(call: Call) -> Answer:
    await _begun(call)
    name = call.request.path_params["name"]
    if name != "DE":
        raise no_such("country", name, "country")
    known = sorted(currencies.all_known())
    return Answer.ok(
        {"id": name, "object": "country_spec", "default_currency": "eur", "supported_payment_currencies": known}
    )


async def _begun(call: Call) -> None:
    auth.require_secret(public=call.public)
    fields = Fields(call.form)
    fields.integer("limit", 1, 100)
    fields.done()
    await call.double.faults.before("account")


def _endpoint(destination: Destination) -> dict[str, Any] | None:
    if destination.url is None or destination.payload == "thin":
        return None
    return {
        "id": ENDPOINT,
        "object": "webhook_endpoint",
        "api_version": destination.api_version,
        "application": None,
        "created": _MADE,
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
