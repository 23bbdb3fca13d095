from __future__ import annotations

from mercat.tests.conftest import ROOT
from proofs import failpoints


def test_every_failpoint_of_a_service_on_the_way_of_an_order_is_killed_at():
    points = failpoints.points_of(ROOT)
    assert points.keys() == {"orders", "payments", "catalog"}
    assert {"checkout.after_reserve", "inbox.after_commit"} <= set(points["orders"])
    assert {"payments.after_stripe_before_commit", "jobs.worked"} <= set(points["payments"])
    assert {"reserve.written", "periodic.taken"} <= set(points["catalog"])
    assert not failpoints.OTHER_POINTS & {name for names in points.values() for name in names}


def test_the_failpoints_that_are_left_out_exist():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "services" / "catalog").rglob("*.py"))
    assert {
        name for name in failpoints.OTHER_POINTS if f'failpoints.point("{name}")' in code
    } == failpoints.OTHER_POINTS


def test_the_failpoints_of_the_chassis_exist():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "chassis").rglob("*.py") if "tests" not in path.parts)
    wanted = {name for names in failpoints.CHASSIS_POINTS.values() for name in names}
    assert {name for name in wanted if f'failpoints.point("{name}")' in code} == wanted
