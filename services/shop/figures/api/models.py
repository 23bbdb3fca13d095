"""Figures as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from chassis.web import Model, SignedMoney
from shop.figures.store.reports import CountrySales, ProductSales, Sales, Zone


class ZoneView(Model):
    """A time zone by which days were counted."""

    time_zone: str = Field(description="Where days begin and end", examples=["Europe/Berlin"])
    valid_from: datetime | None = Field(
        description="Since when; null: from the beginning", examples=["2026-11-28T23:00:00Z"]
    )

    @classmethod
    def of(cls, zone: Zone) -> Self:
        """The API's form of a time zone."""
        return cls(time_zone=zone.time_zone, valid_from=zone.valid_from)


class _Sums(Model):
    gross: SignedMoney = Field(description="What was taken for orders, with shipping and tax")
    refunded: SignedMoney = Field(description="What was given back, less refunds that failed")
    net: SignedMoney = Field(description="`gross` less `refunded`, as in the ledger of payments")


def _sums(found: Sales | CountrySales | ProductSales, currency: str) -> dict[str, SignedMoney]:
    amounts = {"gross": found.gross, "refunded": found.refunded, "net": found.gross - found.refunded}
    return {name: SignedMoney(amount=amount, currency=currency) for name, amount in amounts.items()}


class SalesView(_Sums):
    """A day, week or month in a currency."""

    begins: date = Field(description="Its first day that was asked for", examples=["2026-11-01"])
    orders: int = Field(description="Orders that were paid in it", examples=[12])
    returning_orders: int = Field(description="Those of them whose account had paid for an order before", examples=[4])
    average: SignedMoney | None = Field(description="`gross` by order; null: there was none")
    placed: int = Field(description="Orders that were begun in it, paid or not", examples=[15])
    paid_of_placed: int = Field(description="Those of them that were paid, then or later", examples=[12])

    @classmethod
    def of(cls, found: Sales) -> Self:
        """The API's form of some days."""
        average = None if found.average is None else SignedMoney(amount=found.average, currency=found.currency)
        return cls(
            begins=found.begins,
            orders=found.orders,
            returning_orders=found.returning_orders,
            average=average,
            placed=found.placed,
            paid_of_placed=found.paid_of_placed,
            **_sums(found, found.currency),
        )


class SalesReportView(Model):
    """What was sold in some days; those without anything are left out."""

    time_zones: list[ZoneView] = Field(description="By which days were counted, oldest first")
    items: list[SalesView]

    @classmethod
    def of(cls, found: list[Sales], zones: list[Zone]) -> Self:
        """The API's form of a report."""
        return cls(time_zones=[ZoneView.of(each) for each in zones], items=[SalesView.of(each) for each in found])


class CountrySalesView(_Sums):
    """A country in a currency."""

    country: str | None = Field(
        description="Where orders went to, ISO 3166-1 alpha-2; null: not known", examples=["DE"]
    )
    orders: int = Field(description="Orders that were paid", examples=[12])

    @classmethod
    def of(cls, found: CountrySales) -> Self:
        """The API's form of a country."""
        return cls(country=found.country, orders=found.orders, **_sums(found, found.currency))


class CountryReportView(Model):
    """What was sold in some days, by country."""

    time_zones: list[ZoneView] = Field(description="By which days were counted, oldest first")
    items: list[CountrySalesView]

    @classmethod
    def of(cls, found: list[CountrySales], zones: list[Zone]) -> Self:
        """The API's form of a report."""
        items = [CountrySalesView.of(each) for each in found]
        return cls(time_zones=[ZoneView.of(each) for each in zones], items=items)


class SalesOfProductView(_Sums):
    """A product in a currency. Shipping, and refunds of an amount that is of no line, are of no product."""

    product_id: UUID = Field(description="The product's id")
    sold: int = Field(description="Pieces that were sold", examples=[14])
    given_back: int = Field(description="Pieces whose money was given back", examples=[2])

    @classmethod
    def of(cls, found: ProductSales, currency: str) -> Self:
        """The API's form of a product."""
        return cls(product_id=found.product_id, sold=found.sold, given_back=found.given_back, **_sums(found, currency))
