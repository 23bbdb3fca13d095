import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.limits import Rule, gcra, rule

SECOND = 1_000_000_000


class Clock:
    """Nanoseconds that a test moves."""

    def __init__(self) -> None:
        self.at = 50 * SECOND

    def __call__(self) -> int:
        return self.at


def test_a_rate_is_a_number_a_unit_and_a_name():
    assert rule("login", "5/min") == Rule("login", 5, 60, "closed")
    assert rule("browse", "600/min", "open").fail == "open"
    assert [rule("x", f"1/{unit}").window for unit in ("s", "sec", "min", "h", "hour", "d", "day")] == [
        *(1, 1, 60, 3600, 3600, 86_400, 86_400)
    ]
    assert rule("login", "5/min").policy == '"login";q=5;w=60'


@pytest.mark.parametrize("rate", ["5", "0/min", "5/week", "-1/s", "1000000/s", ""])
def test_another_rate_is_refused(rate: str):
    with pytest.raises(ValueError, match=r'a rate is .* such as "5/min"'):
        rule("x", rate)


@pytest.mark.parametrize("name", ['"', ""])
def test_another_name_is_refused(name: str):
    with pytest.raises(ValueError, match="name is of a-z"):
        rule(name, "5/s")


def test_the_whole_quota_passes_at_once_and_then_one_at_a_time():
    clock = Clock()
    local = gcra.Local(clock=clock)
    login = rule("login", "5/min")
    remaining = [local.decide(login, "a", half=False) for _ in range(7)]
    assert [decided.allowed for decided in remaining] == [True] * 5 + [False] * 2
    assert [decided.remaining for decided in remaining] == [4, 3, 2, 1, 0, 0, 0]
    # Whole after 12 s a request; the fifth says when one more may pass, as do those that were refused.
    assert [decided.reset for decided in remaining] == [12, 24, 36, 48, 12, 12, 12]
    clock.at += 12 * SECOND - 1000
    refused = local.decide(login, "a", half=False)
    assert (refused.allowed, refused.reset, refused.retry_after) == (False, 1, 1)
    clock.at += 1000
    assert local.decide(login, "a", half=False).allowed
    assert not local.decide(login, "a", half=False).allowed
    assert local.decide(login, "b", half=False).allowed
    clock.at += 60 * SECOND
    assert local.decide(login, "a", half=False).remaining == 4


@pytest.mark.parametrize(("quota", "half"), [(5, 2), (4, 2), (2, 1), (1, 1)])
def test_half_the_rate_is_half_the_quota_and_one_at_least(quota: int, half: int):
    local = gcra.Local(clock=Clock())
    allowed = [local.decide(Rule("x", quota, 60), "a", half=True).allowed for _ in range(10)]
    assert sum(allowed) == half


def test_keys_are_bounded_and_the_one_unused_for_longest_goes():
    clock = Clock()
    local = gcra.Local(clock=clock, size=3)
    once = rule("x", "1/min")
    for key in "abcad":
        local.decide(once, key, half=False)
    assert len(local._whole) == 3
    assert not local.decide(once, "a", half=False).allowed
    assert local.decide(once, "b", half=False).allowed


@given(
    quota=st.integers(1, 999_999),
    window=st.sampled_from([1, 60, 3600, 86_400]),
    pauses=st.lists(st.integers(0, 120 * SECOND), max_size=60),
    half=st.booleans(),
)
def test_no_window_lets_more_pass_than_twice_the_quota_and_a_wait_is_long_enough(
    quota: int,
    window: int,
    pauses: list[int],
    half: bool,  # noqa: FBT001 -- a case
):
    clock = Clock()
    local = gcra.Local(clock=clock)
    of = Rule("x", quota, window)
    passed: list[int] = []
    for pause in pauses:
        clock.at += pause
        decided = local.decide(of, "a", half=half)
        assert 0 <= decided.remaining < quota
        assert decided.reset >= 0
        if decided.allowed:
            passed.append(clock.at)
        else:
            clock.at += decided.reset * SECOND
            assert local.decide(of, "a", half=half).allowed
            passed.append(clock.at)
    for first in passed:
        assert sum(first <= moment < first + window * SECOND for moment in passed) <= 2 * quota
