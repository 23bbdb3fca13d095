"""Panes: Voronoi cells with dark edges, coloured like a stained-glass window."""

from __future__ import annotations

import math
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, Point, mix, page, path, polyline
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Panes"
ARTIST = "Odile Ferrant"
_CENTRE = ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    seeds = _seeds(chance, work.style)
    for _ in range(2 if work.style in {"drift", "lattice"} else 1):
        seeds = [_middle(cell) for cell in (_cell(seed, seeds) for seed in seeds) if cell]
    lead = work.palette.ink
    groups: dict[str, list[str]] = {}
    for seed in seeds:
        cell = _cell(seed, seeds)
        if len(cell) > 2:
            groups.setdefault(_colour(chance, work, seed), []).append(polyline(cell, close=True))
    body = [path("".join(cells), fill=colour) for colour, cells in groups.items()]
    everything = "".join("".join(cells) for cells in groups.values())
    width = 15 if work.style == "lattice" else 11
    body.append(path(everything, stroke=lead, width=width, more='stroke-linejoin="round"'))
    body.append(path(f"M{LEFT} {TOP}H{RIGHT}V{BOTTOM}H{LEFT}z", stroke=lead, width=26))
    return page(work, body)


def _seeds(chance: SeededRandom, style: str) -> list[Point]:
    cx, cy = _CENTRE
    if style == "rose":
        return _rose(chance, cx, cy)
    if style == "seedhead":
        turn = math.pi * (3 - math.sqrt(5))
        return [(cx + 58 * math.sqrt(n) * math.cos(n * turn), cy + 58 * math.sqrt(n) * math.sin(n * turn))
                for n in range(330)]  # fmt: skip
    if style == "lattice":
        return [(LEFT + 62 + 125 * column + 62 * (row % 2) + chance.real(-22, 22), TOP + 50 + 105 * row
                 + chance.real(-18, 18)) for row in range(17) for column in range(11)]  # fmt: skip
    if style == "shore":
        return [_leaning(chance) for _ in range(210)]
    return [(chance.real(LEFT, RIGHT), chance.real(TOP, BOTTOM)) for _ in range(150)]


def _rose(chance: SeededRandom, cx: float, cy: float) -> list[Point]:
    """Rings around a centre, each with more panes than the one inside."""
    seeds: list[Point] = [(cx, cy)]
    for ring, count in enumerate((8, 16, 16, 24, 24, 32, 32, 40), start=1):
        radius = 118 * ring
        for n in range(count):
            angle = math.tau * (n + 0.5 * (ring % 2)) / count + chance.real(-0.01, 0.01)
            seeds.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return seeds


def _leaning(chance: SeededRandom) -> Point:
    """Small panes below, large ones above."""
    return chance.real(LEFT, RIGHT), BOTTOM - (BOTTOM - TOP) * chance.real() ** 1.9


def _colour(chance: SeededRandom, work: Work, seed: Point) -> str:
    """A colour of the palette by position, with some randomness."""
    cx, cy = _CENTRE
    x, y = seed
    if work.style in {"rose", "seedhead"}:
        place = math.hypot(x - cx, y - cy) / 900
    elif work.style == "lattice":
        place = 0.5 + 0.9 * (chance.noise(x / 380, y / 380) - 0.5)
    else:
        place = (y - TOP) / (BOTTOM - TOP)
    colours = work.palette.colours[::-1]
    at = min(max(place * len(colours) + chance.real(-0.9, 0.7), 0), len(colours) - 1e-6)
    tint = mix(colours[int(at)], work.palette.paper, chance.pick((0, 0, 0.18, 0.34)))
    return work.palette.colours[3] if chance.chance(0.035) else tint


def _cell(seed: Point, seeds: list[Point]) -> list[Point]:
    """The part of the sheet that is nearer to this seed than to any other."""
    cell: list[Point] = [(LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM)]
    x, y = seed
    for ox, oy in sorted(seeds, key=lambda other: (other[0] - x) ** 2 + (other[1] - y) ** 2)[1:40]:
        nx, ny = ox - x, oy - y
        cell = _cut(cell, nx, ny, nx * (x + ox) / 2 + ny * (y + oy) / 2)
    return cell


def _cut(cell: list[Point], nx: float, ny: float, limit: float) -> list[Point]:
    """The part of a convex cell where nx * x + ny * y <= limit."""
    kept: list[Point] = []
    for (ax, ay), (bx, by) in zip(cell, cell[1:] + cell[:1], strict=True):
        a, b = nx * ax + ny * ay - limit, nx * bx + ny * by - limit
        if a <= 0:
            kept.append((ax, ay))
        if a * b < 0:
            t = a / (a - b)
            kept.append((ax + (bx - ax) * t, ay + (by - ay) * t))
    return kept


def _middle(cell: list[Point]) -> Point:
    return sum(x for x, _ in cell) / len(cell), sum(y for _, y in cell) / len(cell)


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("CHAPEL", "Chapel Window", "rose", 3, palettes.DUSK,
          "Rings of panes open around a single warm one, as windows do that were made to be seen from below. It "
          "changes with the hour, or seems to.", "violet", "glass", "light"),
    _work("SEEDHEAD", "Seedhead", "seedhead", 8, palettes.SAFFRON,
          "Two hundred panes, each turned from the last by the angle that sunflowers use. Nothing overlaps and "
          "nothing is wasted.", "yellow", "garden", "geometry"),
    _work("HONEYCOMB", "Wild Comb", "lattice", 15, palettes.EMBER,
          "Bees build hexagons only where nothing is in their way. Here something was, everywhere, and the comb is the "
          "lovelier for it.", "warm", "garden", "pattern"),
    _work("SHINGLE", "Shingle Beach", "shore", 21, palettes.TIDE,
          "Wide panes of weather above, small worn stones below. A beach on a day when nobody else came.",
          "blue", "sea", "calm"),
    _work("GREENHOUSE", "The Greenhouse", "drift", 34, palettes.GLASS,
          "Light through old glass, with leaves on the other side of it. The lead lines are drawn as a glazier would: "
          "firm, and a little uneven.", "green", "glass", "light"),
)  # fmt: skip
