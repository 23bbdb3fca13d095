"""Facts that come in the wrong order, from strangers, or from somebody acting at the provider behind our back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import Response
from pydantic import SecretStr

from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.testing.keys import Keyring
from chassis.web import idempotency
from chassis.web.idempotency import Claim
from orders import consumers, events
from orders.checkout.domain.order_state import Fact, State
from orders.checkout.domain.order_values import OrderStatus, Payment, Stock
from orders.checkout.store import orders
from orders.checkout.usecases import sweep_orders as sweeping
from orders.checkout.usecases.advance_order import advance_order
from orders.checkout.usecases.record_fact import record, record_and_keep
from orders.checkout.usecases.sweep_orders import sweep_orders
from orders.settings import OrdersSettings
from orders.shoppers.tokens import OrderTokens
from orders.tests.shop import Placed, Shop, order_of


async def state_of(shop: Shop, placed: Placed) -> State:
    async with shop.service.ctx.db.read() as tx:
        order = await orders.find(tx, UUID(placed.id))
    assert order is not None
    return order.state


async def tell(shop: Shop, handler: object, data: object) -> None:
    async with shop.service.ctx.db.write() as tx:
        await handler(shop.service.ctx, tx, None, data)  # type: ignore[operator]


async def test_concurrent_facts_are_ordered_and_both_return_the_same_state(shop: Shop) -> None:
    for _ in range(8):
        placed = await shop.place((shop.shelves.article(), 1))
        before = await state_of(shop, placed)
        ctx, order_id = shop.service.ctx, UUID(placed.id)
        results = await asyncio.gather(
            record(ctx, order_id, before, Fact.AUTHORISED),
            record(ctx, order_id, before, Fact.EXPIRED),
            record(ctx, order_id, before, Fact.CANCEL_REQUESTED),
        )
        history = await shop.value(
            "select array_agg(version order by version) from order_events where order_id = $1", order_id
        )
        assert history == list(range(1, len(history) + 1))
        now = await state_of(shop, placed)
        assert now.status in {"authorised", "cancelling"}
        assert now in results


async def test_an_answer_is_stored_also_when_the_fact_was_recorded_before(shop: Shop) -> None:
    ctx, placed = shop.service.ctx, await shop.place((shop.shelves.article(), 1))
    async with ctx.db.read() as tx:
        order = await orders.find(tx, UUID(placed.id))
    assert order is not None
    claim = Claim.of("orders.place:guest", "k" * 22, {})
    async with ctx.db.write_one() as tx:
        assert await idempotency.claim(tx, claim) == claim.operation_id
    before = order.moved(State())
    for _ in range(2):
        told = await record_and_keep(ctx, before, Fact.PREPARED, None, claim, lambda state: Response(state.status))
        assert told.body == b"pending_payment"
    assert told.headers["idempotent-replayed"] == "true"
    assert await shop.history(placed) == ["placed", "prepared"]


async def test_an_order_restored_from_an_old_backup_does_not_stop_the_feed(shop: Shop) -> None:
    for handler, data in (
        (consumers.authorised, events.PaymentAuthorised(uuid4(), 1, "EUR")),
        (consumers.declined, events.PaymentDeclined(uuid4())),
        (consumers.captured, events.PaymentCaptured(uuid4(), 1, "EUR")),
        (consumers.cancelled, events.PaymentCancelled(uuid4())),
    ):
        await tell(shop, handler, data)
    assert await shop.value("select count(*) from order_events") == 0
    await advance_order(shop.service.ctx, uuid4())


async def test_a_repeated_event_changes_nothing(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)
    history = await shop.history(placed)
    await tell(shop, consumers.authorised, events.PaymentAuthorised(UUID(placed.id), 3000, "EUR"))
    await tell(shop, consumers.captured, events.PaymentCaptured(UUID(placed.id), 3000, "EUR"))
    assert await shop.history(placed) == history
    await tell(shop, consumers.declined, events.PaymentDeclined(UUID(placed.id), "late", "late"))
    assert await shop.history(placed) == [*history, "declined"]


async def test_a_payment_cancelled_at_the_provider_ends_the_order(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    placed = await shop.place((article, 1))
    assert shop.double.act(placed.secret, "cancel").status_code == 200
    await shop.until(placed, "cancelled")
    assert shop.shelves.level(article) == (1, 0)
    answer = await shop.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)
    assert answer.json()["cancel_reason"] == "payment_unavailable"


async def test_an_authorisation_after_the_cancellation_is_voided(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    placed = await shop.place((article, 1))
    await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await shop.until(placed, "cancelled")
    await tell(shop, consumers.authorised, events.PaymentAuthorised(UUID(placed.id), 3000, "EUR"))
    assert "authorised" in await shop.history(placed)

    async def voided() -> bool:
        return bool(await shop.value("select payment = 'cancelled' and next_attempt_at is null from orders"))

    await eventually(voided, 60, "the late authorisation's void")
    assert await shop.status(placed) == "cancelled"


async def test_money_taken_from_a_cancelled_order_is_shown_to_staff(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await shop.until(placed, "cancelled")
    await tell(shop, consumers.captured, events.PaymentCaptured(UUID(placed.id), 3000, "EUR"))
    staff = shop.service.token(scopes=("orders:read",))
    found = await shop.client.get("/api/v1/admin/orders", params={"attention": "true"}, headers=staff)
    (order,) = found.json()["items"]
    assert (order["id"], order["attention"], order["status"]) == (placed.id, "charged_after_cancel", "cancelled")


async def test_stock_that_was_sold_for_a_payment_that_ended_is_shown_to_staff(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    placed = await shop.place((article, 1))
    assert shop.shelves.post_internal("commit", placed.id).status_code == 200
    await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)
    await shop.until(placed, "cancelled")
    assert await shop.value("select attention from orders") == "stock_not_returned"


async def test_a_reservation_refused_at_a_later_try_is_told_by_mail_and_to_who_asks_again(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    shop.double.faults(fail_before_commit=100, operation="create")
    headers = {"Idempotency-Key": str(uuid4())}
    placed = await shop.place((article, 1), headers=headers)
    assert shop.shelves.post_internal("release", placed.id).status_code == 200
    shop.double.faults()
    await shop.due()
    await shop.until(placed, "cancelled")
    assert "sold out" in (await shop.mail()).get_body(("plain",)).get_content()
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    again = await shop.post_order(order_of((article, 1)), headers)
    assert (again.status_code, again.json()["type"]) == (409, "out-of-stock")


async def test_one_order_in_trouble_does_not_stop_the_sweep(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, slow = [await shop.place((shop.shelves.article(), 1)) for _ in range(3)]
    seen = []

    async def advance(_ctx: object, order_id: UUID) -> None:
        seen.append(str(order_id))
        if str(order_id) == bad.id:
            raise RuntimeError("trouble")
        if str(order_id) == slow.id:
            raise Unavailable

    await shop.hold_sweep()
    monkeypatch.setattr(sweeping, "advance_order", advance)
    await shop.due()
    await sweep_orders(shop.service.ctx)
    assert set(seen) >= {good.id, bad.id, slow.id}
    assert await shop.value("select bool_and(attempts > 0 and next_attempt_at > now()) from orders")


async def test_a_capture_that_payments_refuse_waits_for_what_they_tell(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    capturing = State(OrderStatus.STOCK_COMMITTED, Payment.AUTHORISED, Stock.COMMITTED)
    await advance_order(shop.service.ctx, UUID(placed.id), capturing)
    assert await shop.status(placed) == "pending_payment"
    assert await shop.history(placed) == ["placed", "prepared"]


def test_a_key_for_order_tokens_must_be_long_enough(tmp_path: Path, keyring: Keyring) -> None:
    short = tmp_path / "key"
    short.write_bytes(b"short")
    settings = OrdersSettings(
        database_url=SecretStr("postgresql://x"),
        service_key_file=keyring.key_file("orders"),
        callers_file=tmp_path,
        order_token_key_file=short,
    )
    with pytest.raises(ValueError, match="32 bytes"):
        settings.order_token_key()
    short.write_bytes(bytes(32))
    assert OrderTokens(settings.order_token_key()).token(UUID(int=1)) != OrderTokens(b"other").token(UUID(int=1))


_SECOND_LINE = """
insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
select id, 2, gen_random_uuid(), 's', 't', '', 's', 1, 1 from orders
"""


class TestTheDatabaseItself:
    """What no code of ours can do wrong."""

    async def test_the_database_refuses_impossible_changes(self, shop: Shop) -> None:
        placed = await shop.place((shop.shelves.article(), 1))
        await shop.paid(placed)
        async with shop.service.ctx.db.write() as tx:
            # A guest's order that is paid may join an account: once.
            assert await tx.execute("update orders set account_id = gen_random_uuid()") == 1
        for sql in (
            "update orders set total = total + 1",
            "update orders set currency = 'USD'",
            "update order_lines set quantity = 2",
            "delete from order_lines",
            "update order_events set kind = 'x'",
            "delete from order_events",
            "update orders set payment = 'authorised'",
            "update orders set stock = 'held'",
            "update orders set status = 'cancelled'",
            "update orders set status = 'pending_payment', paid_at = null",
            "update orders set account_id = gen_random_uuid()",
            "update orders set status = 'lost'",
            _SECOND_LINE,
        ):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                async with shop.service.ctx.db.write() as tx:
                    await tx.execute(sql)
        assert await shop.status(placed) == "paid"

    async def test_the_database_allows_one_order_of_a_cart(self, shop: Shop) -> None:
        article = shop.shelves.article()
        first, second = await shop.cart((article, 1)), await shop.cart((article, 1))
        placed = await shop.place(headers=first)
        async with shop.service.ctx.db.write() as tx:
            with pytest.raises(asyncpg.UniqueViolationError):
                await tx.execute("update carts set order_id = $1 where order_id is null", UUID(placed.id))
        assert (await shop.client.get("/api/v1/cart", headers=second)).status_code == 200
