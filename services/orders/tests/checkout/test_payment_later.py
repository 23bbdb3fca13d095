"""A payment that cannot be prepared at once: because Stripe is busy, or by a fault of the shop's own set-up."""

from __future__ import annotations

import pytest

from chassis.testing import eventually
from orders import payments_client
from orders.checkout.domain.order_state import State
from orders.checkout.store import orders
from orders.tests.shop import Placed, Shop, order_of


async def _placed(shop: Shop) -> Placed:
    answer = await shop.post_order(order_of((shop.shelves.article(stock=3), 1)))
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


async def _shown(shop: Shop, placed: Placed) -> dict[str, object]:
    return (await shop.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)).json()


@pytest.fixture
def busy(shop: Shop):
    shop.double.faults(rate_limit=1_000, operation="create")
    yield shop
    shop.double.faults()


async def test_a_missing_payment_is_requested_again_within_seconds(busy: Shop) -> None:
    placed = await _placed(busy)
    assert placed.body["payment"] is None
    assert placed.body["payment_notice"] is None
    ahead = await busy.value(
        "select extract(epoch from next_attempt_at - now())::float from orders where id = $1", placed.id
    )
    assert ahead <= 3
    busy.double.faults()
    await busy.until(placed, "pending_payment")
    assert (await _shown(busy, placed))["payment"]


async def test_with_an_inactive_account_the_order_is_kept_with_a_notice(shop: Shop) -> None:
    shop.double.faults(account_inactive=True)
    try:
        placed = await _placed(shop)
        assert placed.body["payment"] is None
        said = "Payment is not available just now. We know of it, and your order is kept."
        assert placed.body["payment_notice"] == said
        assert await shop.status(placed) == "placed"
        assert await _shown(shop, placed) == {
            "status": "placed",
            "payment": None,
            "payment_instructions": None,
            "payment_notice": said,
        }
    finally:
        shop.double.faults()

    async def payable() -> bool:
        return (await _shown(shop, placed))["payment"] is not None

    await eventually(payable, timeout=60, what="the payment, once the account is well")
    history = await shop.history(placed)
    assert (history[:2], history[-1]) == (["placed", "reserved"], "prepared")


async def test_the_payment_is_shown_before_the_next_sweep(busy: Shop) -> None:
    placed = await _placed(busy)
    busy.double.faults()
    async with busy.service.ctx.db.write() as tx:  # as if the sweep were far away
        await tx.execute("update orders set next_attempt_at = now() + interval '1 hour' where id = $1", placed.id)

    async def payable() -> bool:
        return (await _shown(busy, placed))["payment"] is not None

    await eventually(payable, timeout=60, what="the payment, made by payments itself")
    assert await busy.history(placed) == ["placed", "reserved", "prepared"]


async def test_stripes_dashboard_shows_the_order(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(stock=3), 1))
    (intent,) = shop.double.intents_of(placed.id)
    assert intent["metadata"]["order_number"] == placed.body["order"]["number"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, None),
        ({}, None),
        (
            {
                "name": "Ada",
                "line1": "Main St 1",
                "city": "X",
                "region": "CA",
                "country": "US",
                "phone": "+1555",
                "line2": None,
            },
            {"name": "Ada", "address": {"line1": "Main St 1", "city": "X", "state": "CA", "country": "US"}},
        ),
    ],
)
def test_the_address_has_the_providers_field_names(
    given: dict[str, str] | None, sent: dict[str, object] | None
) -> None:
    assert payments_client._shipping(given) == sent


def test_an_order_in_work_is_due_after_its_lease_and_a_reserved_one_soon() -> None:
    assert orders._next_look(State(), "resumed") == "lease"
    assert orders._next_look(State(), "reserved") == "soon"
