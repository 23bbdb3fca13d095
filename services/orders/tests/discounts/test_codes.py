"""How codes are written, and why some do not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.pricing.discounts.domain.codes import ALPHABET, draw, normalised
from orders.pricing.discounts.domain.discount import Code, Level, Minimum, Target
from orders.pricing.discounts.domain.reasons import MESSAGES, Reason
from orders.pricing.domain.basket import DiscountUse, ShippingCharge, Used
from orders.tests.discounts.samples import (
    ALL,
    NOW,
    amount,
    buy_get,
    free_shipping,
    line,
    named,
    of_products,
    percent,
    price,
    reasons,
    total,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("summer24", "SUMMER24"),
        (" Sum mer\u00a024 ", "SUMMER24"),
        ("\uff53\uff55\uff4d\uff4d\uff45\uff52\uff12\uff14", "SUMMER24"),
        ("grüße", "GRÜSSE"),
        ("gru\u0308n", "GRÜN"),
        ("ÉTÉ_24-x", "ÉTÉ_24-X"),
        ("夏の24", "夏の24"),
        ("ab", None),
        ("x" * 40, "X" * 40),
        ("x" * 41, None),
        (" " * 101 + "abc", None),
        ("=1+1", None),
        ("-10OFF", None),
        ("_10OFF", None),
        ("@all", None),
        ("10%OFF", None),
        ("a\x00bcd", None),
        ("a,b;c", None),
        ("", None),
    ],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str, stored: str | None) -> None:
    assert normalised(typed) == stored


@given(st.text(max_size=45))
def test_the_stored_form_is_its_own_and_no_spreadsheet_runs_it(typed: str) -> None:
    stored = normalised(typed)
    if stored is not None:
        assert normalised(stored) == normalised(stored.lower()) == stored
        assert stored[0].isalnum()
        assert not set(stored) & set(" \t\r\n,;\"'=+@\x00")


def test_drawn_codes_are_stored_as_they_are_drawn() -> None:
    drawn = {draw("VIP-", 10) for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(normalised(each) == each and len(each) == 14 and set(each[4:]) <= set(ALPHABET) for each in drawn)


GOODS = (line(1000, 2), line(500, 1, "sand"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"starts_at": NOW}, None),
        ({"starts_at": NOW + HOUR}, Reason.NOT_YET),
        ({"ends_at": NOW + HOUR}, None),
        ({"ends_at": NOW}, Reason.EXPIRED),
        ({"disabled": True}, Reason.EXPIRED),
        ({"codes": (Code("SAVE", disabled=True),)}, Reason.EXPIRED),
        ({"codes": (Code("SAVE", spent=True),)}, Reason.USED_UP),
        ({"codes": ()}, Reason.UNKNOWN),
        ({"max_uses": 7}, Reason.USED_UP),
        ({"max_uses": 8}, None),
        ({"max_uses_per_customer": 2}, Reason.USED_BY_YOU),
        ({"max_uses_per_customer": 3}, None),
        ({"minimum": Minimum({"EUR": 2500})}, None),
        ({"minimum": Minimum({"EUR": 2501})}, Reason.MINIMUM),
        ({"minimum": Minimum({"USD": 1})}, Reason.OTHER_CURRENCY),
        ({"minimum": Minimum(quantity=3)}, None),
        ({"minimum": Minimum(quantity=4)}, Reason.MINIMUM),
        ({"articles": of_products("sand"), "minimum": Minimum({"EUR": 501})}, Reason.MINIMUM),
        ({"articles": of_products("reef")}, Reason.OTHER_ARTICLES),
    ],
)
def test_a_code_that_does_not_count_says_why(change: dict[str, Any], reason: Reason | None) -> None:
    saving = replace(percent(10, target=Target.LINES, code="SAVE"), **change)
    found = price(GOODS, saving, codes=("save",), used={saving.id: Used(7, 2)})
    assert reasons(found) == ({} if reason is None else {"SAVE": reason.value})
    assert [each.code for each in found.applied] == ([] if reason else ["SAVE"])
    assert found.uses == (() if reason else (DiscountUse(saving.id, "SAVE", b"c" * 16),))


def test_an_automatic_discount_that_does_not_count_says_nothing() -> None:
    found = price(GOODS, percent(10, max_uses=7), used={named("percent"): Used(7)})
    assert (found.applied, found.rejected) == ((), ())


def test_limits_bind_automatic_discounts_too() -> None:
    for limited in (percent(10, max_uses=1), percent(10, max_uses_per_customer=1)):
        assert price(GOODS, limited, used={limited.id: Used(1, 1)}).applied == ()


def test_amounts_are_of_their_currency() -> None:
    saving = amount(500, code="FIVE")
    assert reasons(price(GOODS, saving, codes=("FIVE",), currency="USD")) == {"FIVE": "other-currency"}


def test_articles_may_be_products_types_or_collections() -> None:
    goods = (line(1000, 1, "tide", "Tee", "summer"), line(1000, 1, "sand", "Cap", "summer", "sale"))
    for articles, off in (
        (of_products("tide"), 100),
        (replace(of_products(), types=frozenset({"Cap"})), 100),
        (replace(of_products(), collections=frozenset({named("summer")})), 200),
        (replace(of_products("tide"), collections=frozenset({named("sale")})), 200),
    ):
        assert total(price(goods, percent(10, target=Target.LINES, articles=articles))) == off


def test_buy_x_get_y_needs_what_is_bought_and_what_is_got() -> None:
    gift = buy_get(2, 1, of=of_products("gift"), code="GIFT")
    assert reasons(price(GOODS, gift, codes=("GIFT",))) == {"GIFT": "not-for-these-articles"}
    assert reasons(price((line(100), line(5, 1, "gift")), gift, codes=("GIFT",))) == {"GIFT": "minimum-not-reached"}


def test_free_shipping_counts_only_where_shipping_costs() -> None:
    free = free_shipping(code="FREE")
    known = price(GOODS, free, codes=("FREE",))
    assert [each.amount for each in known.shipping] == [500]
    unknown = price(GOODS, free, codes=("FREE",), shipping=None)
    # Nothing is counted yet, and it is not refused: what shipping costs is not known.
    assert ([each.amount for each in unknown.applied], unknown.uses, unknown.rejected) == ([0], (), ())
    assert reasons(price(GOODS, free, codes=("FREE",), shipping=ShippingCharge(0))) == {"FREE": "no-effect"}
    # Free shipping to come is kept, though a discount that goes with neither takes nothing off either.
    alone = frozenset({Level.LINE})
    half = percent(50, name="half", target=Target.LINES, combines_with=ALL)
    idle = percent(50, name="idle", target=Target.LINES, articles=of_products("gift"), combines_with=alone)
    kept = price(
        (*GOODS, line(0, 1, "gift")),
        half,
        idle,
        free_shipping(code="FREE", combines_with=ALL),
        codes=("FREE",),
        shipping=None,
    )
    assert [(each.title, each.amount) for each in kept.applied] == [("half", 1250), ("free", 0)]
    digital = (replace(line(1000), requires_shipping=False),)
    assert reasons(price(digital, free, codes=("FREE",), shipping=None)) == {"FREE": "no-effect"}


def test_a_discount_that_takes_nothing_off_is_not_used() -> None:
    gift = (line(0),)
    assert reasons(price(gift, percent(10, code="SAVE"), codes=("SAVE",))) == {"SAVE": "no-effect"}
    assert price(gift, percent(10, code="SAVE"), codes=("SAVE",)).uses == ()
    both = price(
        GOODS, percent(100, combines_with=ALL), percent(10, name="b", code="SAVE", combines_with=ALL), codes=("SAVE",)
    )
    assert reasons(both) == {"SAVE": "not-combinable"}


def test_the_best_for_the_shopper_counts_where_discounts_exclude_each_other() -> None:
    ten, fifth = percent(10, name="ten", code="TEN"), percent(20, name="fifth", code="FIFTH")
    for codes in (("TEN", "FIFTH"), ("FIFTH", "TEN")):
        found = price(GOODS, ten, fifth, codes=codes)
        assert [each.code for each in found.applied] == ["FIFTH"]
        assert reasons(found) == {"TEN": "not-combinable"}


def test_both_must_agree_to_stand_beside_each_other() -> None:
    off_lines = frozenset({Level.LINE})
    for agree, count in ((off_lines, 2), (frozenset(), 1)):
        order = percent(10, name="order", combines_with=agree)
        lines = percent(10, name="lines", target=Target.LINES, combines_with=frozenset({Level.ORDER}))
        assert len(price(GOODS, order, lines).applied) == count


def test_a_discount_counts_once_whatever_number_of_its_codes_is_given() -> None:
    saving = replace(percent(10, code="ONE"), codes=(Code("ONE", spent=True), Code("TWO"), Code("THREE")))
    found = price(GOODS, saving, codes=("one", "TWO", "three", "Two"))
    assert [each.code for each in found.applied] == ["TWO"]
    assert reasons(found) == {"ONE": "used-up", "THREE": "not-combinable"}


def test_an_order_takes_five_codes() -> None:
    many = [percent(1, name=f"n{number}", code=f"CODE{number}", combines_with=ALL) for number in range(6)]
    found = price(GOODS, *many, codes=tuple(f"code{number}" for number in range(6)))
    assert len(found.applied) == 5
    assert reasons(found) == {"CODE5": "too-many-codes"}


def test_what_is_no_code_is_unknown_as_it_was_typed() -> None:
    assert reasons(price(GOODS, codes=("=1+1", "nothing"))) == {"=1+1": "unknown", "NOTHING": "unknown"}


def test_each_reason_has_words() -> None:
    assert set(MESSAGES) == set(Reason)
