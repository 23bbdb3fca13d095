"""docs/concepts/scale.md is recomputed from the measured costs, and each limit is where a plan begins to say so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deploy.aws.cost import prices
from deploy.capacity import advice, costs, limits, plan, scale, settings, stores
from deploy.charts import connections
from payments.provider.budget import ENDPOINT_MOST

KNOWN = costs.read()
PRODUCTION = settings.environment("production")
LIMITS = {each.part: each for each in limits.limits(KNOWN, PRODUCTION)}


def planned(orders):
    return plan.of(KNOWN, PRODUCTION, plan.load_of(orders))


def pods(orders, name):
    return next(each for each in planned(orders).pods if each.name == name)


def passed(part, orders):
    """Whether the plan of so many orders a second says that this limit of today's settings is passed."""
    found = planned(orders)
    kind, _, name = part.partition(" of ")
    if kind == "pods":
        each = pods(orders, name.partition(",")[0])
        return each.needed > each.most
    if kind == "CPU":
        return found.database.cores / stores.CPU_TARGET > 2 * connections.larges("xlarge")
    if part.startswith("Valkey"):
        hourly = prices().table["cache_hour"]
        return hourly[found.cache.kind] > hourly[PRODUCTION.cache_type]
    if part.startswith("Stripe"):
        return any("Stripe takes" in said for said in advice.sentences(found))
    assert part.startswith("the database's disk")
    return found.database.gb > PRODUCTION.database_gb


TODAYS = [
    "Stripe, an account in live mode",
    "the database's disk below 400 GiB",
    f"CPU of the primary, {PRODUCTION.database_class}",
    f"Valkey, {PRODUCTION.cache_type}",
    *(f"pods of {each.name}, at most {each.most}" for each in planned(1).pods),
]


def test_the_page_is_what_the_measured_costs_say():
    assert scale.PAGE.read_text(encoding="utf-8") == scale.page(), "stale: make capacity ARGS=--write"


@pytest.mark.parametrize("part", TODAYS)
def test_just_below_a_limit_the_plan_asks_for_nothing_and_just_above_it_does(part):
    at = LIMITS[part].orders
    assert not passed(part, at * 0.98)
    assert passed(part, at * 1.02)


def test_a_cost_that_was_measured_anew_moves_its_limits_and_no_other():
    an_order = KNOWN.beyond_rest(plan.load_of(1), "postgres")
    twice = {**KNOWN.order, "postgres": KNOWN.order["postgres"] + an_order}
    for each in limits.limits(replace(KNOWN, order=twice), PRODUCTION):
        share = 0.5 if each.part.startswith("CPU of the primary") else 1
        assert each.orders == pytest.approx(share * LIMITS[each.part].orders)


def test_the_limits_are_listed_as_they_end():
    found = [each.orders for each in limits.limits(KNOWN, PRODUCTION)]
    assert found == sorted(found)
    assert len(LIMITS) == len(found)


@pytest.mark.parametrize(("orders", "cells"), [(1, 1), (100, 1), (101, 2), (1_000, 10), (10_000, 100)])
def test_cells_are_as_many_as_keep_each_at_what_one_bears(orders, cells):
    found = scale.rate(KNOWN, PRODUCTION, orders)
    assert found.cells == cells
    assert found.one.load.orders * cells == pytest.approx(orders)
    assert found.one.database.kind is not None
    assert all(each.needed <= each.most for each in found.one.pods)


def test_ten_cells_cost_ten_times_one():
    one, ten = (scale.rate(KNOWN, PRODUCTION, orders) for orders in (scale.CELL, 10 * scale.CELL))
    assert ten.usd == pytest.approx(10 * one.usd)
    assert ten.thousand == pytest.approx(one.thousand)


def test_stripes_limit_is_the_one_that_payments_keeps():
    assert advice.STRIPE_ORDERS == ENDPOINT_MOST
