"""The rules of returns, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orders.returns.domain.receipt import Receipt, ReturnLine, inspected, received, unlike
from orders.returns.domain.return_state import ON_THE_WAY, RECEIVED, ReturnStatus, ReturnStep, after

COUNT = st.integers(0, 5)
RECEIPTS = st.builds(Receipt, st.just(1), COUNT, COUNT, COUNT, COUNT)


def test_each_status_can_be_left_by_its_own_steps_alone():
    left = {
        status: {step.value for step in ReturnStep if after(status, step) not in {None, status}}
        for status in ReturnStatus
    }
    assert left == {
        "requested": {"approve", "refuse", "cancel"},
        "approved": {"cancel", "receive", "receive_all"},
        "refused": set(),
        "cancelled": set(),
        "received": {"inspect"},
        "inspected": {"close"},
        "closed": set(),
    }


def test_a_step_that_was_done_changes_nothing():
    for status in ReturnStatus:
        for step in ReturnStep:
            ends = after(status, step)
            if ends is not None:
                assert after(ends, step) is ends


def test_pieces_are_on_the_way_or_received_or_free():
    assert not ON_THE_WAY & RECEIVED
    assert set(ReturnStatus) - ON_THE_WAY - RECEIVED == {"refused", "cancelled"}


@given(RECEIPTS)
def test_what_is_received_is_what_was_told_of_each_piece(told: Receipt):
    line = ReturnLine(1, told.pieces)
    (found,) = received([line], [told])
    assert found.came + found.missing == found.quantity
    assert unlike([told], {1: line.quantity}) == {}
    assert unlike([told], {1: line.quantity + 1}) == {1: line.quantity + 1}
    (looked_at,) = inspected([found], [Receipt(1, restocked=told.to_process)])
    assert (looked_at.to_process, looked_at.came) == (0, found.came)
    assert looked_at.restocked == told.restocked + told.to_process


def test_lines_that_are_not_told_of_or_not_in_the_return_are_wrong():
    assert unlike([Receipt(2, restocked=1)], {1: 1}) == {1: 1, 2: 0}
    assert unlike([], {1: 0}) == {}
    assert inspected([ReturnLine(1, 1, restocked=1)], []) == [ReturnLine(1, 1, restocked=1)]
