"""Search terms. migrations/0003_search.sql folds and splits the words of products and of searches alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chassis.db import ReadTx

# debt(products-search-old): the column `products.search` and its index, from before `product_search`, cost each write.

# Of the variants whose SKU begins with what is asked for, so many; a whole SKU comes before those that go on.
MOST_SKUS = 500
# A single letter is not taken as the beginning of an SKU: it would match a large part of the shop.
_MEANT = """
select search_query($1, false) as words, array(
    select distinct product_id from (
        select v.product_id from search_sku($1) as key, variants v
        where v.active and key <> '' and search_sku(v.sku) collate "C"
              between key and key || case when length(key) > 1 then chr(1114111) else '' end
        order by search_sku(v.sku) collate "C", v.id limit $2
    ) as found
) as products
"""


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """A search. `words`: a tsquery, None where there is none; `products`: those with such an SKU; `near`: a tsquery
    with what was perhaps meant: where it is given, the search is for what the rest does not find. `languages`: whose
    words count beside those of the shop's own.
    """

    words: str | None
    products: list[UUID]
    near: str | None = None
    languages: list[str] = field(default_factory=list)

    def condition(self, put: Callable[[Any], str]) -> str:
        """The clause on product_search, `ps`. `put` takes an argument and gives its place holder."""
        found = [f"ps.product_id = any({put(self.products)})"] if self.products else []
        found += [self._matches(put, self.words)] if self.words else []
        exact = f"({' or '.join(found) or 'false'})"
        return exact if self.near is None else f"{self._matches(put, self.near)} and not {exact}"

    def _matches(self, put: Callable[[Any], str], words: str) -> str:
        """Has these words, in the shop's own language or in one of the others: each by its index."""
        query = f"{put(words)}::text::tsquery"
        if not self.languages:
            return f"ps.words @@ {query}"
        return f"""ps.product_id in (
            select product_id from product_search where words @@ {query}
            union all select product_id from translations
            where product_id is not null and words @@ {query} and language = any({put(self.languages)})
        )"""


async def search_terms(tx: ReadTx, search: str) -> SearchTerms:
    """The terms of a search: its words without case and accents, and products with such an SKU."""
    found = await tx.row(SearchTerms, _MEANT, search, MOST_SKUS)
    assert found is not None  # noqa: S101 -- it selects without a table
    return found


async def near_terms(tx: ReadTx, search: str, asked: SearchTerms) -> SearchTerms | None:
    """The terms for words that differ by a typo; None: there are no such words."""
    near: str | None = await tx.value("select search_query($1, true)", search)
    return None if near is None else replace(asked, near=near)
