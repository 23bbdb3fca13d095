"""Steps on the way to a sale, and those before which more shoppers leave than should or did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reporting.finding import LEAST, LOST, Finding

# Of the share that went on the week before, less is a fall; of what is usual, less is one in any week.
_FALL = 2 / 3
_USUAL = {
    "Checkouts sent": 0.1,
    "Orders accepted": 0.5,
    "Tries to pay": 0.5,
    "Orders paid": 0.5,
    # Of browsers: most who fill a cart only look; who fills in an address or a card means it.
    "Checkout begun": 0.1,
    "Order placed": 0.3,
    "Card form seen": 0.5,
    "Paid": 0.5,
}
# What a step of browsers tells more exactly: a step of the services.
_SAME = {
    "Checkout begun": "Checkouts sent",
    "Order placed": "Checkouts sent",
    "Card form seen": "Tries to pay",
    "Paid": "Tries to pay",
}


@dataclass(frozen=True)
class Step:
    """How many reached a step, in the window and in the time before."""

    name: str
    count: float
    before: float


def shares(steps: Sequence[Step]) -> Iterator[tuple[Step, float | None, float | None]]:
    """Each step after the first with the part that came on from the step before it: in the window, and before it."""
    for first, then in pairwise(steps):
        yield then, _share(then.count, first.count), _share(then.before, first.before)


def abandoned(steps: Sequence[Step], browser: Sequence[Step], left: Mapping[str, float]) -> list[Finding]:
    """Steps before which shoppers leave. Browsers of those who agreed see which page it was: where they tell of the
    same stretch, their step is named, and the services say how many it is about.
    """
    counted = {finding.about: finding for finding in _left(steps, {}, "")}
    found = []
    for finding in _left(browser, left, ", as browsers of those who agreed tell"):
        same = counted.pop(_SAME[finding.about], None)
        if same is not None:
            finding = replace(finding, harm=max(finding.harm, same.harm), why=f"{finding.why} {same.what}")  # noqa: PLW2901
        found.append(finding)
    return [*found, *counted.values()]


def _share(part: float, whole: float) -> float | None:
    return min(1.0, part / whole) if whole >= LEAST else None


def _left(steps: Sequence[Step], left: Mapping[str, float], who: str) -> Iterator[Finding]:
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
        where = (
            f" {left[first.name]:,.0f} went elsewhere in the shop, the others went away." if first.name in left else ""
        )
        yield Finding(
            then.name,
            f"Shoppers leave before the step “{then.name}”: {share:.0%} of {first.count:,.0f} ({first.name.lower()}) "
            f"go on{who}; {compared}.{where}",
            f"About {lost:,.0f} more would have come so far. Go this step as a shopper does, and see what refuses it.",
            lost * LOST,
        )
