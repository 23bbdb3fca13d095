"""What to look at first: what is worse than it should be or was, the most harm first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mercat.observe.report.figures import Failure, Figures, Route, Step

# So much more harm than a slow answer does each of: an order lost, a request failed, a search in vain. A judgement.
_LOST, _FAILED, _IN_VAIN, _SLOW = 10, 5, 2, 1
# Fewer say nothing.
_LEAST = 20
_LEAST_FAILED, _LEAST_IN_VAIN = 5, 10
# 99 of 100 answers may take as long as the objective, and so much may fail.
_SLOW_SHARE, _FAILED_SHARE = 0.01, 0.0005
# A term is worth a look from this part of all searches on.
_IN_VAIN_SHARE = 0.005
# Of the share that went on the week before, less is a fall; of what is usual, less is one in any week.
_FALL = 2 / 3
_USUAL = {"Checkouts sent": 0.1, "Orders accepted": 0.5, "Tries to pay": 0.5, "Orders paid": 0.5}
_TIMES_SLOWER = 2
_BUDGET_LOW = 0.25


@dataclass(frozen=True)
class Term:
    """Words that were searched for so often and found nothing."""

    term: str
    searches: int


@dataclass(frozen=True)
class Finding:
    """`about`: a route, step, term or objective. `harm`: by which findings are ranked."""

    about: str
    what: str
    why: str
    harm: float


def findings(figures: Figures, terms: Sequence[Term]) -> list[Finding]:
    """All that stands out, ranked; budgets last, since what spent them stands before."""
    found = [
        *_left(figures.steps),
        *(finding for route in figures.routes for finding in _slow(route)),
        *(finding for failure in figures.failures for finding in _failed(failure)),
        *_in_vain(figures, terms),
        *_spent(figures),
    ]
    return sorted(found, key=lambda finding: (-finding.harm, finding.about))


def shares(steps: Sequence[Step]) -> Iterator[tuple[Step, float | None, float | None]]:
    """Each step after the first with the part that came on from the step before it: in the window, and before it."""
    for first, then in pairwise(steps):
        yield then, _share(then.count, first.count), _share(then.before, first.before)


def _share(part: float, whole: float) -> float | None:
    return min(1.0, part / whole) if whole >= _LEAST else None


def _left(steps: Sequence[Step]) -> Iterator[Finding]:
    for (first, then), (_, share, before) in zip(pairwise(steps), shares(steps), strict=True):
        usual = _USUAL.get(then.name)
        if share is None or usual is None:
            continue
        fell = before is not None and share < _FALL * before
        if not fell and share >= usual:
            continue
        expected = max(usual, before or 0)
        lost = expected * first.count - then.count
        compared = f"{before:.0%} the week before" if before is not None else f"{usual:.0%} is the least that is usual"
        yield Finding(
            then.name,
            f"Shoppers leave before the step “{then.name}”: {share:.0%} of {first.count:,.0f} ({first.name.lower()}) "
            f"go on; {compared}.",
            f"About {lost:,.0f} more would have come so far. Go this step as a shopper does, and see what refuses it.",
            lost * _LOST,
        )


def _slow(route: Route) -> Iterator[Finding]:
    if route.count < _LEAST or route.p99 is None:
        return
    took = f"99 of 100 answers of `{route.name}` ({route.service}) came within {seconds(route.p99)}"
    if route.slow >= _SLOW_SHARE * route.count and route.slow >= 1:
        yield Finding(
            route.name,
            f"{took}; {seconds(route.objective)} is promised.",
            f"{route.slow:,.0f} of {route.count:,.0f} answers ({route.slow / route.count:.1%}) took longer. See the "
            f"dashboard of {route.service}: statements, waits for connections, calls to others.",
            route.slow * _SLOW,
        )
    elif (
        route.p99_before is not None
        and route.count_before >= 100
        and route.count >= 100
        and route.p99 >= max(_TIMES_SLOWER * route.p99_before, route.objective / 4)
    ):
        yield Finding(
            route.name,
            f"{took}, and within {seconds(route.p99_before)} the week before.",
            "The promise is kept still. See what was deployed since.",
            route.count * _SLOW_SHARE * _SLOW,
        )


def _failed(failure: Failure) -> Iterator[Finding]:
    if failure.status.startswith("5") and failure.count >= max(_LEAST_FAILED, _FAILED_SHARE * failure.requests):
        yield Finding(
            failure.name,
            f"`{failure.name}` ({failure.service}) failed {failure.count:,.0f} times with {failure.status}, "
            f"{failure.count / failure.requests:.1%} of its requests.",
            f"Each was a shopper whom the store could not serve. The logs of {failure.service} have the reason.",
            failure.count * _FAILED,
        )


def _in_vain(figures: Figures, terms: Sequence[Term]) -> Iterator[Finding]:
    for each in terms:
        if each.searches >= max(_LEAST_IN_VAIN, _IN_VAIN_SHARE * figures.searches):
            yield Finding(
                each.term,
                f"`{each.term}` was searched for {each.searches:,} times and found nothing.",
                "It is missing, out of the list, or shoppers call it so: a word for the product's tags.",
                each.searches * _IN_VAIN,
            )


def _spent(figures: Figures) -> Iterator[Finding]:
    for slo, left in figures.budgets.items():
        if left < _BUDGET_LOW:
            yield Finding(
                slo,
                f"The objective `{slo}` has {max(left, 0):.0%} of its budget of errors left.",
                "What spent it stands above, or was before this time. Change little until it has recovered.",
                0.0,
            )


def seconds(value: float) -> str:
    """A duration for people."""
    return f"{value * 1000:,.0f} ms" if value < 1 else f"{value:,.1f} s"
