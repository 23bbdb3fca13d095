"""Prices of variants, and the price range of each product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from catalog.domain.products import SkuPrice
from chassis.db import ReadTx, WriteTx

# What a variant costs at this moment: of its price vp, and of what sales set that run, the lowest. What it costs
# without them is what it is compared with.
ON_SALE = """
left join lateral (
    select min(sp.amount) as amount from sale_prices sp join sales on sales.id = sp.sale_id
    where sp.variant_id = vp.variant_id and sp.currency = vp.currency
      and sales.starts_at <= now() and sales.ends_at > now()
) sale on true
"""
AMOUNT = "least(vp.amount, sale.amount)"
COMPARE_AT = "case when sale.amount < vp.amount then vp.amount else vp.compare_at end"

SET_PRICE = """
insert into variant_prices (variant_id, currency, amount, compare_at) values ($1, $2, $3, $4)
on conflict (variant_id, currency) do update set amount = excluded.amount, compare_at = excluded.compare_at
where (variant_prices.amount, variant_prices.compare_at) is distinct from (excluded.amount, excluded.compare_at)
"""
REMOVE_PRICE = "delete from variant_prices where variant_id = $1 and currency = $2"
_SET = """
insert into variant_prices (variant_id, currency, amount, compare_at)
select variant_id, $2, amount, compare_at
from unnest($1::uuid[], $3::bigint[], $4::bigint[]) as given(variant_id, amount, compare_at) order by variant_id
on conflict (variant_id, currency) do update set amount = excluded.amount, compare_at = excluded.compare_at
where (variant_prices.amount, variant_prices.compare_at) is distinct from (excluded.amount, excluded.compare_at)
"""
_REMOVE = "delete from variant_prices where variant_id = any($1) and currency = $2"
_SUMS = f"""
insert into product_prices (product_id, currency, amount_from, amount_to, compare_at)
select v.product_id, vp.currency, min({AMOUNT}), max({AMOUNT}),
       (array_agg({COMPARE_AT} order by {AMOUNT}, v.position))[1]
from variants v join variant_prices vp on vp.variant_id = v.id {ON_SALE}
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


async def set_prices(tx: WriteTx, currency: str, wanted: Mapping[UUID, SkuPrice]) -> None:
    """Of variants, in minor units; `amount` None removes the price. Call `sum_up` for their products in the same
    transaction. Two statements, for however many variants.
    """
    ids = sorted(wanted)
    gone = [each for each in ids if wanted[each].amount is None]
    kept = [each for each in ids if wanted[each].amount is not None]
    amounts = [wanted[each].amount for each in kept]
    await tx.execute(_REMOVE, gone, currency)
    await tx.execute(_SET, kept, currency, amounts, [wanted[each].compare_at for each in kept])


async def of_variants(tx: ReadTx, variant_ids: Sequence[UUID], currency: str) -> list[SkuPrice]:
    """The prices of those that have one in the currency."""
    return await tx.rows(SkuPrice, _OF_VARIANTS, variant_ids, currency)


async def sum_up(tx: WriteTx, product_ids: Sequence[UUID]) -> None:
    """Update the products' price ranges from their variants' prices. The products must be locked."""
    await tx.execute(_SUMS, product_ids)
    await tx.execute(_GONE, product_ids)
