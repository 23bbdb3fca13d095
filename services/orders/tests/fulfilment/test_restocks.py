"""Pieces of an order go back to the catalog by a job: once, also where an answer was lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from orders.fulfilment import RestockJob, ask_for_restock, restock_pieces
from orders.quantities import VariantQuantity
from orders.tests.shop import Shop

ASKED = "select lines, done_at is not null as done, unknown from restocks where id = $1"
TOLD = "select data from order_events where order_id = $1 and kind = 'restocked'"


async def ask(shop: Shop, order_id: UUID, restock_id: UUID, *lines: tuple[UUID | str, int]) -> None:
    wanted = [VariantQuantity(UUID(str(variant)), quantity) for variant, quantity in lines]
    async with shop.service.ctx.db.write() as tx:
        await ask_for_restock(shop.service.ctx, tx, restock_id, order_id, wanted)


async def rows(shop: Shop, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    async with shop.service.ctx.db.read() as tx:
        return await tx.rows(dict, sql, *arguments)


async def test_pieces_go_back_once_and_unknown_variants_are_noted(shop: Shop) -> None:
    article, restock, nowhere = shop.shelves.article(stock=5), uuid4(), uuid4()
    order = UUID((await shop.place((article, 1))).id)
    held = shop.shelves.level(article)
    for _ in range(2):
        await ask(shop, order, restock, (article.variant_id, 1), (nowhere, 2), (article.variant_id, 1))
    for _ in range(3):
        await restock_pieces(shop.service.ctx, RestockJob(restock))
    assert shop.shelves.level(article) == (held[0] + 2, held[1])
    (found,) = await rows(shop, ASKED, restock)
    assert (found["done"], found["unknown"]) == (True, [nowhere])
    assert [row["data"]["unknown"] for row in await rows(shop, TOLD, order)] == [[str(nowhere)]]
    assert await shop.value("select count(*) from jobs where name = 'orders.restock' and held_at is not null") == 0


async def test_a_restock_whose_note_was_lost_is_made_once(shop: Shop) -> None:
    article, restock = shop.shelves.article(stock=5), uuid4()
    order = UUID((await shop.place((article, 1))).id)
    async with shop.service.ctx.db.write() as tx:
        asked = "insert into restocks (id, order_id, lines) values ($1, $2, $3)"
        await tx.execute(asked, restock, order, [{"variant_id": article.variant_id, "quantity": 3}])
    failpoints.configure("restock.told=raise*1")
    with pytest.raises(failpoints.InjectedFault):
        await restock_pieces(shop.service.ctx, RestockJob(restock))
    assert await rows(shop, TOLD, order) == []
    await restock_pieces(shop.service.ctx, RestockJob(restock))
    assert shop.shelves.level(article)[0] == 8
    assert len(await rows(shop, TOLD, order)) == 1


async def test_a_catalog_that_does_not_answer_leaves_it_to_be_tried_again(gated: Shop, gates: Any) -> None:
    article, restock = gated.shelves.article(stock=5), uuid4()
    order = UUID((await gated.place((article, 1))).id)
    async with gated.service.ctx.db.write() as tx:
        asked = "insert into restocks (id, order_id, lines) values ($1, $2, $3)"
        await tx.execute(asked, restock, order, [{"variant_id": article.variant_id, "quantity": 3}])
    gates["catalog"].cut("/internal/restocks", "lose", times=2)
    with pytest.raises(Unavailable):
        await restock_pieces(gated.service.ctx, RestockJob(restock))
    assert await rows(gated, TOLD, order) == []
    gates["catalog"].mend()
    await restock_pieces(gated.service.ctx, RestockJob(restock))
    assert gated.shelves.level(article)[0] == 8
    assert len(await rows(gated, TOLD, order)) == 1


async def test_nothing_to_put_back_asks_for_nothing(shop: Shop) -> None:
    order = UUID((await shop.place((shop.shelves.article(), 1))).id)
    await ask(shop, order, uuid4())
    assert await shop.value("select count(*) from restocks") == 0
