"""Partitions: a sheet divided recursively into rectangles, some of them filled with a pattern."""

from __future__ import annotations

from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, page, path, rect
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Partitions"
ARTIST = "Bram Kestrel"

Box = tuple[float, float, float, float]  # left, top, width, height

# By style: the gap between parts, the smallest side, how likely a part is left whole, how many parts have a task.
_MANNERS: dict[str, tuple[int, int, float, float]] = {
    "grid": (22, 150, 0.0, 0.0),
    "bauhaus": (0, 160, 0.1, 0.75),
    "city": (12, 74, 0.0, 0.14),
    "quilt": (16, 118, 0.0, 0.55),
    "quiet": (26, 260, 0.12, 0.3),
}


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    gap, least, whole, tasks = _MANNERS[work.style]
    boxes = _divide(chance, (LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP), least, whole)
    body: list[str] = []
    for box in boxes:
        left, top, width, height = box
        inner = (left + gap / 2, top + gap / 2, width - gap, height - gap)
        fill = _fill(chance, work)
        body.append(rect(*inner, fill))
        if chance.chance(tasks):
            other = chance.pick([c for c in (*work.palette.colours, work.palette.paper) if c != fill])
            body.append(chance.pick((_quarter, _quarter, _stripes, _disc, _corner))(chance, inner, other))
    return page(work, body)


def _fill(chance: SeededRandom, work: Work) -> str:
    if work.style == "grid":
        quiet = (work.palette.paper, work.palette.colours[4])
        return chance.weighted((*work.palette.colours, *quiet), (1.2, 0.8, 0.8, 0.7, 2.2, 0, 2.5))
    return chance.weighted(work.palette.colours, (3, 2.4, 2.4, 1.3, 3))


def _divide(chance: SeededRandom, box: Box, least: int, whole: float, depth: int = 0) -> list[Box]:
    left, top, width, height = box
    upright = width > height * chance.real(0.75, 1.25)
    side = width if upright else height
    if side < 2.1 * least or (depth > 2 and chance.chance(whole)) or depth > 8:
        return [box]
    cut = min(max(round(side * chance.pick((1 / 3, 0.382, 0.5, 0.618, 2 / 3))), least), side - least)
    if upright:
        halves: tuple[Box, Box] = (left, top, cut, height), (left + cut, top, width - cut, height)
    else:
        halves = (left, top, width, cut), (left, top + cut, width, height - cut)
    return [part for half in halves for part in _divide(chance, half, least, whole, depth + 1)]


def _quarter(chance: SeededRandom, box: Box, colour: str) -> str:
    """A quarter of a disc, from one corner."""
    left, top, width, height = box
    radius = min(width, height)
    corner = chance.whole(0, 3)
    x, y = left + width * (corner in {1, 2}), top + height * (corner in {2, 3})
    sx, sy = (-1 if corner in {1, 2} else 1), (-1 if corner in {2, 3} else 1)
    sweep = int(sx == sy)
    d = f"M{x:.0f} {y:.0f}h{sx * radius:.0f}A{radius:.0f} {radius:.0f} 0 0 {sweep} {x:.0f} {y + sy * radius:.0f}z"
    return path(d, fill=colour)


def _stripes(chance: SeededRandom, box: Box, colour: str) -> str:
    left, top, width, height = box
    upright = chance.chance(0.5)
    count = max(3, round((width if upright else height) / 34))
    wide = (width if upright else height) / (2 * count - 1)
    strips = []
    for n in range(count):
        at = 2 * n * wide
        if upright:
            strips.append(f"M{left + at:.0f} {top:.0f}h{wide:.0f}v{height:.0f}h{-wide:.0f}z")
        else:
            strips.append(f"M{left:.0f} {top + at:.0f}h{width:.0f}v{wide:.0f}h{-width:.0f}z")
    return path("".join(strips), fill=colour)


def _disc(chance: SeededRandom, box: Box, colour: str) -> str:
    left, top, width, height = box
    radius = min(width, height) * chance.pick((0.5, 0.36))
    x, y = left + width / 2, top + height / 2
    arc = f"a{radius:.0f} {radius:.0f} 0 0 1"
    return path(f"M{x - radius:.0f} {y:.0f}{arc} {2 * radius:.0f} 0{arc} {-2 * radius:.0f} 0", fill=colour)


def _corner(chance: SeededRandom, box: Box, colour: str) -> str:
    """Half of the part, cut from corner to corner."""
    left, top, width, height = box
    if chance.chance(0.5):
        return path(f"M{left:.0f} {top:.0f}h{width:.0f}v{height:.0f}z", fill=colour)
    return path(f"M{left:.0f} {top + height:.0f}v{-height:.0f}h{width:.0f}z", fill=colour)


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("LEDGER", "The Ledger", "grid", 3, palettes.TIDE,
          "Rooms of paper and a few of colour, kept apart by the same white wall. Someone has kept this order for a "
          "long time and likes it.", "blue", "geometry", "calm"),
    _work("TOYBOX", "Toybox", "bauhaus", 3, palettes.SAFFRON,
          "Quarter discs, stripes and triangles, put back where they belong after a long afternoon. No part is useful "
          "alone.", "yellow", "geometry", "playful"),
    _work("ROOFTOPS", "Rooftops", "city", 2, palettes.EMBER,
          "A town seen from its tower: tile, tin, tile, a terrace, tile. The streets are what the painter left out.",
          "warm", "city", "pattern"),
    _work("QUILT", "Winter Quilt", "quilt", 3, palettes.PLUM,
          "Scraps of everything worn in one house, cut square and sewn by lamplight. It is warmer than it looks and it "
          "looks warm.", "violet", "pattern", "calm"),
    _work("ANTECHAMBER", "Antechamber", "quiet", 2, palettes.LICHEN,
          "Few parts, large ones, and space between them to put down your coat. A picture for the wall that one passes "
          "every day.", "green", "geometry", "balance"),
)  # fmt: skip
