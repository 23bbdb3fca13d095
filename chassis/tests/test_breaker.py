from chassis.resilience.breaker import Breaker


def state(breaker: Breaker) -> str:
    return breaker.state


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(3, 1.0, clock=clock)
    for _ in range(3):
        assert breaker.allow()
        breaker.failed()
    return breaker


def test_the_breaker_opens_only_after_consecutive_failures():
    clock = Clock()
    breaker = Breaker(3, 1.0, clock=clock)
    for outcome in (breaker.failed, breaker.failed, breaker.ok, breaker.failed, breaker.failed):
        assert breaker.allow()
        outcome()
    assert state(breaker) == "closed"
    breaker.failed()
    assert state(breaker) == "open"
    assert not breaker.allow()


def test_after_the_pause_one_probe_opens_or_closes_the_breaker():
    clock = Clock()
    breaker = opened(clock)
    clock.at += 1
    assert state(breaker) == "half-open"
    assert breaker.allow()
    assert not breaker.allow()
    assert state(breaker) == "half-open"
    breaker.failed()
    assert state(breaker) == "open"
    clock.at += 0.9
    assert not breaker.allow()
    clock.at += 0.1
    assert breaker.allow()
    breaker.ok()
    assert state(breaker) == "closed"
    assert breaker.allow()


def test_a_cancelled_probe_lets_the_next_call_probe():
    clock = Clock()
    breaker = opened(clock)
    clock.at += 1
    assert breaker.allow()
    breaker.neither()
    assert breaker.allow()
