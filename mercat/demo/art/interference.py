"""Interference: moiré patterns of overlaid lines."""

from __future__ import annotations

import math
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, Point, circle, page, path, polyline, smooth
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Interference"
ARTIST = "Jun Aratani"
_CX, _CY = (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    styles = {"rings": _rings, "bulge": _bulge, "lens": _lens, "turning": _turning, "sun": _sun}
    return page(work, styles[work.style](work, SeededRandom(work.seed)))


def _rings(work: Work, chance: SeededRandom) -> list[str]:
    """Concentric circles around two centres."""
    body = []
    shift = chance.real(190, 230)
    for colour, x, y in ((work.palette.colours[1], _CX - shift, _CY - 240), (work.palette.ink, _CX + shift, _CY + 240)):
        rings = [circle(x, y, 22 * n, "") for n in range(1, 68)]
        body.append(f'<g fill="none" stroke="{colour}" stroke-width="7">{"".join(rings)}</g>')
    return body


def _bulge(work: Work, chance: SeededRandom) -> list[str]:
    """Vertical lines, bent around a ball."""
    cx, cy, reach = _CX + chance.real(-90, 90), _CY - 60, 600
    lines = []
    for n in range(53):
        x = LEFT + 25 * n
        points: list[Point] = []
        for y in range(TOP, BOTTOM + 1, 50):
            dx, dy = x - cx, y - cy
            near = max(0.0, 1 - math.hypot(dx, dy) / reach)
            points.append((x + dx * 0.8 * near**1.2, y))
        lines.append(smooth(points))
    middle = lines[18:36]
    return [
        path("".join(lines[:18] + lines[36:]), stroke=work.palette.ink, width=8),
        path("".join(middle), stroke=work.palette.colours[1], width=8),
    ]


def _lens(work: Work, chance: SeededRandom) -> list[str]:
    """A disc in which the lines have the opposite slope."""
    tilt = chance.real(0.1, 0.16)
    ground = [polyline([(x, TOP), (x, BOTTOM)]) for x in range(LEFT, RIGHT + 1, 20)]
    tilted: list[str] = []
    for n in range(-48, 49):
        offset, radius = 20 * n, 520
        if abs(offset) < radius:
            half = math.sqrt(radius * radius - offset * offset)
            tilted.append(polyline([_turned(offset, -half, tilt), _turned(offset, half, tilt)]))
    return [
        path("".join(ground), stroke=work.palette.ink, width=7),
        path("".join(tilted), stroke=work.palette.colours[1], width=9),
    ]


def _turned(x: float, y: float, angle: float) -> Point:
    return _CX + x * math.cos(angle) - y * math.sin(angle), _CY + x * math.sin(angle) + y * math.cos(angle)


def _turning(work: Work, chance: SeededRandom) -> list[str]:
    """Nested squares, each rotated a little more than the one outside."""
    turn = chance.real(0.043, 0.05)
    colours = work.palette.colours
    body = []
    size, angle = 1150.0, 0.0
    for n in range(64):
        corners = [_turned(size * math.cos(a) / 1.42, 1.28 * size * math.sin(a) / 1.42, 0)
                   for a in (angle + math.pi / 4 + k * math.pi / 2 for k in range(4))]  # fmt: skip
        colour = colours[n // 13 % len(colours)]
        body.append(path(polyline(corners, close=True), stroke=colour, width=max(3.0, 8 - n / 11)))
        angle += turn
        size *= 1 / (math.cos(turn) + math.sin(turn))
    return body


def _sun(work: Work, chance: SeededRandom) -> list[str]:
    """Horizontal strokes, thick in the area of a sun and of its reflection on water."""
    cy, radius = _CY - 210, 430
    body = []
    for n, y in enumerate(range(TOP + 20, BOTTOM, 34)):
        body.append(path(polyline([(LEFT, y), (RIGHT, y)]), stroke=work.palette.colours[2], width=5))
        dy = y - cy
        if abs(dy) < radius:
            half = math.sqrt(radius * radius - dy * dy)
            weight = 9 + 17 * (dy + radius) / (2 * radius)
            body.append(
                path(polyline([(_CX - half, y), (_CX + half, y)]), stroke=work.palette.colours[1], width=weight)
            )
        elif dy > 0:
            half = radius * chance.real(0.25, 0.75) * (1.25 - 0.75 * (y - cy - radius) / (BOTTOM - cy - radius))
            shift = 26 * math.sin(n * 1.7)
            ends = [(_CX + shift - half, y), (_CX + shift + half, y)]
            body.append(path(polyline(ends), stroke=work.palette.colours[0], width=15))
    return body


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("POND", "Two Stones, One Pond", "rings", 2, palettes.GLASS,
          "Two sets of rings, drawn with nothing but a compass, cross on their way out. What you see shimmering "
          "between them is not on the paper.", "green", "water", "geometry"),
    _work("VISITOR", "The Visitor", "bulge", 9, palettes.COAL,
          "Fifty straight lines, and behind them someone who would like to come in. Look away and it moves.",
          "dark", "geometry", "bold"),
    _work("MERIDIAN", "Meridian", "lens", 14, palettes.EMBER,
          "A disc of lines leans a few degrees against the lines it lies on. That is all there is, and it hums.",
          "warm", "geometry", "bold"),
    _work("STAIRWELL", "Stairwell", "turning", 28, palettes.PLUM,
          "A frame inside a frame, each turned by less than three degrees. After sixty of them you are looking down.",
          "violet", "geometry", "movement"),
    _work("MIDSUMMER", "Midsummer, Ten at Night", "sun", 39, palettes.SAFFRON,
          "The sun stands on the water and does not want to set. Level strokes, drawn thick and thin, and no outline "
          "anywhere.", "yellow", "sea", "light"),
)  # fmt: skip
