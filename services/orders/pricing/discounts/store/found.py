"""The discounts that a basket is priced with: automatic ones, and those that codes stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx
from orders.pricing.discounts.domain.discount import MAX_AUTOMATIC, Code, Discount
from orders.pricing.discounts.store.rows import AS_JSON, of_json
from orders.pricing.domain.basket import Used

_AUTOMATIC = f"""
select {AS_JSON} as discount from discounts d
where d.automatic and d.status = 'active' and (d.ends_at is null or d.ends_at > now())
order by d.id limit {MAX_AUTOMATIC}
"""
# $2: automatic discounts whose uses are needed. Of those with codes the whole: the rules that are kept have none.
_FIND = f"""
with given as (
    select c.discount_id, jsonb_agg(jsonb_build_object(
        'code', c.code, 'disabled', c.disabled, 'spent', c.once and exists (
            select from discount_uses u where u.code = c.code and u.once and u.state = 'taken'
        )
    ) order by c.code) as codes
    from discount_codes c where c.code = any($1) group by c.discount_id
)
select d.id, g.codes, case when g.codes is not null then {AS_JSON} end as discount, d.used as total,
    coalesce((select m.used from discount_customers m where m.discount_id = d.id and m.customer = $3), 0) as by_customer
from discounts d left join given g on g.discount_id = d.id
where d.id in (select discount_id from given) or d.id = any($2)
order by d.id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What codes stand for, and how often it and the automatic discounts were used."""

    discounts: tuple[Discount, ...]
    used: Mapping[UUID, Used]


async def automatic(tx: ReadTx) -> tuple[Discount, ...]:
    """The automatic discounts that are on, or will be."""
    return tuple(await tx.rows(_whole, _AUTOMATIC))


async def find(tx: ReadTx, codes: Sequence[str], automatic_ids: Sequence[UUID], customer: bytes | None) -> Found:
    """What these codes in their stored form stand for; and how often that, and these discounts, were used."""
    rows = await tx.rows(dict[str, Any], _FIND, codes, automatic_ids, customer)
    with_codes = (_whole(row["discount"], row["codes"]) for row in rows if row["codes"] is not None)
    return Found(tuple(with_codes), {row["id"]: Used(row["total"], row["by_customer"]) for row in rows})


def _whole(discount: Any, codes: Any = ()) -> Discount:
    return of_json({**discount, "codes": msgspec.convert(codes, tuple[Code, ...])})
