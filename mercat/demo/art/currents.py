"""Currents: streamlines of a random flow field, at a minimum distance from each other."""

from __future__ import annotations

import math
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, Point, circle, page, path, smooth
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Currents"
ARTIST = "Maren Tiedel"
_STEP = 14
_EVERY = 4  # steps between two written points


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    field = _Field(chance, work.style)
    lines = _fill(chance, field, gap=17)
    colours = work.palette.colours
    groups: dict[tuple[str, int], list[str]] = {}
    for line in lines:
        middle = line[len(line) // 2]
        tone = chance.noise(middle[0] / 420, middle[1] / 420) + chance.real(-0.12, 0.12)
        colour = colours[min(max(int(tone * 1.5 * len(colours) - 0.25 * len(colours)), 0), len(colours) - 1)]
        groups.setdefault((colour, chance.pick((4, 6, 6, 9))), []).append(smooth(line))
    body = [
        path("".join(paths), stroke=colour, width=width, more='stroke-linecap="round"')
        for (colour, width), paths in groups.items()
    ]
    if work.style == "island":
        x, y, radius = field.island
        body.append(circle(x, y, radius - 26, f'fill="{colours[3]}"'))
    return page(work, body)


class _Field:
    """The stream's direction at a place."""

    def __init__(self, chance: SeededRandom, style: str) -> None:
        self._chance = chance
        self._style = style
        self.island = (chance.real(620, 980), chance.real(700, 1150), 230.0)
        self._tilt = chance.real(0, math.tau)

    def angle(self, x: float, y: float) -> float:
        wander = (self._chance.layered(x / 760, y / 760, 2) - 0.5) * math.tau
        if self._style == "swell":
            return 0.9 * wander + 0.35 * math.sin(y / 170)
        if self._style == "eddy":
            return 2.1 * wander + self._tilt
        if self._style == "fall":
            return math.pi / 2 + 0.75 * wander
        if self._style == "island":
            return self._around(x, y) + 0.25 * wander
        return 1.35 * wander + self._tilt

    def open(self, x: float, y: float) -> bool:
        ix, iy, radius = self.island
        return self._style != "island" or math.hypot(x - ix, y - iy) > radius

    def _around(self, x: float, y: float) -> float:
        """A stream from the left that parts before the island, as water does around a cylinder."""
        ix, iy, radius = self.island
        dx, dy = x - ix, y - iy
        far = max((dx * dx + dy * dy) / (radius * radius), 1.0)
        turn = 2 * math.atan2(dy, dx)
        return math.atan2(-math.sin(turn) / far, 1 - math.cos(turn) / far)


def _fill(chance: SeededRandom, field: _Field, gap: int) -> list[list[Point]]:
    taken: set[tuple[int, int]] = set()
    lines: list[list[Point]] = []
    for _ in range(5000):
        start = chance.real(LEFT, RIGHT), chance.real(TOP, BOTTOM)
        if not _free(taken, field, start, gap):
            continue
        back, forth = _trace(taken, field, start, -_STEP, gap), _trace(taken, field, start, _STEP, gap)
        whole = back[:0:-1] + forth
        if len(whole) < 12:
            continue
        taken.update((int(x // gap), int(y // gap)) for x, y in whole)
        lines.append([*whole[:-1:_EVERY], whole[-1]])
    return lines


def _trace(taken: set[tuple[int, int]], field: _Field, start: Point, step: int, gap: int) -> list[Point]:
    points = [start]
    x, y = start
    for _ in range(85):
        angle = field.angle(x, y)
        x, y = x + step * math.cos(angle), y + step * math.sin(angle)
        if not _free(taken, field, (x, y), gap):
            break
        points.append((x, y))
    return points


def _free(taken: set[tuple[int, int]], field: _Field, at: Point, gap: int) -> bool:
    x, y = at
    inside = LEFT + 8 < x < RIGHT - 8 and TOP + 8 < y < BOTTOM - 8
    if not inside or not field.open(x, y):
        return False
    half = gap / 2
    near = {(int((x + dx) // gap), int((y + dy) // gap)) for dx in (-half, half) for dy in (-half, half)}
    return not near & taken


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("TIDE", "Tide Table", "swell", 5, palettes.TIDE,
          "Long parallel strokes rise and settle as if the sheet were breathing. Deep blue carries the swell, and a "
          "few strokes of copper catch the last of the light.", "blue", "sea", "calm"),
    _work("UNDERTOW", "Undertow", "eddy", 3, palettes.NIGHT,
          "Everything here is pulled somewhere, and nothing arrives. Pale lines turn over a midnight ground until the "
          "eye gives in and follows.", "dark", "sea", "movement"),
    _work("WILLOW", "Weeping Willow", "fall", 3, palettes.MOSS,
          "Hundreds of greens fall from the upper edge and part around a wind you cannot see. Hang it where the "
          "afternoon is quiet.", "green", "garden", "calm"),
    _work("ERRATIC", "The Erratic", "island", 6, palettes.CLAY,
          "A single stone lies in a stream, and every line has to decide how to pass it. The drawing holds the moment "
          "in which all of them have decided.", "warm", "water", "balance"),
    _work("HARVEST", "Harvest Wind", "drift", 59, palettes.SAFFRON,
          "Fields seen from high above, combed by a wind that changes its mind. Saffron and slate keep each other "
          "company along the furrows.", "yellow", "fields", "movement"),
)  # fmt: skip
