"""The endpoints of the pay page and of the 3-D Secure page, with their redirects to the shop."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_double.double import double_of, today
from stripe_double.objects import cards
from stripe_double.objects.errors import StripeError, missing_parameter
from stripe_double.objects.intents import method_of
from stripe_double.objects.links import FRAMED, require_return_url, shop_return_url
from stripe_double.objects.records import Intent
from stripe_double.operations import payment_intents
from stripe_double.pages import rendering
from stripe_double.protocol import forms
from stripe_double.protocol.confirm_params import Confirm
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.http import read_form

_AUTHENTICATED = "/js/authenticated.html"
PAID = ("succeeded", "requires_capture", "processing")


async def show(request: Request) -> Response:
    """The pay page, or a notice if the intent is paid or cancelled."""
    fields = Fields(forms.decode(request.scope["query_string"]))
    return_url = _return_url(fields)
    intent = _intent(request, fields)
    return _settled(intent, return_url) or rendering.pay_page(intent, return_url, None, _problem(intent))


async def pay(request: Request) -> Response:
    """Pay with the typed card, then redirect to 3-D Secure or to the shop; the form again if that fails."""
    double = double_of(request)
    fields = Fields(forms.decode(await read_form(request)))
    return_url = _return_url(fields)
    intent = _intent(request, fields)
    typed = {name: fields.text(name, longest=40) or "" for name in rendering.TYPED}
    if settled := _settled(intent, return_url):
        return settled
    try:
        method = method_of(_card(typed))
    except StripeError as error:
        return rendering.pay_page(intent, return_url, typed, (str(error), error.error["param"]), 402)
    wanted = Confirm(method, return_url, intent.client_secret, expand=False)
    context = double.context()
    result = await double.database.write(
        lambda db: payment_intents.attempt(context, lambda: payment_intents.pay(db, context, intent.id, wanted))
    )
    double.webhooks.wake()
    if isinstance(result, StripeError):  # it was paid or cancelled meanwhile
        return _seen_other(_pay_address(intent, return_url))
    return _after_paying(result, return_url, typed)


async def show_authentication(request: Request) -> Response:
    """The 3-D Secure page, or a redirect if the intent does not wait for it."""
    fields = Fields(forms.decode(request.scope["query_string"]))
    intent = _intent(request, fields)
    if intent.status != "requires_action":
        if fields.text("from") == FRAMED:
            return _seen_other(_AUTHENTICATED)
        return _seen_other(_pay_address(intent, intent.return_url))
    return rendering.authentication_page(intent, fields.text("from") or "")


async def authenticate(request: Request) -> Response:
    """Take the customer's answer on the 3-D Secure page and redirect."""
    double = double_of(request)
    fields = Fields(forms.decode(await read_form(request)))
    intent = _intent(request, fields)
    passed = fields.choice("outcome", ("approve", "fail"), required=True) == "approve"
    context = double.context()
    result = await double.database.write(
        lambda db: payment_intents.attempt(
            context,
            lambda: payment_intents.authenticate(db, context, intent.id, intent.client_secret, passed=passed),
        )
    )
    double.webhooks.wake()
    after = intent if isinstance(result, StripeError) else result
    came_from = fields.text("from")
    if came_from == FRAMED:
        return _seen_other(_AUTHENTICATED)
    if after.return_url is None or (after.status not in PAID and came_from == "pay"):
        return _seen_other(_pay_address(after, after.return_url))
    return _seen_other(shop_return_url(after, after.return_url, passed=after.status in PAID))


def _after_paying(intent: Intent, return_url: str | None, typed: dict[str, str]) -> Response:
    if intent.status == "requires_action":
        query = urlencode({"client_secret": intent.client_secret, "from": "pay"})
        return _seen_other(f"/pay/{intent.id}/authenticate?{query}")
    if intent.failure is not None:
        return rendering.pay_page(intent, return_url, typed, _problem(intent), 402)
    if return_url is None:
        return _seen_other(_pay_address(intent, None))
    return _seen_other(shop_return_url(intent, return_url, passed=True))


def _problem(intent: Intent) -> tuple[str, str | None] | None:
    """The message and the parameter of the last failure."""
    return None if intent.failure is None else (intent.failure["message"], intent.failure.get("param"))


def _settled(intent: Intent, return_url: str | None) -> Response | None:
    """A notice for an intent that is paid or cancelled; else None."""
    if intent.status in PAID:
        link = return_url and shop_return_url(intent, return_url, passed=True)
        return rendering.notice("Paid", "This payment is done. There is nothing left to do here.", 200, link)
    if intent.status == "canceled":
        text = "This payment was cancelled and nothing was charged. Go back to the shop to order again."
        return rendering.notice("Cancelled", text, 200, return_url)
    return None


def _card(typed: dict[str, str]) -> cards.Card:
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*/?\s*([0-9]{2}|[0-9]{4})\s*", typed["expiry"])
    month, year = (match[1], match[2]) if match else ("", "")
    return cards.typed(typed["number"], month, year, typed["cvc"], today())


def _intent(request: Request, fields: Fields) -> Intent:
    secret = fields.text("client_secret")
    if secret is None:
        raise missing_parameter("client_secret")
    intent_id = request.path_params["intent"]
    return double_of(request).database.read(lambda db: payment_intents.find(db, intent_id, secret))


def _return_url(fields: Fields) -> str | None:
    url = fields.text("return_url")
    return None if url is None else require_return_url(url)


def _pay_address(intent: Intent, return_url: str | None) -> str:
    query = {"client_secret": intent.client_secret} | ({"return_url": return_url} if return_url else {})
    return f"/pay/{intent.id}?{urlencode(query)}"


def _seen_other(url: str) -> Response:
    headers = {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status_code=303, headers=headers)


def _page(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        try:
            return await act(request)
        except StripeError as error:
            text = "Go back to the shop and start the payment from there again."
            return rendering.notice("This payment link does not work", f"{error} {text}", error.status)

    return handle


ROUTES = [
    Route("/pay/{intent}", _page(show), methods=["GET"]),
    Route("/pay/{intent}", _page(pay), methods=["POST"]),
    Route("/pay/{intent}/authenticate", _page(show_authentication), methods=["GET"]),
    Route("/pay/{intent}/authenticate", _page(authenticate), methods=["POST"]),
]
