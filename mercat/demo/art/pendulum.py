"""Pendulum: the curve of a harmonograph, the sum of damped oscillations."""

from __future__ import annotations

import math
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, Point, circle, page, path, smooth
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Pendulum"
ARTIST = "Nadim Orrel"
_CX, _CY = (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2
_POINTS = 1500

# By style: the weights' frequencies (two across, two along), how fast they tire, how far they reach.
_SWINGS: dict[str, tuple[tuple[float, float, float, float], float, float]] = {
    "fifth": ((2, 3.003, 3, 2.004), 0.0042, 1.0),
    "octave": ((1, 2.002, 2, 1.003), 0.008, 1.0),
    "fourth": ((3, 4.004, 4, 3.003), 0.0036, 1.0),
    "rose": ((3, 2.002, 3, 2.002), 0.0045, 0.9),
    "unison": ((1, 1.012, 1, 3.004), 0.006, 1.0),
}


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    swing, tire, reach = _SWINGS[work.style]
    phases = [chance.real(0, math.tau) for _ in range(4)]
    curve = _fitted(_curve(swing, phases, tire), 540 * reach, 690 * reach)
    x, y = _CX + chance.real(-150, 150), _CY + chance.real(-330, -200)
    disc = circle(x, y, chance.real(300, 360), f'fill="{work.palette.colours[3]}"')
    if work.style in {"octave", "unison"}:
        disc = circle(_CX, _CY, 500, f'fill="{work.palette.colours[4]}"')
    line = path(smooth(curve), stroke=work.palette.ink, width=3.2, more='stroke-linejoin="round"')
    return page(work, [disc, line])


def _curve(swing: tuple[float, float, float, float], phases: list[float], tire: float) -> list[Point]:
    across, across2, along, along2 = swing
    step = math.tau / (11 * max(swing))
    points: list[Point] = []
    for n in range(_POINTS):
        t = n * step
        rest = math.exp(-tire * t)
        x = math.sin(across * t + phases[0]) + 0.7 * math.sin(across2 * t + phases[1])
        y = math.sin(along * t + phases[2]) + 0.7 * math.sin(along2 * t + phases[3])
        points.append((x * rest, y * rest))
    return points


def _fitted(points: list[Point], half_width: float, half_height: float) -> list[Point]:
    """Moved to the middle of the sheet, as large as fits."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    scale = min(2 * half_width / (max(xs) - min(xs)), 2 * half_height / (max(ys) - min(ys)))
    x0, y0 = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return [(_CX + (x - x0) * scale, _CY + (y - y0) * scale) for x, y in points]


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("FIFTH", "Perfect Fifth", "fifth", 8, palettes.CLAY,
          "Two weights swing in the ratio of three to two, which the ear knows as a fifth. The pen writes down what "
          "they sing until they fall silent.", "warm", "line", "music"),
    _work("OCTAVE", "Octave, Fading", "octave", 10, palettes.FROST,
          "The simplest interval there is, drawn over and over, each time a little closer to rest. Ink on a disc of "
          "winter light.", "blue", "line", "music"),
    _work("FOURTH", "Fourth in the Dark", "fourth", 10, palettes.NIGHT,
          "Four against three, in chalk on midnight, with a blue moon behind. The weave is one single line.",
          "dark", "line", "music"),
    _work("ROSE", "Compass Rose", "rose", 6, palettes.PLUM,
          "One line, a handful of petals, and a pen that tires a little with every round. Where it crosses itself it "
          "darkens, like something thought about twice.", "violet", "line", "garden"),
    _work("UNISON", "Almost Unison", "unison", 5, palettes.LICHEN,
          "Two weights that were meant to swing together, and nearly do. The whole drawing is the size of their "
          "disagreement.", "warm", "line", "balance"),
)  # fmt: skip
