"""Orchard: circle packing inside a shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, circle, page
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Orchard"
ARTIST = "Livia Sorrel"
_CX, _CY = (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2

Disc = tuple[float, float, float]  # x, y, radius
Room = Callable[[float, float], float]  # how large a disc may be here, as far as the outline is concerned


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    largest = {"moon": 95, "spray": 70, "bubbles": 210, "berries": 120, "pebbles": 130}[work.style]
    discs = _pack(chance, _ROOMS[work.style], largest, least=9)
    body: list[str] = []
    for x, y, radius in discs:
        body.extend(_fruit(chance, work, (x, y, radius)))
    return page(work, body)


def _pack(chance: SeededRandom, room: Room, largest: float, least: float) -> list[Disc]:
    """Up to 380 discs, the large ones first."""
    discs: list[Disc] = []
    for attempt in range(7000):
        x, y = chance.real(LEFT, RIGHT), chance.real(TOP, BOTTOM)
        limit = largest * max(0.12, 1 - attempt / 3500)
        radius = min(limit, room(x, y))
        for ox, oy, other in discs:
            radius = min(radius, math.hypot(x - ox, y - oy) - other - 5)
            if radius < least:
                break
        else:
            if radius >= least:
                discs.append((x, y, radius))
        if len(discs) == 380:
            break
    return discs


def _sheet(x: float, y: float) -> float:
    return min(x - LEFT, RIGHT - x, y - TOP, BOTTOM - y) - 4


def _moon(x: float, y: float) -> float:
    """A crescent: inside a large disc, outside a smaller one."""
    whole = 630 - math.hypot(x - _CX, y - _CY)
    bite = math.hypot(x - _CX - 290, y - _CY + 130) - 430
    return min(whole, bite)


def _spray(x: float, y: float) -> float:
    """Large discs at the bottom, smaller ones towards the top."""
    share = (y - TOP) / (BOTTOM - TOP)
    return min(_sheet(x, y), 8 + 95 * math.pow(share, 1.6))


def _berries(x: float, y: float) -> float:
    """An upright oval."""
    return 600 * (1 - math.hypot((x - _CX) / 560, (y - _CY) / 780))


_ROOMS: dict[str, Room] = {
    "moon": _moon,
    "spray": _spray,
    "bubbles": _sheet,
    "berries": _berries,
    "pebbles": _sheet,
}


def _fruit(chance: SeededRandom, work: Work, disc: Disc) -> list[str]:
    x, y, radius = disc
    colours = work.palette.colours
    colour = chance.weighted(colours, (3.2, 2.6, 2.2, 1.1, 2.4))
    other = chance.pick([c for c in (*colours, work.palette.paper) if c != colour])
    manner = chance.real()
    if work.style == "bubbles" and manner < 0.5:
        width = max(3.0, radius * 0.09)
        return [circle(x, y, radius - width / 2, f'fill="none" stroke="{colour}" stroke-width="{width:.0f}"')]
    drawn = [circle(x, y, radius, f'fill="{colour}"')]
    if radius > 26 and manner > 0.8:
        drawn.append(circle(x, y, radius * 0.55, f'fill="{other}"'))
    elif radius > 40 and manner > 0.62:
        ring = f'fill="none" stroke="{other}" stroke-width="{max(3.0, radius * 0.07):.0f}"'
        drawn.extend(circle(x, y, radius * share, ring) for share in (0.36, 0.7))
    elif radius > 30 and work.style == "berries":
        drawn.append(circle(x - radius * 0.3, y - radius * 0.32, radius * 0.2, f'fill="{work.palette.paper}"'))
    return drawn


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("WANING", "Waning Moon", "moon", 1, palettes.NIGHT,
          "A moon made of several hundred smaller ones, on its last clear night. Copper, chalk, and the blue that "
          "remains when one closes the eyes.", "dark", "moon", "light"),
    _work("FIZZ", "Fizz", "spray", 18, palettes.EMBER,
          "Large below, small above, and all of it on its way up. It will not go flat.",
          "warm", "playful", "movement"),
    _work("SOAP", "Soap and Sunlight", "bubbles", 27, palettes.GLASS,
          "Rings and discs that grew until they touched a neighbour and then, politely, stopped. A bathroom could do "
          "worse.", "green", "playful", "water"),
    _work("BRAMBLE", "Bramble", "berries", 36, palettes.PLUM,
          "One enormous berry, or a great many ordinary ones seen by someone hungry. Each has its own point of light.",
          "violet", "garden", "bold"),
    _work("PEBBLES", "Pocket of Pebbles", "pebbles", 42, palettes.LICHEN,
          "Everything that came home from the beach in one coat. Sorted by nobody, and better so.",
          "green", "sea", "calm"),
)  # fmt: skip
