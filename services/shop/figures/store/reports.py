"""SQL of figures: sums of what was booked in some days of the shop."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from chassis.db import ReportTx
from shop.figures.domain.period import By, Period

_BOOKED = "day between $1 and $2 and ($3::text is null or currency = $3)"
_GROSS = "coalesce(sum(b.amount) filter (where b.kind = 'capture'), 0)::bigint as gross"
_REFUNDED = "coalesce(-sum(b.amount) filter (where b.kind <> 'capture'), 0)::bigint as refunded"
_ORDERS = "count(*) filter (where b.kind = 'capture') as orders"
# A returning order is not the first that its account has paid for.
_SALES = f"""
with lately as (
    select b.*, o.buyer
    from (select * from figure_bookings where {_BOOKED}) b left join figure_orders o using (order_id)
), firsts as (
    select distinct on (o.buyer) o.buyer, o.order_id as first_order
    from figure_orders o join figure_bookings c on c.kind = 'capture' and c.reference = o.order_id
    where o.buyer in (select buyer from lately where kind = 'capture')
    order by o.buyer, c.booked_at, o.order_id
), booked as (
    select date_trunc($4, day::timestamp)::date as begins, currency, {_GROSS}, {_REFUNDED}, {_ORDERS},
           count(*) filter (where b.kind = 'capture' and b.order_id <> first_order) as returning_orders
    from lately b left join firsts using (buyer) group by 1, 2
), placed as (
    select date_trunc($4, o.day::timestamp)::date as begins, o.currency, count(*) as placed,
           count(c.reference) as paid_of_placed
    from (select * from figure_orders where {_BOOKED}) o
    left join figure_bookings c on c.kind = 'capture' and c.reference = o.order_id group by 1, 2
)
select greatest(begins, $1) as begins, currency, coalesce(gross, 0) as gross, coalesce(refunded, 0) as refunded,
       coalesce(orders, 0) as orders, coalesce(returning_orders, 0) as returning_orders,
       coalesce(placed, 0) as placed, coalesce(paid_of_placed, 0) as paid_of_placed
from booked full join placed using (begins, currency) order by begins, currency
"""
_COUNTRIES = f"""
select o.country, b.currency, {_GROSS}, {_REFUNDED}, {_ORDERS}
from (select * from figure_bookings where {_BOOKED}) b left join figure_orders o using (order_id)
group by o.country, b.currency order by b.currency, sum(b.amount) desc, o.country
"""
# A refund that failed gives back what it took of its products. All of a currency.
_PRODUCTS = """
with sums as (
    select l.product_id,
           coalesce(sum(l.quantity) filter (where b.kind = 'capture'), 0)::bigint as sold,
           coalesce(sum(back.sign * l.quantity), 0)::bigint as given_back,
           coalesce(sum(l.amount) filter (where b.kind = 'capture'), 0)::bigint as gross,
           coalesce(sum(back.sign * l.amount), 0)::bigint as refunded
    from figure_bookings b join figure_lines l using (reference)
    left join (values ('refund', 1), ('refund_reversal', -1)) as back (kind, sign) on back.kind = b.kind
    where b.day between $1 and $2 and b.currency = $3
    group by l.product_id
)
select * from sums where $4::bigint is null or (gross - refunded, product_id) < ($4, $5)
order by gross - refunded desc, product_id desc limit $6
"""
_ZONES = """
select time_zone, nullif(valid_from, '-infinity') as valid_from from figure_zones z
where (valid_from = '-infinity' or figure_day(valid_from) <= $2)
  and not exists (
      select from figure_zones next where next.valid_from > z.valid_from and figure_day(next.valid_from) <= $1)
order by z.valid_from
"""


class Sales(msgspec.Struct, frozen=True):
    """A day, week or month in a currency; minor units. `paid_of_placed`: those placed in it that were
    paid, however late.
    """

    begins: date
    currency: str
    gross: int
    refunded: int
    orders: int
    returning_orders: int
    placed: int
    paid_of_placed: int

    @property
    def net(self) -> int:
        """Less what was given back."""
        return self.gross - self.refunded

    @property
    def average(self) -> int | None:
        """What an order came to, in whole minor units; None: there was none."""
        return round(self.gross / self.orders) if self.orders else None


class CountrySales(msgspec.Struct, frozen=True):
    """A country in a currency; None: not known."""

    country: str | None
    currency: str
    gross: int
    refunded: int
    orders: int


class ProductSales(msgspec.Struct, frozen=True):
    """A product in the currency that was asked for: pieces and minor units."""

    product_id: UUID
    sold: int
    given_back: int
    gross: int
    refunded: int

    @property
    def net(self) -> int:
        """Less what was given back."""
        return self.gross - self.refunded


class Zone(msgspec.Struct, frozen=True):
    """The time zone of the shop from a moment on; None: from the beginning."""

    time_zone: str
    valid_from: datetime | None


async def sales(tx: ReportTx, period: Period, by: By, currency: str | None) -> list[Sales]:
    """By day, week or month in which something was placed or booked, and currency; oldest first."""
    return await tx.rows(Sales, _SALES, period.first, period.last, currency, by)


async def countries(tx: ReportTx, period: Period, currency: str | None) -> list[CountrySales]:
    """By currency and country, the most first."""
    return await tx.rows(CountrySales, _COUNTRIES, period.first, period.last, currency)


async def products(
    tx: ReportTx, period: Period, currency: str, after: tuple[int, UUID] | None, limit: int
) -> list[ProductSales]:
    """So many products, the most first, behind one with this net amount and id."""
    net, product = after or (None, None)
    return await tx.rows(ProductSales, _PRODUCTS, period.first, period.last, currency, net, product, limit)


async def zones(tx: ReportTx, period: Period) -> list[Zone]:
    """Those that counted in these days, oldest first."""
    return await tx.rows(Zone, _ZONES, period.first, period.last)
