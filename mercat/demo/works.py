"""The forty works, and the function that draws each."""

from __future__ import annotations

from collections.abc import Callable

from mercat.demo.art import currents, interference, orchard, panes, partitions, pendulum, ranges, tilework
from mercat.demo.model import Work

_FAMILIES = (ranges, currents, panes, tilework, orchard, pendulum, interference, partitions)
_DRAW: dict[str, Callable[[Work], str]] = {family.FAMILY: family.draw for family in _FAMILIES}

works: list[Work] = [work for row in zip(*(family.WORKS for family in _FAMILIES), strict=True) for work in row]
"""All works in the order of the shop's pages: one of each family in turn."""


def draw(work: Work) -> str:
    """The drawing as SVG: portrait 4:5, at most 40 kB, without scripts, styles, fonts or outside references.

    The same work always gives the same text.
    """
    return _DRAW[work.family](work)
