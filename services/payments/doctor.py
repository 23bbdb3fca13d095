"""`python -m payments.doctor`: checks that the Stripe account is set up as this shop needs it. Changes nothing.

Run it in the environment of the service. It prints a line for each check: ok, or what to do. Exit code 1: shoppers
cannot pay, or webhooks do not arrive; 2: Stripe does not answer.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import stripe

from chassis.config import WrongSettings, read_settings
from payments.findings import Check
from payments.provider.stripe_provider import client_of
from payments.secret_check import webhook_secrets_of
from payments.settings import PaymentsSettings
from payments.usecases.receive_webhook import TYPES

# Without these only the reconciler sees how a payment ends, and later.
NEEDED = frozenset(kind for kind in TYPES if kind.startswith("payment_intent."))
CLOCK_SECONDS = 60
_SDK_VERSION = stripe.api_version


class Unreachable(Exception):
    """Stripe did not answer, or refused the key. The message says why."""


def examine(settings: PaymentsSettings) -> Iterator[Check]:
    """Ask Stripe, and compare.

    Raises:
        Unreachable: it does not answer, or not to this key.
    """
    transport = stripe.RequestsClient(timeout=10)
    client = client_of(settings.stripe_secret_key.get_secret_value(), settings.stripe_api_base or None, transport)
    began = time.time()
    try:
        account = client.v1.accounts.retrieve_current()
    except stripe.StripeError as error:
        raise Unreachable(_why(error, settings)) from error
    yield Check("ok", f"STRIPE_SECRET_KEY is a {settings.mode or 'double'} key, and opens the account {account.id}")
    yield from _mode(settings)
    yield _clock(account, began)
    found = account.to_dict()
    yield from _able(found)
    yield from _statement(found, settings.stripe_statement_suffix)
    yield from _currencies(client, found, settings)
    yield from _destination(client, settings)
    yield from webhook_secrets_of(settings)


def _why(error: stripe.StripeError, settings: PaymentsSettings) -> str:
    match error:
        case stripe.AuthenticationError():
            return "Stripe does not know STRIPE_SECRET_KEY (any more): take a new one from Developers > API keys."
        case stripe.PermissionError():
            return "STRIPE_SECRET_KEY may not read the account: give the restricted key Account: read."
        case stripe.APIConnectionError() if settings.provider == "double":
            return f"the double of Stripe does not answer at {settings.stripe_api_base}: start the store."
        case stripe.APIConnectionError():
            return "Stripe cannot be reached from here: look at the network, HTTPS_PROXY and STRIPE_API_BASE."
    return f"Stripe answered {error.http_status}: {error.user_message or 'no reason given'}"


def _mode(settings: PaymentsSettings) -> Iterator[Check]:
    if settings.provider == "double":
        yield Check("look", "STRIPE_API_BASE names a double of Stripe: no money moves")
    elif settings.mode == "test":
        yield Check("look", "the keys are of test mode: no money moves. For real payments, take those of live mode")


def _clock(account: Any, began: float) -> Check:
    """Webhooks are signed with a time: a clock that is off refuses them all."""
    try:
        told = parsedate_to_datetime(account.last_response.headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return Check("look", "Stripe did not tell the time, so this machine's clock was not compared")
    off = round(told - (began + time.time()) / 2)
    if abs(off) > CLOCK_SECONDS:
        return Check("wrong", f"this machine's clock is {abs(off)} s {'behind' if off > 0 else 'ahead'}: set it (NTP)")
    return Check("ok", "this machine's clock agrees with Stripe's")


def _able(account: dict[str, Any]) -> Iterator[Check]:
    if account.get("charges_enabled"):
        yield Check("ok", "the account may take payments")
    else:
        yield Check("wrong", "the account may not take payments yet: finish its activation in Stripe's dashboard")
    cards = (account.get("capabilities") or {}).get("card_payments")
    if cards == "active":
        yield Check("ok", "cards are switched on")
    elif cards is None:
        yield Check("look", "whether cards are switched on was not told: look at Settings > Payment methods")
    else:
        yield Check("wrong", f"card payments are {cards}: switch cards on in Settings > Payment methods")


def _statement(account: dict[str, Any], suffix: str) -> Iterator[Check]:
    if not suffix:
        return
    cards = (account.get("settings") or {}).get("card_payments") or {}
    prefix = cards.get("statement_descriptor_prefix") or ""
    shown = f"{prefix}* {suffix}"
    if not prefix:
        yield Check(
            "wrong", "STRIPE_STATEMENT_SUFFIX needs a shortened descriptor in Settings > Business > Public details"
        )
    elif len(shown) > 22:
        yield Check("wrong", f"card statements have 22 characters, and “{shown}” more: shorten STRIPE_STATEMENT_SUFFIX")
    else:
        yield Check("ok", f"card statements say “{shown}”")


def _currencies(client: stripe.StripeClient, account: dict[str, Any], settings: PaymentsSettings) -> Iterator[Check]:
    wanted = sorted({each.strip().upper() for each in f"{settings.currency},{settings.currencies}".split(",")} - {""})
    country = account.get("country") or ""
    try:
        spec = client.v1.country_specs.retrieve(country)
    except stripe.StripeError:
        yield Check("look", f"which currencies an account in {country or 'no country'} takes was not told")
        return
    missing = [each for each in wanted if each.lower() not in spec.supported_payment_currencies]
    if missing:
        yield Check(
            "wrong", f"an account in {country} does not take {', '.join(missing)}: change CURRENCY or CURRENCIES"
        )
    else:
        yield Check("ok", f"the account takes {', '.join(wanted)}")


class _Place(NamedTuple):
    """A webhook destination, of either of Stripe's two lists."""

    url: str
    enabled: bool
    events: frozenset[str]
    payload: str
    version: str | None


def _destination(client: stripe.StripeClient, settings: PaymentsSettings) -> Iterator[Check]:
    url = f"{settings.public_url.rstrip('/')}/webhooks/stripe"
    try:
        places = [*_endpoints(client), *_thin(client)]
    except stripe.StripeError as error:
        yield Check("look", f"the webhook destinations were not told ({error.http_status}): the key may not read them")
        return
    mine = [each for each in places if each.url.rstrip("/") == url] or (places if settings.provider == "double" else [])
    if not mine:
        others = ", ".join(sorted({each.url for each in places})) or "none"
        yield Check("wrong", f"no webhook destination sends to {url} (there is: {others}): add one, in the key's mode")
        return
    yield Check("ok", f"a webhook destination sends to {mine[0].url}")
    if len(mine) > 1:
        yield Check("look", f"{len(mine)} destinations send there: one is enough")
    for place in mine:
        yield from _fit(place)


def _endpoints(client: stripe.StripeClient) -> Iterator[_Place]:
    for each in client.v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter():
        names = frozenset(each.enabled_events)
        yield _Place(each.url, each.status == "enabled", names, "snapshot", each.api_version)


def _thin(client: stripe.StripeClient) -> Iterator[_Place]:
    """Snapshot destinations are in the first list too."""
    for each in client.v2.core.event_destinations.list({"include": ["webhook_endpoint.url"]}).auto_paging_iter():
        place = each.webhook_endpoint
        if each.event_payload == "thin" and place is not None and place.url:
            names = frozenset(name.removeprefix("v1.") for name in each.enabled_events)
            yield _Place(place.url, each.status == "enabled", names, "thin", None)


def _fit(place: _Place) -> Iterator[Check]:
    if not place.enabled:
        yield Check("wrong", "it is disabled: enable it in Developers > Webhooks")
    missing = sorted(set() if "*" in place.events else TYPES - place.events)
    if missing:
        grave = bool(NEEDED & set(missing))
        yield Check("wrong" if grave else "look", f"it does not send {', '.join(missing)}: add them")
    else:
        yield Check("ok", "it sends all events that are used here")
    if place.payload == "thin":
        yield Check("ok", "its payload style is thin: each event costs a look-up. Snapshot is quicker")
    elif place.version is None or _family(place.version) == _family(_SDK_VERSION):
        yield Check("ok", f"its payload style is snapshot, in API version {place.version or 'of the account'}")
    else:
        yield Check("look", f"its events are of API version {place.version}; {_SDK_VERSION} is what is tested here")


def _family(version: str) -> str:
    """Versions of one name do not break each other."""
    return re.sub(r"^[0-9-]+\.?", "", version) or version


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Print what was looked at; the exit code."""
    try:
        settings = read_settings(PaymentsSettings)
    except WrongSettings as wrong:
        _say(str(wrong))
        return 1
    lines = []
    try:
        for line in examine(settings):
            lines.append(line)
            _say(str(line))
    except Unreachable as reason:
        _say(str(Check("wrong", str(reason))))
        return 2
    count = sum(line.verdict == "wrong" for line in lines)
    _say(f"\n{count} thing{'s' if count != 1 else ''} to put right." if count else "\nShoppers can pay.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
