"""The dashboards' drill asks for data wherever a rule could have some, and tells figures that differ from the books."""

from __future__ import annotations

import pytest

from deploy.drills.dashboards.asked import listed, unfiltered
from deploy.drills.dashboards.figures import differences


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("max(a) > 3", "max(a) > bool 3"),
        ('sum(rate(a{code!="5",x=~"b>c"}[5m])) == 0', 'sum(rate(a{code!="5",x=~"b>c"}[5m])) == bool 0'),
        ("a >= 1 and on () b < 2", "a >= bool 1 and on () b < bool 2"),
        ("(a > bool 5) != 1", "(a > bool 5) != bool 1"),
        ('absent(up{job="a"}) unless b offset 1w', 'count(up{job="a"}) or b offset 10s'),
    ],
)
def test_a_rule_is_asked_without_what_filters_its_series(rule: str, asked: str):
    assert unfiltered(rule) == asked


def test_counts_agree_when_rounded_and_money_within_a_hundredth():
    books = {("Orders", "placed"): 40, ("Revenue", "EUR"): 123_456.0}
    assert differences(books, {("Orders", "placed"): 40.3, ("Revenue", "EUR"): 123_900.0}) == []
    wrong = differences(books, {("Orders", "placed"): 40.6, ("Revenue", "EUR"): 125_000.0})
    assert [each.partition(" shows")[0] for each in wrong] == ["shop: Orders (placed)", "shop: Revenue (EUR)"]
    assert len(differences(books, {})) == 2


def test_metrics_of_a_cluster_alone_are_on_a_list_and_ours_are_not():
    assert listed("kube_pod_info")
    assert not listed("orders_paid_total")
