from __future__ import annotations

from mercat.tests.conftest import ROOT
from proofs import failpoints


def test_every_failpoint_of_a_service_is_killed_at():
    points = failpoints.points_of(ROOT)
    assert points.keys() == {"orders", "payments", "catalog"}
    assert {"checkout.after_reserve", "orders.refund_sent", "return.written", "inbox.after_commit"} <= set(
        points["orders"]
    )
    assert {"payments.after_stripe_before_commit", "payments.refund_begun", "jobs.worked"} <= set(points["payments"])
    assert {"reserve.written", "restock.committed", "periodic.taken"} <= set(points["catalog"])


def test_the_failpoints_of_the_chassis_exist():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "chassis").rglob("*.py") if "tests" not in path.parts)
    wanted = {name for names in failpoints.CHASSIS_POINTS.values() for name in names}
    assert {name for name in wanted if f'failpoints.point("{name}")' in code} == wanted


def test_only_services_that_ended_without_a_kill_are_told_of():
    found = failpoints.unexpected(
        {"orders": 54, "payments": 100, "catalog": 0}, {"orders": 50, "payments": 100, "catalog": 0}
    )
    assert found == ["orders ended 54 times, 50 of them killed"]
