from __future__ import annotations

import pytest

from chassis.resilience import backoff


@pytest.mark.parametrize("failures", [-1, 0, 1, 2, 5, 513, 1_024, 1_025, 10_000, 10**9])
@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0])
def test_any_number_of_failures_has_a_pause(failures, factor):
    seconds = backoff.pause(failures, first=0.1, longest=2.0, factor=factor)
    assert 0.075 <= seconds <= 2.0


def test_the_pause_grows_from_first_to_longest_with_jitter():
    for failures, most in enumerate([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0], start=1):
        pauses = {backoff.pause(failures, first=0.1, longest=2.0) for _ in range(50)}
        assert all(0.75 * most <= pause <= most for pause in pauses)
        assert len(pauses) > 10
