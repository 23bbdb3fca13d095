"""Tilework: Truchet tiles, each with two arcs in a random rotation; joined arcs have one colour."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from mercat.demo import palettes
from mercat.demo.canvas import BOTTOM, LEFT, RIGHT, TOP, page
from mercat.demo.model import Work
from mercat.demo.seeded_random import SeededRandom

FAMILY = "Tilework"
ARTIST = "Anselm Quade"

Edge = tuple[int, int]  # the middle of a tile's side, in half tiles


def draw(work: Work) -> str:
    """The SVG of a work of this family."""
    chance = SeededRandom(work.seed)
    columns = {"wide": 10, "broad": 8}.get(work.style, 13)
    size = (RIGHT - LEFT) / columns
    rows = int((BOTTOM - TOP) / size)
    top = (TOP + BOTTOM - rows * size) / 2
    arcs = [arc for row in range(rows) for column in range(columns) for arc in _tile(chance, work.style, column, row)]
    colour_of = _colours(chance, work, arcs)
    strands: dict[str, list[str]] = defaultdict(list)
    half = size / 2
    for (ax, ay), (bx, by), turn in arcs:
        start = f"M{LEFT + ax * half:.0f} {top + ay * half:.0f}"
        bend = f"A{half:.0f} {half:.0f} 0 0 {turn} {LEFT + bx * half:.0f} {top + by * half:.0f}"
        strands[colour_of[ax, ay]].append(start + bend)
    return page(work, _ribbons(work, strands, size))


def _tile(chance: SeededRandom, style: str, column: int, row: int) -> list[tuple[Edge, Edge, int]]:
    """Two arcs, each around one of two opposite corners."""
    x, y = 2 * column, 2 * row
    north, east, south, west = (x + 1, y), (x + 2, y + 1), (x + 1, y + 2), (x, y + 1)
    if style == "ordered":
        falling = (column * column + row * row + (column * row) // 3) % 3 > 0
    elif style == "woven":
        falling = (column // 2 + row // 2) % 2 == 0 if chance.chance(0.85) else chance.chance(0.5)
    else:
        falling = chance.chance(0.5)
    if falling:
        return [(north, west, 1), (south, east, 1)]
    return [(north, east, 0), (south, west, 0)]


def _colours(chance: SeededRandom, work: Work, arcs: list[tuple[Edge, Edge, int]]) -> dict[Edge, str]:
    """The same colour for all edges that arcs join."""
    parent: dict[Edge, Edge] = {}

    def root(edge: Edge) -> Edge:
        while parent.setdefault(edge, edge) != edge:
            parent[edge] = parent[parent[edge]]
            edge = parent[edge]
        return edge

    for one, other, _ in arcs:
        parent[root(one)] = root(other)
    colours = work.palette.colours
    chosen: dict[Edge, str] = {}
    for edge in sorted(parent):
        chosen.setdefault(root(edge), chance.weighted(colours, (5, 4, 3, 1.4, 2)))
    return {edge: chosen[root(edge)] for edge in parent}


def _ribbons(work: Work, strands: dict[str, list[str]], size: float) -> list[str]:
    """Wide strokes, and in some styles a narrower one of paper along their middle."""
    share = {"wide": 0.62, "broad": 0.7, "woven": 0.5, "ordered": 0.56}.get(work.style, 0.34)
    body, defs = [], []
    for number, (colour, bends) in enumerate(strands.items()):
        defs.append(f'<path id="r{number}" d="{"".join(bends)}"/>')
        body.append(f'<use href="#r{number}" stroke="{colour}" stroke-width="{size * share:.0f}"/>')
    lines = [f'<defs>{"".join(defs)}</defs><g fill="none" stroke-linecap="butt">', *body]
    inner = {"wide": (0.38, 0.14), "broad": (0.46, 0.22), "ordered": (0.2,)}.get(work.style, ())
    for level, width in enumerate(inner):
        for number, colour in enumerate(strands):
            stroke = work.palette.paper if level == 0 else colour
            lines.append(f'<use href="#r{number}" stroke="{stroke}" stroke-width="{size * width:.0f}"/>')
    return [*lines, "</g>"]


_work = partial(Work.entry, FAMILY, ARTIST)
WORKS = (
    _work("LABYRINTH", "Small Labyrinth", "fine", 5, palettes.CLAY,
          "One tile, laid two ways, two hundred times over. Follow a ribbon with a finger and you will end where you "
          "began, or at the edge of the world.", "warm", "pattern", "playful"),
    _work("BATHHOUSE", "The Bathhouse", "wide", 12, palettes.GLASS,
          "A floor remembered from a holiday: wet, cool, a little too bright. The ribbons loop in sea green and one of "
          "them, always, in gold.", "green", "pattern", "water"),
    _work("KNOT", "Gordian", "broad", 26, palettes.COAL,
          "Broad bands run over black and tie themselves into a knot without an end. Nobody has been asked to cut it.",
          "dark", "pattern", "bold"),
    _work("PLAIT", "Plaited Linen", "woven", 33, palettes.FROST,
          "Arcs fall into step, lose it for a moment, and find it again, as threads do under a practised hand. Cool "
          "greys with a breath of apricot.", "blue", "pattern", "calm"),
    _work("COURTYARD", "Courtyard at Noon", "ordered", 47, palettes.SAFFRON,
          "A rule simple enough for a child decides every tile, and the pattern it makes never quite repeats. The "
          "colours are those of shade and of what lies outside it.", "yellow", "pattern", "playful"),
)  # fmt: skip
