"""A month's price of an environment, from its plans: what is there, at list price, and what we assume of its use."""

from __future__ import annotations

import functools
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.aws.plan import Resource
from deploy.aws.pricing import ALL_MONTH, PRICERS, TOGETHER, Amount
from deploy.refusal import Refusal

PRICES = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Prices:
    """The table of prices.toml."""

    table: dict[str, Any]

    @property
    def free(self) -> set[str]:
        """Resource types that cost nothing."""
        return set(self.table["free"]["types"].split())

    @property
    def priced(self) -> set[str]:
        """Resource types that cost something."""
        return {*self.table["types"], *PRICERS}

    @property
    def about(self) -> str:
        """Where and when these prices were, for whoever reads a sum."""
        return f"list prices of {self.table['region']}, {self.table['as_of']}, {self.table['currency']}"

    def usage(self, environment: str) -> dict[str, Any]:
        """What is assumed of an environment.

        Raises:
            Refusal: when nothing is.
        """
        found: dict[str, Any] | None = self.table["usage"].get(environment)
        if found is None:
            raise Refusal(f"prices.toml has no [usage.{environment}]: copy that of the environment most like it.")
        return found


@dataclass(frozen=True)
class Item:
    """One line of an estimate, in US dollars a month."""

    what: str
    quantity: float
    unit: str
    price: float

    @property
    def usd(self) -> float:
        """US dollars a month."""
        return self.quantity * self.price


@dataclass
class Estimate:
    """What has a price, and what has none though it costs money."""

    items: list[Item] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)

    @property
    def usd(self) -> float:
        """US dollars a month, all items together."""
        return sum(item.usd for item in self.items)


@functools.cache
def prices() -> Prices:
    """What prices.toml says, read once."""
    return Prices(tomllib.loads(PRICES.read_text(encoding="utf-8")))


def estimate(found: list[Resource], environment: str) -> Estimate:
    """The price of a layer's resources. A type that has no price and is not known to be free is named as such."""
    table = prices()
    usage = table.usage(environment)
    kinds = {resource.type for resource in found if resource.type.startswith("aws_")}
    result = Estimate()
    quantities: defaultdict[tuple[str, str, float], float] = defaultdict(float)
    for kind in sorted(kinds & table.priced):
        group = [resource for resource in found if resource.type in {kind, *TOGETHER.get(kind, ())}]
        for amount in _amounts(kind, group, table, usage):
            price = _price(amount, table)
            if price is None:
                result.unpriced.append(amount.what)
            else:
                quantities[amount.what, amount.unit, price] += amount.quantity
    result.items = [Item(what, number, unit, price) for (what, unit, price), number in quantities.items() if number]
    unknown = Counter(resource.type for resource in found if resource.type in kinds - table.priced - table.free)
    result.unpriced += [f"{kind} ({number})" for kind, number in sorted(unknown.items())]
    return result


def _amounts(kind: str, group: list[Resource], table: Prices, usage: dict[str, Any]) -> Iterator[Amount]:
    for what, price, unit, *used in table.table["types"].get(kind, ()):
        yield Amount(what, price, usage[used[0]] if used else len(group), unit)
    if kind in PRICERS:
        yield from PRICERS[kind](group, usage)


def _price(amount: Amount, table: Prices) -> float | None:
    """The price of one unit a month; nothing when the table has none. A price that the code names must be there."""
    if amount.price is None:
        return None
    known = table.table[amount.table]
    found = known[amount.price] if amount.table == "price" else known.get(amount.price)
    hours = table.table["hours_a_month"] if amount.unit == ALL_MONTH else 1
    return None if found is None else float(found) * hours
