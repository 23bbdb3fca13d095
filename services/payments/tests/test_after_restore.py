"""After the database went back in time: what Stripe's double has, and the tables do not, is found.

The double is these tests' own: all that it has is adopted, each time. It has the intents of the tests before, too: a
test looks at its own orders alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.values import uuid7
from payments.after_restore import after_restore
from payments.clients import provider_of
from payments.tests.double import PAYS, SECRET_KEY, Listener, double_process
from payments.usecases.receive_webhook import keep_case

SHOP = "http://localhost:8080"


@pytest.fixture(scope="module")
def double_url(listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("restored")
    with double_process(folder, f"http://127.0.0.1:{listener.port}/") as url:
        yield url


def now():
    return datetime.now(UTC)


def asked(shop, path, **form):
    """What the double answers to the account's key."""
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    return httpx.post(f"{shop.double.url}{path}", data=form, headers=headers, timeout=60).raise_for_status().json()


def lost_intent(shop, order_id, *, of_shop=SHOP, pay=True, capture=False):
    """An intent whose row was lost with the rest of the last seconds: made, paid and captured as payments does it."""
    metadata = {"order_id": order_id, "payment_id": uuid7(), "shop": of_shop}
    form = {"amount": 4200, "currency": "eur", "capture_method": "manual", "allowed_payment_method_types[0]": "card"}
    form |= {f"metadata[{name}]": str(value) for name, value in metadata.items()}
    intent = asked(shop, "/v1/payment_intents", **form)
    if pay:
        assert shop.double.pay(intent["id"], PAYS) == 200
    if capture:
        assert shop.double.act(intent["id"], "capture").status_code == 200
    return intent["id"]


async def restored_to(shop, moment):
    return await after_restore(shop.app.ctx, moment)


@pytest.mark.parametrize(
    ("pay", "capture", "status", "facts"),
    [
        (False, False, "requires_payment", []),
        (True, False, "authorised", ["payment.authorised"]),
        (True, True, "captured", ["payment.authorised", "payment.captured"]),
    ],
)
async def test_a_payment_that_only_the_provider_knows_is_adopted_once(shop, pay, capture, status, facts):
    order_id, moment = uuid7(), now()
    intent = lost_intent(shop, order_id, pay=pay, capture=capture)
    await restored_to(shop, moment)
    assert (await restored_to(shop, moment))[0].startswith("0 payments were adopted")
    assert await shop.status(order_id) == status
    assert [kind for kind, _ in await shop.facts(order_id)] == [*facts, "payment.restored", "payment.restored"]
    assert len(await shop.entries(order_id)) == (2 if capture else 0)
    # A shopper who tries again gets the same payment: there is no second one to be charged.
    assert (await shop.create(order_id)).status_code == 200
    assert [each["id"] for each in shop.double.intents(order_id)] == [intent]


async def test_a_moment_later_than_the_newest_payment_that_came_back_loses_none(shop):
    assert (await shop.create(uuid7())).status_code == 200
    order_id = uuid7()
    lost_intent(shop, order_id)
    await restored_to(shop, now() + timedelta(hours=1))
    assert await shop.status(order_id) == "authorised"


@pytest.mark.parametrize(("days", "told"), [(29, False), (31, True)])
async def test_what_the_provider_does_not_list_any_more_is_left_to_the_operator(shop, days, told):
    said = await restored_to(shop, now() - timedelta(days=days))
    assert any("look earlier ones up there" in line for line in said) == told


async def test_a_listed_event_that_cannot_be_read_keeps_no_other_from_being_read(shop):
    assert not await keep_case(shop.app.ctx, {"id": "evt with blanks", "type": "charge.refunded", "object": "event"})


async def test_a_payment_of_another_shop_on_the_same_account_is_left_alone(shop):
    order_id, moment = uuid7(), now()
    lost_intent(shop, order_id, of_shop="https://elsewhere.example")
    await restored_to(shop, moment)
    assert await shop.rows("select from payments where order_id = $1", order_id) == []
    assert shop.double.intent(order_id)["status"] == "requires_capture"


async def test_an_intent_of_an_order_that_has_another_payment_is_reported_and_mailed_to_staff(watched):
    shop, _, _ = watched
    order_id, moment = uuid7(), now()
    assert (await shop.create(order_id)).status_code == 200
    intent = lost_intent(shop, order_id)
    assert (await restored_to(shop, moment))[-1].endswith(" payments at the provider were not adopted: see the log.")
    assert await shop.status(order_id) == "requires_payment"
    assert len(await shop.rows("select from staff_notices where subject = $1", f"not_adopted.{intent}")) == 1


async def test_two_runs_at_once_adopt_each_payment_and_mail_about_none(watched):
    shop, _, _ = watched
    moment = now()
    orders = {uuid7(): "" for _ in range(20)}
    for order_id in orders:
        orders[order_id] = f"not_adopted.{lost_intent(shop, order_id, pay=False)}"
    await asyncio.gather(*(restored_to(shop, moment) for _ in range(3)))
    assert {await shop.status(order_id) for order_id in orders} == {"requires_payment"}
    assert await shop.rows("select subject from staff_notices where subject = any($1)", list(orders.values())) == []


async def test_a_payment_that_was_known_is_brought_up_to_date(shop):
    order_id, moment = uuid7(), now()
    assert (await shop.create(order_id)).status_code == 200
    intent = shop.double.intent(order_id)["id"]
    assert shop.double.pay(intent, PAYS) == 200
    assert shop.double.act(intent, "capture").status_code == 200
    await restored_to(shop, moment)
    assert await shop.status(order_id) == "captured"


async def test_a_refund_whose_webhook_was_lost_with_the_database_is_read_again(shop):
    order_id, moment = uuid7(), now()
    intent = lost_intent(shop, order_id, capture=True)
    asked(shop, "/v1/refunds", payment_intent=intent, amount=1000)
    await restored_to(shop, moment)
    wanted = "select origin, r.amount from refunds r join payments p on p.id = r.payment_id where order_id = $1"
    (refund,) = await eventually(lambda: shop.rows(wanted, order_id), what="the refund")
    assert tuple(refund) == ("provider", 1000)


async def test_a_refund_that_was_told_before_its_payment_was_adopted_is_read_again(shop):
    order_id, moment = uuid7(), now()
    intent = lost_intent(shop, order_id, capture=True)
    refund = asked(shop, "/v1/refunds", payment_intent=intent, amount=1000)["id"]
    events = [each async for each in provider_of(shop.app.ctx).events_since(moment - timedelta(seconds=5))]
    (event,) = (each for each in events if each["type"] == "refund.created" and each["data"]["object"]["id"] == refund)
    assert await keep_case(shop.app.ctx, event)
    unmatched = "select from provider_events where id = $1 and outcome = 'unmatched'"
    await eventually(lambda: shop.rows(unmatched, event["id"]), what="the event of an unknown payment")
    await restored_to(shop, moment)
    stored = "select from provider_events where id = $1 and outcome in ('applied', 'unchanged')"
    await eventually(lambda: shop.rows(stored, event["id"]), what="the event of the adopted payment")
    assert len(await shop.rows("select from refunds where provider_id = $1", refund)) == 1


async def test_a_lost_order_is_given_up_and_staff_refund_what_was_captured(watched):
    shop, _, _ = watched
    open_order, taken_order = uuid7(), uuid7()
    moment = now() - timedelta(seconds=1)
    lost_intent(shop, open_order)
    lost_intent(shop, taken_order, capture=True)
    await restored_to(shop, moment)
    for _ in range(2):
        for order_id in (open_order, taken_order):
            assert (await shop.ask(order_id, "give-up")).status_code == 202
    await shop.becomes(open_order, "cancelled")
    assert shop.double.intent(open_order)["status"] == "canceled"
    (row,) = await shop.rows("select status, attention from payments where order_id = $1", taken_order)
    assert tuple(row) == ("captured", "order_lost")
    await shop.reconciled()
    assert len(await shop.rows("select from staff_notices where subject like 'order_lost%'")) == 1


async def test_without_an_answer_of_the_provider_it_says_to_run_it_again(shop):
    shop.double.faults(fail_before_commit=1, operation="list")
    with pytest.raises(Unavailable, match="did not answer"):
        await restored_to(shop, now())
