from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deploy.drills.journal import Acknowledged, Journal, Loss, loss

DISASTER = datetime(2026, 11, 28, 12, tzinfo=UTC)
ORDERS = [Acknowledged(str(number), DISASTER - timedelta(seconds=10 - number)) for number in range(12)]


def test_what_is_lost_are_the_acknowledged_orders_that_are_not_there():
    assert loss(ORDERS, {"0", "1", "2", "3", "4", "5", "6"}, DISASTER) == Loss(4, timedelta(seconds=3))


def test_an_order_of_after_the_disaster_is_not_counted():
    assert loss(ORDERS, {str(number) for number in range(11)}, DISASTER) == Loss(0, timedelta())


def test_an_order_acknowledged_at_the_restored_moment_is_of_before_it():
    assert Journal(ORDERS).before(DISASTER) == {str(number) for number in range(11)}
