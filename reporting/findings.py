"""What to look at first: what is worse than it should be or was, the most harm first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.browsers import GOOD, NAMES, Browsers, Feel
from reporting.errors import Failure, Refused
from reporting.figures import Figures, Route
from reporting.finding import FAILED, IN_VAIN, LEAST, REFUSED, SLOW, Finding, seconds
from reporting.funnels import abandoned

# Fewer say nothing.
_LEAST_SLOW, _LEAST_FAILED, _LEAST_IN_VAIN, _LEAST_ERRORS, _LEAST_TO_COMPARE = 5, 5, 10, 10, 100
# 99 of 100 answers may take as long as the objective, and so much may fail.
_SLOW_SHARE, _FAILED_SHARE = 0.01, 0.0005
# A term is worth a look from this part of all searches on; without terms, so many in vain.
_IN_VAIN_SHARE, _IN_VAIN_LOT = 0.005, 0.25
# Of a route's requests, and times as many as the week before.
_REFUSED_SHARE, _TIMES_MORE = 0.05, 2
_ERRORS_SHARE = 0.05
_TIMES_SLOWER = 2
_BUDGET_LOW = 0.25


@dataclass(frozen=True)
class Term:
    """Words that were searched for so often and found nothing."""

    term: str
    searches: int


def findings(figures: Figures, terms: Sequence[Term] | None) -> list[Finding]:
    """All that stands out, ranked; budgets last, since what spent them stands before. `terms` None: they could not be
    had.
    """
    found = [
        *abandoned(figures.steps, figures.browsers.steps, figures.browsers.left),
        *(finding for route in figures.routes for finding in _slow(route)),
        *(finding for failure in figures.failures for finding in _failed(failure)),
        *(finding for refused in figures.refusals for finding in _refused(refused)),
        *(finding for feel in figures.browsers.feels for finding in _poor(feel)),
        *_broken(figures.browsers),
        *(_lot_in_vain(figures) if terms is None else _in_vain(figures, terms)),
        *_spent(figures),
    ]
    return sorted(found, key=lambda finding: (-finding.harm, finding.about))


def _slow(route: Route) -> Iterator[Finding]:
    if route.count < LEAST or route.p99 is None:
        return
    took = f"99 of 100 answers of `{route.name}` ({route.service}) came within {seconds(route.p99)}"
    if route.slow >= max(_LEAST_SLOW, _SLOW_SHARE * route.count):
        yield Finding(
            route.name,
            f"{took}; {seconds(route.objective)} is promised.",
            f"{route.slow:,.0f} of {route.count:,.0f} answers ({route.slow / route.count:.1%}) took longer. See the "
            f"dashboard of {route.service}: statements, waits for connections, calls to others.",
            route.slow * SLOW,
        )
    elif (
        route.p99_before is not None
        and min(route.count_before, route.count) >= _LEAST_TO_COMPARE
        and route.p99 >= max(_TIMES_SLOWER * route.p99_before, route.objective / 4)
    ):
        yield Finding(
            route.name,
            f"{took}, and within {seconds(route.p99_before)} the week before.",
            "The promise is kept still. See what was deployed since.",
            route.count * _SLOW_SHARE * SLOW,
        )


def _failed(failure: Failure) -> Iterator[Finding]:
    if failure.status.startswith("5") and failure.count >= max(_LEAST_FAILED, _FAILED_SHARE * failure.requests):
        yield Finding(
            failure.name,
            f"`{failure.name}` ({failure.service}) failed {failure.count:,.0f} times with {failure.status}, "
            f"{failure.count / failure.requests:.1%} of its requests.",
            f"Each was a shopper whom the store could not serve. The logs of {failure.service} have the reason.",
            failure.count * FAILED,
        )


def _refused(refused: Refused) -> Iterator[Finding]:
    """Refusals are usual, and many more of them than the week before are not."""
    if min(refused.requests, refused.requests_before) < _LEAST_TO_COMPARE or refused.kind in _FAILURES:
        return
    share, before = refused.count / refused.requests, refused.count_before / refused.requests_before
    if share >= max(_REFUSED_SHARE, _TIMES_MORE * before):
        yield Finding(
            f"{refused.name} {refused.kind}",
            f"`{refused.name}` ({refused.service}) was refused {refused.count:,.0f} times with `{refused.kind}`, "
            f"{share:.1%} of its requests; {before:.1%} the week before.",
            "See what was deployed since, in the shop's pages too, or who sends it.",
            (refused.count - before * refused.requests) * REFUSED,
        )


# These are 5xx, which are found by status.
_FAILURES = frozenset({"internal-error", "dependency-unavailable"})


def _poor(feel: Feel) -> Iterator[Finding]:
    """A quarter of visits or more were worse than what is good."""
    good = GOOD[feel.vital]
    if feel.count >= LEAST and feel.p75 > good:
        before = f"; {measure(feel.vital, feel.p75_before)} the week before" if feel.p75_before is not None else ""
        yield Finding(
            f"{feel.page} {feel.vital}",
            f"The {NAMES[feel.vital]} of `{feel.page}` pages was within {measure(feel.vital, feel.p75)} for 75 of 100 "
            f"visits; {measure(feel.vital, good)} is good{before}.",
            f"{feel.poor:,.0f} of {feel.count:,.0f} visits were worse, as browsers of those who agreed tell. See which "
            "part of the page is late or moves.",
            feel.poor * SLOW,
        )


def _broken(browsers: Browsers) -> Iterator[Finding]:
    for each in browsers.errors:
        if each.count >= max(_LEAST_ERRORS, _ERRORS_SHARE * each.visits):
            yield Finding(
                f"{each.page} {each.kind}",
                f"`{each.page}` pages met an error of the kind `{each.kind}` in {each.count:,.0f} of "
                f"{max(each.count, each.visits):,.0f} visits, as browsers of those who agreed tell.",
                "Open such a page with the browser's console, in the browsers that shoppers have.",
                each.count * FAILED,
            )


def _in_vain(figures: Figures, terms: Sequence[Term]) -> Iterator[Finding]:
    for each in terms:
        if each.searches >= max(_LEAST_IN_VAIN, _IN_VAIN_SHARE * figures.searches.count):
            yield Finding(
                each.term,
                f"`{each.term}` was searched for {each.searches:,} times and found nothing.",
                "It is missing, out of the list, or shoppers call it so: a word for the product's tags.",
                each.searches * IN_VAIN,
            )


def _lot_in_vain(figures: Figures) -> Iterator[Finding]:
    """Where the terms are not known, that there are so many."""
    of = figures.searches
    if of.empty < _LEAST_IN_VAIN or of.count < LEAST:
        return
    share = of.empty / of.count
    before = of.empty_before / of.count_before if of.count_before >= _LEAST_TO_COMPARE else None
    if share >= _IN_VAIN_LOT or (before is not None and share >= _TIMES_MORE * before):
        compared = f"; {before:.0%} the week before" if before is not None else ""
        yield Finding(
            "searches",
            f"{of.empty:,.0f} of {of.count:,.0f} searches ({share:.0%}) found nothing{compared}.",
            "Which words they were is in the catalog's database: see Searches without result.",
            of.empty * IN_VAIN,
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


def measure(vital: str, value: float) -> str:
    """A figure of a page for people."""
    return f"{value:.2f}" if vital == "cls" else seconds(value)
