"""Lines and discounts for tests of the pure half."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from orders.pricing.discounts.domain.discount import (
    EVERYTHING,
    Articles,
    BuyGet,
    Code,
    Discount,
    Kind,
    Level,
    Target,
)
from orders.pricing.discounts.domain.discounting import discounted
from orders.pricing.domain.basket import BasketLine, Discounted, ShippingCharge

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NAMES = UUID("0199a5d0-1f2a-7c11-8a4e-000000000000")
ALL = frozenset(Level)
SHIPPING = ShippingCharge(500)


def named(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(NAMES, name)


def line(price: int, quantity: int = 1, product: str = "tide", kind: str = "Tee", *collections: str) -> BasketLine:
    return BasketLine(
        variant_id=named(f"{product} {price}"),
        product_id=named(product),
        product_type=kind,
        collections=tuple(named(each) for each in collections),
        quantity=quantity,
        unit_price=price,
    )


def of_products(*names: str) -> Articles:
    return Articles(products=frozenset(named(name) for name in names))


def make(name: str, kind: Kind, target: Target, *, code: str | None = None, **fields: Any) -> Discount:
    codes = (Code(code),) if code else ()
    return Discount(named(name), name, kind, target, automatic=code is None, codes=codes, **fields)


def percent(rate: int, *, name: str = "percent", target: Target = Target.ORDER, **fields: Any) -> Discount:
    """`rate`: in hundredths, such as 10 for a tenth."""
    return make(name, Kind.PERCENT, target, rate=rate * 10_000, **fields)


def amount(euros: int, *, name: str = "amount", target: Target = Target.ORDER, **fields: Any) -> Discount:
    return make(name, Kind.AMOUNT, target, amounts={"EUR": euros}, **fields)


def free_shipping(name: str = "free", **fields: Any) -> Discount:
    return make(name, Kind.FREE_SHIPPING, Target.SHIPPING, **fields)


def buy_get(buy: int, get: int, *, name: str = "bogo", of: Articles = EVERYTHING, **fields: Any) -> Discount:
    repeats = {"max_repeats": fields.pop("max_repeats")} if "max_repeats" in fields else {}
    return make(name, Kind.BUY_GET, Target.LINES, buy_get=BuyGet(buy, get, of, **repeats), **fields)


def price(
    lines: tuple[BasketLine, ...],
    *discounts: Discount,
    codes: tuple[str, ...] = (),
    shipping: ShippingCharge | None = SHIPPING,
    **fields: Any,
) -> Discounted:
    """What discounts take off lines in euros."""
    known: dict[str, Any] = {"now": NOW, "used": {}, "currency": "EUR", "customer": b"c" * 16, **fields}
    return discounted(lines, discounts, codes, shipping, **known)


def sums(found: Discounted) -> list[int]:
    """What is taken off each line."""
    return [sum(share.amount for share in shares) for shares in found.lines]


def total(found: Discounted) -> int:
    """What is taken off in all."""
    return sum(each.amount for each in found.applied)


def reasons(found: Discounted) -> dict[str, str]:
    return {each.code: each.reason for each in found.rejected}


_PRODUCTS = ("tide", "sand", "reef", "wave")
lines = st.lists(
    st.builds(line, st.integers(0, 20_000), st.integers(1, 40), st.sampled_from(_PRODUCTS), st.just("Tee")),
    min_size=1,
    max_size=8,
).map(tuple)
_articles = st.frozensets(st.sampled_from(_PRODUCTS), max_size=2).map(lambda names: of_products(*sorted(names)))
_levels = st.frozensets(st.sampled_from(list(Level)))
_forms = st.one_of(
    st.builds(
        lambda rate, target: {"kind": Kind.PERCENT, "target": target, "rate": rate},
        st.integers(1, 1_000_000),
        st.sampled_from([Target.ORDER, Target.LINES]),
    ),
    st.builds(
        lambda off, target: {"kind": Kind.AMOUNT, "target": target, "amounts": {"EUR": off}},
        st.integers(1, 30_000),
        st.sampled_from([Target.ORDER, Target.LINES, Target.PIECES]),
    ),
    st.just({"kind": Kind.FREE_SHIPPING, "target": Target.SHIPPING}),
    st.builds(
        lambda buy, get, rate, of, most: {
            "kind": Kind.BUY_GET,
            "target": Target.LINES,
            "rate": rate,
            "buy_get": BuyGet(buy, get, of, most),
        },
        st.integers(1, 4),
        st.integers(1, 4),
        st.integers(1, 1_000_000),
        _articles,
        st.integers(1, 5),
    ),
)


def _build(number: int, form: dict[str, Any], articles: Articles, levels: frozenset[Level], by: str | None) -> Discount:
    return make(
        f"discount {number}",
        articles=EVERYTHING if form["target"] is Target.ORDER else articles,
        combines_with=levels,
        code=by and f"{by}{number}",
        **form,
    )


@st.composite
def discounts(draw: st.DrawFn, most: int = 6) -> tuple[Discount, ...]:
    """Discounts of all kinds, automatic or with a code such as CODE0."""
    count = draw(st.integers(1, most))
    return tuple(
        _build(number, draw(_forms), draw(_articles), draw(_levels), draw(st.sampled_from([None, "CODE"])))
        for number in range(count)
    )


def codes_of(found: tuple[Discount, ...]) -> tuple[str, ...]:
    return tuple(code.code for each in found for code in each.codes)
