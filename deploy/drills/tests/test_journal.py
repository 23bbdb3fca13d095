from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deploy.drills.journal import Acknowledged, Journal, Loss, loss
from deploy.drills.restored import unlike_journal

DISASTER = datetime(2026, 11, 28, 12, tzinfo=UTC)
ORDERS = [
    Acknowledged(str(number), at - timedelta(milliseconds=1), at)
    for number, at in enumerate(DISASTER - timedelta(seconds=10 - number) for number in range(12))
]


def test_what_is_lost_are_the_acknowledged_orders_that_are_not_there():
    assert loss(ORDERS, {"0", "1", "2", "3", "4", "5", "6"}, DISASTER) == Loss(4, timedelta(seconds=3))


def test_an_order_of_after_the_disaster_is_not_counted():
    assert loss(ORDERS, {str(number) for number in range(11)}, DISASTER) == Loss(0, timedelta())


def test_an_order_that_was_asked_for_before_the_restored_moment_and_answered_after_it_may_be_there_or_not():
    journal = Journal(
        [*ORDERS[:3], Acknowledged("under way", DISASTER - timedelta(seconds=1), ORDERS[-1].at), ORDERS[-1]]
    )
    assert journal.before(DISASTER) == {"0", "1", "2"}
    assert journal.after(DISASTER) == {"11"}


def test_orders_that_the_journal_has_otherwise_are_told_and_so_is_a_journal_that_shows_nothing():
    moment = ORDERS[2].at
    right = {"0", "1", "2"}
    assert unlike_journal(right, Journal(ORDERS), moment) == []
    assert len(unlike_journal({"0", "2", "5"}, Journal(ORDERS), moment)) == 2
    for orders in ([], ORDERS[:3], ORDERS[3:]):
        assert "too few" in unlike_journal(right, Journal(orders), moment)[0]
