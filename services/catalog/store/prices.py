"""Prices of variants, and the price range of each product."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.domain.products import SkuPrice
from chassis.db import ReadTx, WriteTx

SET_PRICE = """
insert into variant_prices (variant_id, currency, amount, compare_at) values ($1, $2, $3, $4)
on conflict (variant_id, currency) do update set amount = excluded.amount, compare_at = excluded.compare_at
where (variant_prices.amount, variant_prices.compare_at) is distinct from (excluded.amount, excluded.compare_at)
"""
REMOVE_PRICE = "delete from variant_prices where variant_id = $1 and currency = $2"
_SUMS = """
insert into product_prices (product_id, currency, amount_from, amount_to, compare_at)
select v.product_id, vp.currency, min(vp.amount), max(vp.amount),
       (array_agg(vp.compare_at order by vp.amount, v.position))[1]
from variants v join variant_prices vp on vp.variant_id = v.id
where v.product_id = any($1) and v.active
group by v.product_id, vp.currency
on conflict (product_id, currency) do update set
    amount_from = excluded.amount_from, amount_to = excluded.amount_to, compare_at = excluded.compare_at
"""
_OF_VARIANTS = """
select v.sku, p.amount, p.compare_at from variants v join variant_prices p on p.variant_id = v.id and p.currency = $2
where v.id = any($1) order by v.sku
"""
# A currency in which no variant of the product is sold any more.
_GONE = """
delete from product_prices pp where product_id = any($1) and not exists (
    select from variants v join variant_prices vp on vp.variant_id = v.id and vp.currency = pp.currency
    where v.product_id = pp.product_id and v.active
)
"""


async def set_price(tx: WriteTx, variant_id: UUID, currency: str, amount: int | None, compare_at: int | None) -> None:
    """In minor units; `amount` None removes the price. Call `sum_up` for its product in the same transaction."""
    if amount is None:
        await tx.execute(REMOVE_PRICE, variant_id, currency)
    else:
        await tx.execute(SET_PRICE, variant_id, currency, amount, compare_at)


async def of_variants(tx: ReadTx, variant_ids: Sequence[UUID], currency: str) -> list[SkuPrice]:
    """The prices of those that have one in the currency."""
    return await tx.rows(SkuPrice, _OF_VARIANTS, variant_ids, currency)


async def sum_up(tx: WriteTx, product_ids: Sequence[UUID]) -> None:
    """Update the products' price ranges from their variants' prices. The products must be locked."""
    await tx.execute(_SUMS, product_ids)
    await tx.execute(_GONE, product_ids)
