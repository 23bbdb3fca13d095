"""The model of CPU against what the bench measured at three rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deploy.capacity import costs, settings
from deploy.capacity.costs import Load


def test_the_estimate_is_within_a_fifth_of_what_the_bench_measured_at_three_rates():
    known = costs.read()
    assert len(known.points) >= 3
    assert max(each.load.orders for each in known.points) >= 3 * min(each.load.orders for each in known.points)
    assert costs.disagreements(known) == []


def test_every_service_is_judged_at_every_rate_and_so_is_the_sum():
    """A service that was added since is not, until `make bench ARGS=resources` measures it."""
    known = costs.read()
    services = {each.name for each in settings.environment("production").services} & set(known.idle)
    assert services >= {"identity", "catalog", "orders", "payments"}
    for point in known.points:
        assert {*services, "postgres", "traefik", "all"} <= set(costs.ratios(known, point))


@pytest.mark.parametrize("part", ["idle", "read", "sign_in", "order"])
def test_a_cost_that_is_wrong_is_found(part):
    known = costs.read()
    wrong = {name: 2 * value + 20 * (part == "idle") for name, value in getattr(known, part).items()}
    changed: dict[str, Any] = {part: wrong}
    assert costs.disagreements(replace(known, **changed))


def test_a_measurement_that_is_wrong_is_found_by_its_name_and_rate():
    known = costs.read()
    point = known.points[-1]
    lower = {**point.millicores, "orders": point.millicores["orders"] / 1.5}
    (said, *more) = costs.disagreements(replace(known, points=(replace(point, millicores=lower),)))
    assert said.startswith(f"orders at {point.load.orders:g} orders a second: the estimate is 1.")
    assert not more


def test_rest_is_not_booked_to_orders():
    """At twice the orders, what they add doubles, and what is there at rest does not."""
    known = costs.read()
    one, two = (known.millicores(Load(orders, 0, 0)) for orders in (1, 2))
    for name, rest in known.idle.items():
        assert two[name] - rest == pytest.approx(2 * (one[name] - rest))
    assert known.millicores(Load(0, 0, 0)) == known.idle
