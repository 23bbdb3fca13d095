"""Our minor units and Stripe's: the values of Stripe's page, and what must hold of every currency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chassis.values import CURRENCIES, Money, sellable, uuid7
from payments.domain.intent import mismatch
from payments.provider import stripe_payloads
from payments.provider.amounts import NotChargeable, decimals, from_provider, step, to_provider
from payments.tests.shop import Shop
from payments.tests.test_domain import OPEN

SOLD_IN = sorted(filter(sellable, CURRENCIES))


@pytest.mark.parametrize(
    ("amount", "currency", "sent"),
    [
        (5000, "ISK", 500_000),
        (5, "UGX", 500),
        (120_000, "MGA", 1_200),
        (5120, "KWD", 5120),
        (5130, "KWD", 5130),
        *((500, "JPY", 500), (1000, "KRW", 1000), (1, "CLP", 1), (990, "VND", 990), (75, "XAF", 75)),
        *((1099, "EUR", 1099), (1050, "HUF", 1050), (80_045, "TWD", 80_045), (150_000_000, "IDR", 150_000_000)),
    ],
)
def test_amounts_are_sent_as_stripe_counts_them(amount: int, currency: str, sent: int) -> None:
    assert to_provider(amount, currency) == sent
    assert from_provider(sent, currency) == amount


@pytest.mark.parametrize(("amount", "currency"), [(5125, "KWD"), (1, "BHD"), (120_050, "MGA"), (99, "MGA")])
def test_what_cannot_be_charged_is_not_sent(amount: int, currency: str) -> None:
    with pytest.raises(NotChargeable, match=f"{amount} {currency}"):
        to_provider(amount, currency)


def test_decimals_and_steps_are_those_of_stripes_documentation() -> None:
    whole = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
    assert {code for code in SOLD_IN if decimals(code) == 0} == set(whole.split())
    assert {code for code in SOLD_IN if step(code) == 100} == {"ISK", "UGX"}
    assert {code for code in SOLD_IN if step(code) == 10} == set("BHD IQD JOD KWD LYD OMR TND".split())
    assert {code for code in SOLD_IN if decimals(code) != CURRENCIES[code]} == {"ISK", "UGX", "MGA"}


@given(st.sampled_from(SOLD_IN), st.integers(0, 10**12))
def test_what_an_order_says_is_what_is_charged_in_every_currency(currency: str, amount: int) -> None:
    total = Money(amount, currency) + Money(amount, currency).rounding()
    sent = to_provider(total.amount, currency)
    assert sent % step(currency) == 0
    assert from_provider(sent, currency) == total.amount


def test_an_amount_between_ours_is_read_and_matches_nothing() -> None:
    document = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_capture",
        "amount": 550,
        "currency": "isk",
    }
    intent = stripe_payloads.intent_of(document)
    assert (intent.amount, intent.amount_received, intent.currency) == (None, 0, "ISK")
    ours = replace(OPEN, amount=5, currency="ISK")
    metadata = {"payment_id": str(ours.id), "order_id": str(ours.order_id)}
    assert mismatch(ours, stripe_payloads.intent_of({**document, "metadata": metadata})) == "amount"
    assert mismatch(ours, stripe_payloads.intent_of({**document, "metadata": metadata, "amount": 500})) is None


@pytest.mark.parametrize(
    ("amount", "currency", "charged"), [(5000, "ISK", 500_000), (5130, "KWD", 5130), (250_000, "MGA", 2_500)]
)
async def test_a_payment_is_held_taken_and_booked_in_our_units(
    shop: Shop, amount: int, currency: str, charged: int
) -> None:
    order_id = uuid7()
    created = await shop.create(order_id, amount, currency)
    assert (created.status_code, created.json()["amount"]) == (200, amount)
    intent = shop.double.intent(order_id)
    assert (intent["amount"], intent["currency"]) == (charged, currency.lower())
    shop.double.pay(intent["id"])
    for sent in await shop.events_of(order_id, 2):
        await shop.deliver(sent)
    await shop.becomes(order_id, "authorised")
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    assert shop.double.intent(order_id)["amount_received"] == charged
    assert [entry[2:] for entry in await shop.entries(order_id)] == [(amount, currency)] * 2


async def test_a_total_that_cannot_be_charged_is_refused_without_asking(shop: Shop) -> None:
    order_id = uuid7()
    refused = await shop.create(order_id, 5125, "KWD")
    assert (refused.status_code, refused.json()["type"]) == (422, "payment-refused")
    assert shop.double.intents(order_id) == []
