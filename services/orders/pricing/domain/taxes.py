"""Which tax is owed where: rates by class, place and date, and who owes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from orders.pricing.domain.basket import (
    NOT_TAXED,
    STANDARD,
    Destination,
    VatNumber,
    Wanted,
)
from orders.pricing.domain.places import Place, Whereabouts, within
from orders.pricing.domain.priced import Method, Treatment

ShippingTax = Literal["proportional", "highest", "own", "untaxed"]
"""How shipping is taxed. proportional: as the goods, by their value. highest: at the highest rate of the goods. own: by
a tax class of its own. untaxed: not at all."""

# The area of the EU's VAT. A business of one state that buys from another owes the tax itself.
EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax on a class of goods at places of a country. `rate` in millionths: 190000 is 19 %.

    `codes`: patterns of postal codes; none: the whole country or region. `alone`: at its places the rates of wider ones
    do not count; else they are added. `exempt`: a law frees these goods, which is not the same as a rate of zero.
    """

    id: UUID
    country: str
    region: str
    codes: tuple[str, ...]
    tax_class: str
    title: str
    rate: int
    exempt: bool = False
    alone: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def at(self, where: Whereabouts, now: datetime) -> bool:
        """Whether it counts there and then. It begins at its first moment and has ended at its last."""
        if self.valid_from is not None and now < self.valid_from:
            return False
        if self.valid_until is not None and now >= self.valid_until:
            return False
        return any(within(Place(self.country, self.region, code), where) for code in self.codes or ("",))

    @property
    def level(self) -> int:
        """0: of a country. 1: of a region. 2: of postal codes."""
        return 2 if self.codes else 1 if self.region else 0


@dataclass(frozen=True, slots=True)
class ShippingTaxRule:
    """How shipping is taxed in a country, or one of its regions. `tax_class`: of "own"."""

    how: ShippingTax
    tax_class: str = STANDARD


@dataclass(frozen=True, slots=True)
class TaxRules:
    """All rates, and where the shop is. `home`: None: not said, and nothing is an export. `without_tax`: currencies
    whose listed prices do not hold the tax: it comes on top. `by_place` is made from `rates`: by country and region.
    """

    rates: tuple[TaxRate, ...] = ()
    home: Destination | None = None
    without_tax: frozenset[str] = frozenset()
    shipping: Mapping[tuple[str, str], ShippingTaxRule] = field(default_factory=dict)
    by_place: Mapping[tuple[str, str], tuple[TaxRate, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rates: Iterable[TaxRate],
        home: Destination | None = None,
        without_tax: Iterable[str] = (),
        shipping: Mapping[tuple[str, str], ShippingTaxRule] | None = None,
    ) -> TaxRules:
        """With the rates by country and region."""
        rates = tuple(sorted(rates, key=lambda each: (each.level, each.title, each.id)))
        found: dict[tuple[str, str], list[TaxRate]] = {}
        for rate in rates:
            found.setdefault((rate.country, rate.region), []).append(rate)
        by_place = {place: tuple(each) for place, each in found.items()}
        return cls(rates, home, frozenset(without_tax), shipping or {}, by_place)


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed on a class of goods. `relief`: a rate that a listed price holds and nobody owes."""

    rate: int
    title: str
    treatment: Treatment
    relief: int = 0


@dataclass(frozen=True, slots=True)
class TaxPlace:
    """Where an order is taxed, and who owes the tax. `free`: why nobody owes it to the shop."""

    where: Whereabouts | None
    free: Literal["reverse_charge", "outside"] | None
    shipping: ShippingTaxRule
    rates: tuple[TaxRate, ...]

    def due(self, tax_class: str) -> Due:
        """What is owed on a class. A class without a rate of its own there is taxed as the standard one."""
        if tax_class == NOT_TAXED:
            return Due(0, "", "untaxed")
        found = [each for each in self.rates if each.tax_class == tax_class]
        found = found or [each for each in self.rates if each.tax_class == STANDARD]
        if not found:
            return Due(0, "", self.free or "untaxed")
        rate = sum(each.rate for each in found)
        title = " + ".join(each.title for each in found)
        if self.free:
            return Due(0, "", self.free, rate)
        treatment: Treatment = "taxed" if rate else "exempt" if any(each.exempt for each in found) else "zero"
        return Due(rate, title, treatment)


def taxed_at(wanted: Wanted, method: Method | None, rules: TaxRules, now: datetime) -> TaxPlace:
    """The place whose tax an order has: where it goes, or where it is fetched."""
    home = Whereabouts.of(rules.home) if rules.home else None
    fetched = method is not None and method.kind == "pickup"
    there = Whereabouts.of(wanted.destination) if wanted.destination and not (fetched and home) else home
    if there is None:
        return TaxPlace(None, None, ShippingTaxRule("proportional"), ())
    rates = _rates(rules, there, now)
    if home is None or there == home:
        return TaxPlace(there, None, _shipping(rules, there), rates)
    if _reversed(home, there, wanted.vat):
        return TaxPlace(home, "reverse_charge", _shipping(rules, home), _rates(rules, home, now))
    if rates or home.country == there.country:
        return TaxPlace(there, None, _shipping(rules, there), rates)
    # A shop of the EU that sells little abroad charges its own tax to consumers all over the EU.
    small = {home.country, there.country} <= EU
    return TaxPlace(home, None if small else "outside", _shipping(rules, home), _rates(rules, home, now))


def _reversed(home: Whereabouts, there: Whereabouts, vat: VatNumber | None) -> bool:
    """Whether it is a sale to a business across a border inside the EU."""
    if vat is None or home.country == there.country:
        return False
    return {home.country, there.country, vat.country} <= EU and vat.country != home.country


def _rates(rules: TaxRules, where: Whereabouts, now: datetime) -> tuple[TaxRate, ...]:
    near = (*rules.by_place.get((where.country, ""), ()), *rules.by_place.get((where.country, where.region), ()))
    found = sorted({each.id: each for each in near if each.at(where, now)}.values(), key=lambda each: each.level)
    lowest = max((each.level for each in found if each.alone), default=0)
    return tuple(each for each in found if each.level >= lowest)


def _shipping(rules: TaxRules, where: Whereabouts) -> ShippingTaxRule:
    region = rules.shipping.get((where.country, where.region))
    return region or rules.shipping.get((where.country, ""), ShippingTaxRule("proportional"))


def highest(dues: Sequence[Due]) -> Due:
    """That of the highest rate, whatever their order."""
    return max(dues, key=lambda due: (due.rate, due.relief, due.title, due.treatment))
